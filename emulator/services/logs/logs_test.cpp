#include "emulator/services/logs/logs.h"

#include "emulator/model/catalog.h"
#include "emulator/services/service_test.h"

namespace fractus::logs {
namespace {

class LogsTest : public ServiceTest<Logs> {
 protected:
  int64_t Now() const { return EpochMillis(clock_.Now()); }

  void MakeStream(const std::string& stream = "s") {
    (void)Try("CreateLogGroup", {{"logGroupName", "g"}});
    Call("CreateLogStream", {{"logGroupName", "g"}, {"logStreamName", stream}});
  }

  // Events one millisecond apart, named by their number.
  json Put(const std::string& stream, int64_t first, int count, int64_t step = 1) {
    json events = json::array();
    for (int i = 0; i < count; ++i) {
      events.push_back({{"timestamp", first + i * step}, {"message", stream + std::to_string(i)}});
    }
    return Call("PutLogEvents",
                {{"logGroupName", "g"}, {"logStreamName", stream}, {"logEvents", events}});
  }

  static std::vector<std::string> Messages(const json& output) {
    std::vector<std::string> messages;
    for (const auto& event : output.at("events"))
      messages.push_back(event.at("message").get<std::string>());
    return messages;
  }

  void Write(const std::string& stream, std::vector<std::string> messages) {
    std::vector<ports::LogLine> lines;
    for (auto& message : messages) lines.push_back({clock_.Now(), std::move(message)});
    service_->Write(context_.account, context_.region, "g", stream, std::move(lines));
  }

  using Texts = std::vector<std::string>;
};

TEST_F(LogsTest, AGroupIsDescribedAsAwsDescribesIt) {
  Call("CreateLogGroup", {{"logGroupName", "/app/a"}, {"tags", {{"k", "v"}}}});
  const auto groups = Call("DescribeLogGroups").at("logGroups");
  ASSERT_EQ(groups.size(), 1u);
  EXPECT_EQ(groups[0], json::parse(R"({
    "arn": "arn:aws:logs:us-east-1:000000000000:log-group:/app/a:*",
    "logGroupArn": "arn:aws:logs:us-east-1:000000000000:log-group:/app/a",
    "creationTime": 1767323045000, "deletionProtectionEnabled": false, "logGroupClass": "STANDARD",
    "logGroupName": "/app/a", "metricFilterCount": 0, "storedBytes": 0})"));
  const auto error = Fail("CreateLogGroup", {{"logGroupName", "/app/a"}});
  EXPECT_EQ(error.code, "ResourceAlreadyExistsException");
  EXPECT_EQ(error.message, "The specified log group already exists");
  EXPECT_EQ(Fail("CreateLogGroup", {{"logGroupName", std::string(513, 'a')}}).message,
            "Invalid LogGroup or LogStream, both must have length less than or equal to 512.");
}

TEST_F(LogsTest, GroupsAreListedByPrefixOrPatternAndInPages) {
  for (const auto* name : {"/a/1", "/a/2", "/b/1", "/b/2", "/b/3"})
    Call("CreateLogGroup", {{"logGroupName", name}});
  EXPECT_EQ(Call("DescribeLogGroups", {{"logGroupNamePrefix", "/b"}}).at("logGroups").size(), 3u);
  EXPECT_EQ(Call("DescribeLogGroups", {{"logGroupNamePattern", "/1"}}).at("logGroups").size(), 2u);
  EXPECT_EQ(Fail("DescribeLogGroups", {{"logGroupNamePattern", "a"}, {"logGroupNamePrefix", "a"}})
                .message,
            "LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.");

  std::string names;
  json input = {{"limit", 2}};
  for (int pages = 1;; ++pages) {
    const auto page = Call("DescribeLogGroups", input);
    for (const auto& group : page.at("logGroups"))
      names += group.at("logGroupName").get<std::string>() + " ";
    if (!page.contains("nextToken")) {
      EXPECT_EQ(pages, 3);
      break;
    }
    input["nextToken"] = page.at("nextToken");
  }
  EXPECT_EQ(names, "/a/1 /a/2 /b/1 /b/2 /b/3 ");
  EXPECT_EQ(Fail("DescribeLogGroups", {{"nextToken", "x"}}).message,
            "The specified nextToken is invalid.");
}

TEST_F(LogsTest, GroupsOfAnotherAccountOrRegionAreNotSeen) {
  Call("CreateLogGroup", {{"logGroupName", "g"}});
  context_.region = "eu-west-1";
  EXPECT_TRUE(Call("DescribeLogGroups").at("logGroups").empty());
  context_.region = "us-east-1";
  context_.account = "111111111111";
  EXPECT_TRUE(Call("DescribeLogGroups").at("logGroups").empty());
}

TEST_F(LogsTest, ADeletedGroupTakesItsStreamsAndEventsAlong) {
  MakeStream();
  Put("s", Now(), 3);
  Call("DeleteLogGroup", {{"logGroupName", "g"}});
  EXPECT_EQ(Fail("DeleteLogGroup", {{"logGroupName", "g"}}).code, "ResourceNotFoundException");
  MakeStream();
  EXPECT_TRUE(Messages(Call("FilterLogEvents", {{"logGroupName", "g"}})).empty());
}

TEST_F(LogsTest, DeletingAGroupLeavesGroupsWithLongerNamesAlone) {
  MakeStream();
  Call("CreateLogGroup", {{"logGroupName", "gg"}});
  Call("CreateLogStream", {{"logGroupName", "gg"}, {"logStreamName", "s"}});
  Call("DeleteLogGroup", {{"logGroupName", "g"}});
  EXPECT_EQ(Call("DescribeLogStreams", {{"logGroupName", "gg"}}).at("logStreams").size(), 1u);
}

TEST_F(LogsTest, StreamsAreDescribedByNameOrByTheirLastEvent) {
  MakeStream("b");
  MakeStream("a");
  MakeStream("c");
  Put("a", Now() - 10, 1);
  Put("c", Now() - 20, 2);
  const auto names = [&](json input) {
    input["logGroupName"] = "g";
    std::string text;
    const auto output = Call("DescribeLogStreams", input);
    for (const auto& stream : output.at("logStreams")) {
      text += stream.at("logStreamName").get<std::string>();
    }
    return text;
  };
  EXPECT_EQ(names({}), "abc");
  EXPECT_EQ(names({{"descending", true}}), "cba");
  EXPECT_EQ(names({{"orderBy", "LastEventTime"}}), "bca");
  EXPECT_EQ(names({{"orderBy", "LastEventTime"}, {"descending", true}}), "acb");
  EXPECT_EQ(names({{"logStreamNamePrefix", "a"}}), "a");

  const auto stream = Call("DescribeLogStreams",
                           {{"logGroupName", "g"}, {"logStreamNamePrefix", "c"}})["logStreams"][0];
  EXPECT_EQ(stream.at("arn"), "arn:aws:logs:us-east-1:000000000000:log-group:g:log-stream:c");
  EXPECT_EQ(stream.at("firstEventTimestamp"), Now() - 20);
  EXPECT_EQ(stream.at("lastEventTimestamp"), Now() - 19);
  EXPECT_EQ(stream.at("lastIngestionTime"), Now());
  EXPECT_EQ(stream.at("storedBytes"), 0);
  EXPECT_TRUE(stream.contains("uploadSequenceToken"));
}

TEST_F(LogsTest, StreamsOrderedByTimeAreListedInPages) {
  for (const auto* stream : {"a", "b", "c"}) MakeStream(stream);
  json input = {{"logGroupName", "g"}, {"orderBy", "LastEventTime"}, {"limit", 2}};
  const auto page = Call("DescribeLogStreams", input);
  input["nextToken"] = page.at("nextToken");
  const auto rest = Call("DescribeLogStreams", input);
  EXPECT_EQ(rest.at("logStreams").size(), 1u);
  EXPECT_EQ(rest["logStreams"][0]["logStreamName"], "c");
  EXPECT_FALSE(rest.contains("nextToken"));
}

TEST_F(LogsTest, AGroupMayBeNamedByNameOrArnButNotByBoth) {
  MakeStream();
  const auto* arn = "arn:aws:logs:us-east-1:000000000000:log-group:g";
  EXPECT_EQ(Call("DescribeLogStreams", {{"logGroupIdentifier", arn}}).at("logStreams").size(), 1u);
  EXPECT_EQ(Call("DescribeLogStreams", {{"logGroupIdentifier", "g"}}).at("logStreams").size(), 1u);
  const auto error =
      Fail("DescribeLogStreams", {{"logGroupName", "g"}, {"logGroupIdentifier", arn}});
  EXPECT_EQ(error.code, "ValidationException");
  EXPECT_EQ(error.message, "LogGroup name and LogGroup ARN are mutually exclusive parameters.");
}

TEST_F(LogsTest, AStreamIsMadeOnceAndCanBeDeleted) {
  MakeStream();
  auto error = Fail("CreateLogStream", {{"logGroupName", "g"}, {"logStreamName", "s"}});
  EXPECT_EQ(error.code, "ResourceAlreadyExistsException");
  EXPECT_EQ(error.message, "The specified log stream already exists");
  Put("s", Now(), 1);
  Call("DeleteLogStream", {{"logGroupName", "g"}, {"logStreamName", "s"}});
  EXPECT_EQ(Fail("DeleteLogStream", {{"logGroupName", "g"}, {"logStreamName", "s"}}).message,
            "The specified log stream does not exist.");
  MakeStream();
  EXPECT_TRUE(
      Messages(Call("GetLogEvents", {{"logGroupName", "g"}, {"logStreamName", "s"}})).empty());
}

TEST_F(LogsTest, EventsThatCannotBeTakenAreRefusedOrNamed) {
  MakeStream();
  const auto put = [&](json events) {
    return json{{"logGroupName", "g"}, {"logStreamName", "s"}, {"logEvents", std::move(events)}};
  };
  EXPECT_EQ(Fail("PutLogEvents", put({{{"timestamp", Now()}, {"message", "b"}},
                                      {{"timestamp", Now() - 1}, {"message", "a"}}}))
                .message,
            "Log events in a single PutLogEvents request must be in chronological order.");
  EXPECT_EQ(Fail("PutLogEvents",
                 {{"logGroupName", "g"}, {"logStreamName", "x"}, {"logEvents", json::array()}})
                .message,
            "The specified log stream does not exist.");
  EXPECT_EQ(Fail("PutLogEvents",
                 {{"logGroupName", "x"}, {"logStreamName", "x"}, {"logEvents", json::array()}})
                .message,
            "The specified log group does not exist.");

  const int64_t day = 24 * 3600 * 1000;
  auto output = Call("PutLogEvents", put({{{"timestamp", Now() - 15 * day}, {"message", "old"}}}));
  EXPECT_EQ(output.at("rejectedLogEventsInfo"), (json{{"tooOldLogEventEndIndex", 1}}));
  output = Call("PutLogEvents", put({{{"timestamp", Now()}, {"message", "ok"}},
                                     {{"timestamp", Now() + day / 2}, {"message", "new"}}}));
  EXPECT_EQ(output.at("rejectedLogEventsInfo"), (json{{"tooNewLogEventStartIndex", 1}}));
  EXPECT_TRUE(output.contains("nextSequenceToken"));
  EXPECT_EQ(Messages(Call("GetLogEvents", {{"logGroupName", "g"}, {"logStreamName", "s"}})),
            Texts{"ok"});
}

TEST_F(LogsTest, EventsAreReadFromTheEndOrFromTheHeadWithTokensInBothDirections) {
  MakeStream();
  Put("s", Now(), 5);
  json input = {{"logGroupName", "g"}, {"logStreamName", "s"}, {"limit", 2}};
  const auto tail = Call("GetLogEvents", input);
  EXPECT_EQ(Messages(tail), (Texts{"s3", "s4"}));

  input["nextToken"] = tail.at("nextBackwardToken");
  const auto before = Call("GetLogEvents", input);
  EXPECT_EQ(Messages(before), (Texts{"s1", "s2"}));
  input["nextToken"] = before.at("nextForwardToken");
  EXPECT_EQ(Messages(Call("GetLogEvents", input)), (Texts{"s3", "s4"}));

  // At the end the same token comes back, and what is written later is found with it.
  input["nextToken"] = tail.at("nextForwardToken");
  const auto end = Call("GetLogEvents", input);
  EXPECT_TRUE(Messages(end).empty());
  EXPECT_EQ(end.at("nextForwardToken"), tail.at("nextForwardToken"));
  input["nextToken"] = end.at("nextBackwardToken");
  EXPECT_EQ(Messages(Call("GetLogEvents", input)), (Texts{"s3", "s4"}));
  Write("s", {"later"});
  clock_.Advance(std::chrono::seconds(1));
  Write("s", {"much later"});
  input["nextToken"] = end.at("nextForwardToken");
  EXPECT_EQ(Messages(Call("GetLogEvents", input)), Texts{"much later"});

  input.erase("nextToken");
  input["startFromHead"] = true;
  EXPECT_EQ(Messages(Call("GetLogEvents", input)).front(), "s0");
  EXPECT_EQ(
      Fail("GetLogEvents", {{"logGroupName", "g"}, {"logStreamName", "s"}, {"nextToken", "f/1/s"}})
          .message,
      "The specified nextToken is invalid.");
}

TEST_F(LogsTest, EndTimeIsExclusiveForGetAndInclusiveForFilter) {
  MakeStream();
  Put("s", Now(), 3);
  const json range = {
      {"logGroupName", "g"}, {"logStreamName", "s"}, {"startTime", Now()}, {"endTime", Now() + 1}};
  EXPECT_EQ(Messages(Call("GetLogEvents", range)), Texts{"s0"});
  EXPECT_EQ(Messages(Call("FilterLogEvents", range)), (Texts{"s0", "s1"}));
}

TEST_F(LogsTest, LimitsAboveTheMaximumAreRefused) {
  MakeStream();
  for (const auto* operation : {"GetLogEvents", "FilterLogEvents"}) {
    const auto error =
        Fail(operation, {{"logGroupName", "g"}, {"logStreamName", "s"}, {"limit", 10001}});
    EXPECT_EQ(error.code, "InvalidParameterException");
    EXPECT_EQ(error.message,
              "1 validation error detected: Value '10001' at 'limit' failed to satisfy constraint: "
              "Member must have "
              "value less than or equal to 10000");
  }
}

TEST_F(LogsTest, FilterMergesStreamsByTimeAndPages) {
  for (const auto* stream : {"a", "b", "c"}) MakeStream(stream);
  Put("a", Now(), 3, 3);
  Put("b", Now() + 1, 3, 3);
  Put("c", Now() + 2, 3, 3);
  const Texts all = {"a0", "b0", "c0", "a1", "b1", "c1", "a2", "b2", "c2"};
  EXPECT_EQ(Messages(Call("FilterLogEvents", {{"logGroupName", "g"}})), all);

  Texts paged;
  json input = {{"logGroupName", "g"}, {"limit", 4}};
  while (true) {
    const auto page = Call("FilterLogEvents", input);
    for (auto& message : Messages(page)) paged.push_back(message);
    if (!page.contains("nextToken")) break;
    input["nextToken"] = page.at("nextToken");
  }
  EXPECT_EQ(paged, all);

  EXPECT_EQ(
      Messages(Call("FilterLogEvents", {{"logGroupName", "g"}, {"logStreamNames", {"a", "c"}}})),
      (Texts{"a0", "c0", "a1", "c1", "a2", "c2"}));
  EXPECT_EQ(Messages(Call("FilterLogEvents", {{"logGroupName", "g"}, {"logStreamNamePrefix", "b"}}))
                .size(),
            3u);
  EXPECT_EQ(
      Messages(Call("FilterLogEvents", {{"logGroupName", "g"}, {"filterPattern", "?a1 ?c2"}})),
      (Texts{"a1", "c2"}));
  const auto event = Call("FilterLogEvents", {{"logGroupName", "g"}, {"limit", 1}})["events"][0];
  EXPECT_EQ(event.at("logStreamName"), "a");
  EXPECT_EQ(event.at("eventId").get<std::string>().size(), 56u);
  EXPECT_EQ(Fail("FilterLogEvents", {{"logGroupName", "g"}, {"logStreamNames", {"nope"}}}).code,
            "ResourceNotFoundException");
  EXPECT_EQ(Fail("FilterLogEvents", {{"logGroupName", "g"}, {"nextToken", "nope"}}).message,
            "The specified nextToken is invalid.");
}

TEST_F(LogsTest, APageEndsAtOneMegabyte) {
  MakeStream();
  Write("s", {std::string(600000, 'a'), std::string(600000, 'b')});
  const auto page = Call("FilterLogEvents", {{"logGroupName", "g"}});
  EXPECT_EQ(page.at("events").size(), 1u);
  EXPECT_TRUE(page.contains("nextToken"));
  EXPECT_EQ(
      Call("GetLogEvents", {{"logGroupName", "g"}, {"logStreamName", "s"}}).at("events").size(),
      1u);
}

TEST_F(LogsTest, WhatServicesWriteIsReadAtOnceInItsOrderAndMakesGroupAndStream) {
  Write("s", {"one", "two"});
  Write("s", {"three"});
  EXPECT_EQ(Messages(Call("FilterLogEvents", {{"logGroupName", "g"}})),
            (Texts{"one", "two", "three"}));
  EXPECT_EQ(
      Call("DescribeLogStreams", {{"logGroupName", "g"}})["logStreams"][0]["lastIngestionTime"],
      Now());
  EXPECT_GT(Call("DescribeLogGroups")["logGroups"][0]["storedBytes"].get<int>(), 0);
}

TEST_F(LogsTest, BufferedLinesSurviveAShutdown) {
  Write("s", {"one"});
  Restart();
  Write("s", {"two"});
  Restart();
  EXPECT_EQ(Messages(Call("FilterLogEvents", {{"logGroupName", "g"}})), (Texts{"one", "two"}));
}

TEST_F(LogsTest, ManyWritersLoseNothingAndKeepEachStreamsOrder) {
  constexpr int kWriters = 4;
  constexpr int kLines = 5000;
  std::vector<std::thread> writers;
  for (int writer = 0; writer < kWriters; ++writer) {
    writers.emplace_back([this, writer] {
      for (int i = 0; i < kLines; ++i) Write("s" + std::to_string(writer), {std::to_string(i)});
    });
  }
  for (auto& writer : writers) writer.join();
  for (int writer = 0; writer < kWriters; ++writer) {
    const auto messages = Messages(Call(
        "GetLogEvents", {{"logGroupName", "g"}, {"logStreamName", "s" + std::to_string(writer)}}));
    ASSERT_EQ(messages.size(), static_cast<size_t>(kLines));
    for (int i = 0; i < kLines; ++i) ASSERT_EQ(messages[static_cast<size_t>(i)], std::to_string(i));
  }
}

TEST_F(LogsTest, RetentionHidesWhatIsTooOldByTheClock) {
  MakeStream();
  Put("s", Now(), 1);
  Call("PutRetentionPolicy", {{"logGroupName", "g"}, {"retentionInDays", 30}});
  EXPECT_EQ(Call("DescribeLogGroups")["logGroups"][0]["retentionInDays"], 30);
  clock_.Advance(std::chrono::hours(24 * 31));
  EXPECT_TRUE(Messages(Call("FilterLogEvents", {{"logGroupName", "g"}})).empty());
  EXPECT_TRUE(
      Messages(Call("GetLogEvents", {{"logGroupName", "g"}, {"logStreamName", "s"}})).empty());
  Call("DeleteRetentionPolicy", {{"logGroupName", "g"}});
  EXPECT_FALSE(Call("DescribeLogGroups")["logGroups"][0].contains("retentionInDays"));
  EXPECT_EQ(Messages(Call("FilterLogEvents", {{"logGroupName", "g"}})).size(), 1u);
  EXPECT_EQ(Fail("PutRetentionPolicy", {{"logGroupName", "g"}, {"retentionInDays", 2}}).code,
            "InvalidParameterException");
  EXPECT_EQ(Fail("PutRetentionPolicy", {{"logGroupName", "x"}, {"retentionInDays", 1}}).code,
            "ResourceNotFoundException");
}

TEST_F(LogsTest, BothFamiliesOfTagOperationsSeeTheSameTags) {
  Call("CreateLogGroup", {{"logGroupName", "g"}, {"tags", {{"env", "test"}}}});
  const auto* arn = "arn:aws:logs:us-east-1:000000000000:log-group:g";
  Call("TagResource", {{"resourceArn", arn}, {"tags", {{"a", "1"}, {"b", "2"}}}});
  Call("TagLogGroup", {{"logGroupName", "g"}, {"tags", {{"c", "3"}}}});
  const json tags = {{"env", "test"}, {"a", "1"}, {"b", "2"}, {"c", "3"}};
  EXPECT_EQ(Call("ListTagsLogGroup", {{"logGroupName", "g"}}).at("tags"), tags);
  EXPECT_EQ(Call("ListTagsForResource", {{"resourceArn", std::string(arn) + ":*"}}).at("tags"),
            tags);
  Call("UntagResource", {{"resourceArn", arn}, {"tagKeys", {"a", "env"}}});
  Call("UntagLogGroup", {{"logGroupName", "g"}, {"tags", {"b"}}});
  Restart();
  EXPECT_EQ(Call("ListTagsForResource", {{"resourceArn", arn}}).at("tags"), (json{{"c", "3"}}));
  EXPECT_EQ(Fail("TagLogGroup", {{"logGroupName", "x"}, {"tags", {{"a", "b"}}}}).code,
            "ResourceNotFoundException");
}

TEST(LogsModel, HasWhatThePatchesAdd) {
  model::Catalog catalog;
  const auto* service = catalog.Find("logs");
  ASSERT_NE(service, nullptr);
  const auto* groups = service->FindOperation("DescribeLogGroups")->output->Find("logGroups");
  EXPECT_NE(groups->shape->element.shape->Find("logGroupArn"), nullptr);
  EXPECT_FALSE(service->FindOperation("FilterLogEvents")->input->Find("logGroupName")->required);
}

}  // namespace
}  // namespace fractus::logs
