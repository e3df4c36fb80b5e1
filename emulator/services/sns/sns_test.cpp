#include "emulator/services/sns/sns.h"

#include <vector>

#include "emulator/services/service_test.h"

namespace fractus::sns {
namespace {

class FakeMailbox : public ports::Mailbox {
 public:
  void Deliver(const ports::Message& message) override { messages.push_back(message); }

  std::vector<ports::Message> messages;
};

struct HasMailbox {
  FakeMailbox mailbox;
};

struct SnsWithMailbox : HasMailbox, Sns {
  SnsWithMailbox(storage::Database& database, Clock& clock, IdSource& ids)
      : Sns(database, clock, ids, mailbox) {}
};

class SnsTest : public ServiceTest<SnsWithMailbox> {
 protected:
  std::string Topic(const std::string& name = "alarms") {
    return Call("CreateTopic", {{"Name", name}}).at("TopicArn").get<std::string>();
  }

  const std::vector<ports::Message>& Mail() const { return service_->mailbox.messages; }

  // Subscribes and confirms with the token of the mail.
  std::string Subscriber(const std::string& topic, const std::string& address,
                         const std::string& protocol = "email") {
    Call("Subscribe", {{"TopicArn", topic}, {"Protocol", protocol}, {"Endpoint", address}});
    std::string token;
    for (const auto& mail : Mail()) {
      if (mail.to == address) token = mail.body.substr(mail.body.rfind(' ') + 1);
    }
    return Call("ConfirmSubscription", {{"TopicArn", topic}, {"Token", token}})
        .at("SubscriptionArn")
        .get<std::string>();
  }
};

TEST_F(SnsTest, ATopicIsMadeOnceAndHasTheAttributesOfAws) {
  const auto arn = Topic();
  EXPECT_EQ(arn, "arn:aws:sns:us-east-1:000000000000:alarms");
  EXPECT_EQ(Topic(), arn);
  const auto attributes = Call("GetTopicAttributes", {{"TopicArn", arn}}).at("Attributes");
  EXPECT_EQ(attributes.at("Owner"), "000000000000");
  EXPECT_EQ(attributes.at("SubscriptionsPending"), "0");
  EXPECT_EQ(attributes.at("DisplayName"), "");
  EXPECT_EQ(json::parse(attributes.at("Policy").get<std::string>())["Statement"][0]["Resource"],
            arn);
  EXPECT_TRUE(json::accept(attributes.at("EffectiveDeliveryPolicy").get<std::string>()));
}

TEST_F(SnsTest, AFifoTopicNeedsItsSuffixAndItsAttribute) {
  EXPECT_EQ(Fail("CreateTopic", {{"Name", "a.fifo"}}).message, "Invalid parameter: Topic Name");
  EXPECT_EQ(Fail("CreateTopic", {{"Name", "a"}, {"Attributes", {{"FifoTopic", "true"}}}}).message,
            "Invalid parameter: Topic Name");
  const auto arn = Call("CreateTopic",
                        {{"Name", "a.fifo"}, {"Attributes", {{"FifoTopic", "true"}}}})["TopicArn"];
  const auto attributes = Call("GetTopicAttributes", {{"TopicArn", arn}}).at("Attributes");
  EXPECT_EQ(attributes.at("FifoTopic"), "true");
  EXPECT_EQ(attributes.at("ContentBasedDeduplication"), "false");
  EXPECT_EQ(Fail("Publish", {{"TopicArn", arn}, {"Message", "m"}}).message,
            "Invalid parameter: The MessageGroupId parameter is required for FIFO topics");
  EXPECT_TRUE(Call("Publish", {{"TopicArn", arn},
                               {"Message", "m"},
                               {"MessageGroupId", "g"},
                               {"MessageDeduplicationId", "d"}})
                  .contains("SequenceNumber"));
}

TEST_F(SnsTest, NamesAndArnsAreChecked) {
  EXPECT_EQ(Fail("CreateTopic", {{"Name", "a b"}}).message, "Invalid parameter: Topic Name");
  EXPECT_EQ(Fail("GetTopicAttributes", {{"TopicArn", "x"}}).message,
            "Invalid parameter: TopicArn Reason: An ARN must have at least 6 elements, not 1");
  const auto error =
      Fail("GetTopicAttributes", {{"TopicArn", "arn:aws:sns:us-east-1:000000000000:none"}});
  EXPECT_EQ(error.code, "NotFoundException");
  EXPECT_EQ(error.message, "Topic does not exist");
  EXPECT_EQ(
      Fail("Publish", {{"TopicArn", "arn:aws:sns:eu-west-1:000000000000:none"}, {"Message", "m"}})
          .message,
      "Invalid parameter: TopicArn");
}

TEST_F(SnsTest, CreatingATopicAgainWithOtherTagsOrAttributesIsRefused) {
  Call("CreateTopic", {{"Name", "t"}, {"Tags", {{{"Key", "a"}, {"Value", "1"}}}}});
  EXPECT_EQ(
      Fail("CreateTopic", {{"Name", "t"}, {"Tags", {{{"Key", "a"}, {"Value", "2"}}}}}).message,
      "Invalid parameter: Tags Reason: Topic already exists with different tags");
  EXPECT_EQ(Fail("CreateTopic", {{"Name", "t"}, {"Attributes", {{"DisplayName", "x"}}}}).message,
            "Invalid parameter: Attributes Reason: Topic already exists with different attributes");
  Call("CreateTopic", {{"Name", "t"}});
}

TEST_F(SnsTest, AttributesAreSetOneByOne) {
  const auto arn = Topic();
  Call("SetTopicAttributes",
       {{"TopicArn", arn}, {"AttributeName", "DisplayName"}, {"AttributeValue", "Alarms"}});
  EXPECT_EQ(Call("GetTopicAttributes", {{"TopicArn", arn}})["Attributes"]["DisplayName"], "Alarms");
  EXPECT_EQ(Fail("SetTopicAttributes",
                 {{"TopicArn", arn}, {"AttributeName", "Owner"}, {"AttributeValue", "x"}})
                .message,
            "Invalid parameter: AttributeName");
}

TEST_F(SnsTest, TagsAreAddedReplacedAndRemoved) {
  const auto arn = Topic();
  Call("TagResource",
       {{"ResourceArn", arn},
        {"Tags", {{{"Key", "k1"}, {"Value", "v1"}}, {{"Key", "k2"}, {"Value", "v2"}}}}});
  Call("TagResource", {{"ResourceArn", arn}, {"Tags", {{{"Key", "k2"}, {"Value", "v2b"}}}}});
  Call("UntagResource", {{"ResourceArn", arn}, {"TagKeys", {"k1"}}});
  EXPECT_EQ(Call("ListTagsForResource", {{"ResourceArn", arn}}).at("Tags"),
            json::parse(R"([{"Key": "k2", "Value": "v2b"}])"));
  EXPECT_EQ(Fail("TagResource",
                 {{"ResourceArn", arn},
                  {"Tags", {{{"Key", "k"}, {"Value", "1"}}, {{"Key", "k"}, {"Value", "2"}}}}})
                .message,
            "Invalid parameter: Duplicated keys are not allowed.");
  EXPECT_EQ(Fail("ListTagsForResource", {{"ResourceArn", arn + "x"}}).code,
            "ResourceNotFoundException");
}

TEST_F(SnsTest, TopicsAreListedInPagesAndDeletedOnlyOnce) {
  for (int i = 0; i < 101; ++i) Topic("t" + std::to_string(i));
  const auto page = Call("ListTopics");
  EXPECT_EQ(page.at("Topics").size(), 100u);
  EXPECT_EQ(Call("ListTopics", {{"NextToken", page.at("NextToken")}}).at("Topics").size(), 1u);
  Call("DeleteTopic", {{"TopicArn", Topic("t0")}});
  Call("DeleteTopic", {{"TopicArn", "arn:aws:sns:us-east-1:000000000000:t0"}});
  EXPECT_EQ(Call("ListTopics").at("Topics").size(), 100u);
}

TEST_F(SnsTest, AMailSubscriptionIsPendingUntilItsTokenConfirmsIt) {
  const auto topic = Topic();
  const json input = {{"TopicArn", topic}, {"Protocol", "email"}, {"Endpoint", "a@example.com"}};
  EXPECT_EQ(Call("Subscribe", input).at("SubscriptionArn"), "pending confirmation");
  EXPECT_EQ(Call("ListSubscriptionsByTopic",
                 {{"TopicArn", topic}})["Subscriptions"][0]["SubscriptionArn"],
            "PendingConfirmation");
  EXPECT_EQ(Call("GetTopicAttributes", {{"TopicArn", topic}})["Attributes"]["SubscriptionsPending"],
            "1");
  EXPECT_EQ(Fail("ConfirmSubscription", {{"TopicArn", topic}, {"Token", "x"}}).message,
            "Invalid token");

  const auto arn = Subscriber(topic, "a@example.com");
  EXPECT_TRUE(arn.starts_with(topic + ":"));
  EXPECT_EQ(Call("Subscribe", input).at("SubscriptionArn"), arn);
  const auto listed = Call("ListSubscriptions").at("Subscriptions");
  ASSERT_EQ(listed.size(), 1u);
  EXPECT_EQ(listed[0], (json{{"SubscriptionArn", arn},
                             {"Owner", "000000000000"},
                             {"Protocol", "email"},
                             {"Endpoint", "a@example.com"},
                             {"TopicArn", topic}}));
  EXPECT_EQ(Call("GetSubscriptionAttributes",
                 {{"SubscriptionArn", arn}})["Attributes"]["PendingConfirmation"],
            "false");
  Call("SetSubscriptionAttributes", {{"SubscriptionArn", arn},
                                     {"AttributeName", "RawMessageDelivery"},
                                     {"AttributeValue", "true"}});
  EXPECT_EQ(Call("GetSubscriptionAttributes",
                 {{"SubscriptionArn", arn}})["Attributes"]["RawMessageDelivery"],
            "true");
}

TEST_F(SnsTest, ProtocolsThatAreNotEmulatedAreRefusedByName) {
  const auto topic = Topic();
  for (const auto* protocol : {"sqs", "lambda", "https", "sms"}) {
    const auto error =
        Fail("Subscribe", {{"TopicArn", topic}, {"Protocol", protocol}, {"Endpoint", "x"}});
    EXPECT_EQ(error.code, "NotImplemented");
    EXPECT_EQ(error.http_status, 501);
    EXPECT_NE(error.message.find(protocol), std::string::npos);
  }
  EXPECT_EQ(
      Fail("Subscribe", {{"TopicArn", topic}, {"Protocol", "pigeon"}, {"Endpoint", "x"}}).message,
      "Invalid parameter: Amazon SNS does not support this protocol string: pigeon");
  EXPECT_EQ(Fail("Subscribe", {{"TopicArn", topic},
                               {"Protocol", "email"},
                               {"Endpoint", "a@b"},
                               {"Attributes", {{"FilterPolicy", "{}"}}}})
                .code,
            "NotImplemented");
}

TEST_F(SnsTest, UnsubscribingTwiceSucceedsAndCounts) {
  const auto topic = Topic();
  const auto arn = Subscriber(topic, "a@example.com");
  Call("Unsubscribe", {{"SubscriptionArn", arn}});
  Call("Unsubscribe", {{"SubscriptionArn", arn}});
  EXPECT_EQ(Call("GetTopicAttributes", {{"TopicArn", topic}})["Attributes"]["SubscriptionsDeleted"],
            "1");
  EXPECT_EQ(
      Fail("Unsubscribe", {{"SubscriptionArn", "x"}}).message,
      "Invalid parameter: SubscriptionArn Reason: An ARN must have at least 6 elements, not 1");
  EXPECT_EQ(Fail("Unsubscribe", {{"SubscriptionArn", topic}}).message,
            "Invalid parameter: SubscriptionId");
  EXPECT_EQ(Fail("GetSubscriptionAttributes", {{"SubscriptionArn", arn}}).message,
            "Subscription does not exist");
}

TEST_F(SnsTest, AMessageReachesConfirmedSubscribersAsMail) {
  const auto topic = Topic();
  Subscriber(topic, "a@example.com");
  Subscriber(topic, "j@example.com", "email-json");
  Call("Subscribe",
       {{"TopicArn", topic}, {"Protocol", "email"}, {"Endpoint", "pending@example.com"}});
  const auto before = Mail().size();
  clock_.Advance(std::chrono::seconds(1));
  const auto output =
      Call("Publish", {{"TopicArn", topic}, {"Subject", "Help"}, {"Message", "It burns"}});
  EXPECT_EQ(output.at("MessageId").get<std::string>().size(), 36u);
  const auto& mail = Mail();
  ASSERT_EQ(mail.size(), before + 2);
  for (size_t i = before; i < mail.size(); ++i) {
    EXPECT_EQ(mail[i].subject, "Help");
    if (mail[i].to == "j@example.com") {
      EXPECT_EQ(json::parse(mail[i].body).at("Message"), "It burns");
    } else {
      EXPECT_EQ(mail[i].body, "It burns");
    }
  }
}

TEST_F(SnsTest, MalformedMessagesAreRefused) {
  const auto topic = Topic();
  const auto refused = [&](json input) {
    input["TopicArn"] = topic;
    return Fail("Publish", input).message;
  };
  EXPECT_EQ(refused({{"Message", ""}}), "Invalid parameter: Empty message");
  EXPECT_EQ(refused({{"Message", std::string(262145, 'x')}}),
            "Invalid parameter: Message too long");
  EXPECT_EQ(refused({{"Message", "m"}, {"Subject", ""}}), "Invalid parameter: Subject");
  EXPECT_EQ(refused({{"Message", "m"}, {"MessageStructure", "json"}}),
            "Invalid parameter: Message Structure - JSON message body failed to parse");
  EXPECT_EQ(refused({{"Message", "{}"}, {"MessageStructure", "json"}}),
            "Invalid parameter: Message Structure - No default entry in JSON message body");
  EXPECT_EQ(refused({{"Message", "m"}, {"MessageAttributes", {{"a", {{"DataType", "Text"}}}}}}),
            "The message attribute 'a' has an invalid message attribute type, the set of supported "
            "type prefixes is "
            "Binary, Number, and String.");
  EXPECT_EQ(
      refused({{"Message", "m"},
               {"MessageAttributes", {{"a", {{"DataType", "String"}, {"StringValue", ""}}}}}}),
      "The message attribute 'a' must contain non-empty message attribute value for message "
      "attribute type "
      "'String'.");
}

TEST_F(SnsTest, AMessageToAPhoneNumberIsAnSms) {
  Call("Publish", {{"PhoneNumber", "+15551234567"}, {"Message", "It burns"}});
  ASSERT_EQ(Mail().size(), 1u);
  EXPECT_EQ(Mail().front().medium, ports::Medium::kSms);
  EXPECT_EQ(Mail().front().to, "+15551234567");
  EXPECT_EQ(Fail("Publish", {{"PhoneNumber", "+1a234"}, {"Message", "m"}}).message,
            "Invalid parameter: PhoneNumber Reason: +1a234 is not valid to publish to");
}

TEST_F(SnsTest, TopicsAndSubscriptionsSurviveARestart) {
  const auto topic = Topic();
  const auto arn = Subscriber(topic, "a@example.com");
  Restart();
  EXPECT_EQ(Call("ListSubscriptionsByTopic",
                 {{"TopicArn", topic}})["Subscriptions"][0]["SubscriptionArn"],
            arn);
}

}  // namespace
}  // namespace fractus::sns
