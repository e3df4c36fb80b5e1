#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "emulator/core/arn.h"
#include "emulator/services/sns/sns.h"

namespace fractus::sns {
namespace {

constexpr size_t kPageSize = 100;
constexpr std::array<std::string_view, 9> kProtocols = {
    "http", "https", "email", "email-json", "sms", "sqs", "lambda", "application", "firehose"};

std::string SubscriptionArn(const RequestContext& context, const json& subscription) {
  return TopicArn(context, subscription.at("topic").get<std::string>()) + ":" +
         subscription.at("id").get<std::string>();
}

// "<topic>:<id>", the name in the collection.
std::string NameOf(const json& subscription) {
  return subscription.at("topic").get<std::string>() + ":" +
         subscription.at("id").get<std::string>();
}

json Describe(const RequestContext& context, const json& subscription) {
  return {{"SubscriptionArn", subscription.at("confirmed").get<bool>()
                                  ? SubscriptionArn(context, subscription)
                                  : "PendingConfirmation"},
          {"Owner", context.account},
          {"Protocol", subscription.at("protocol")},
          {"Endpoint", subscription.at("endpoint")},
          {"TopicArn", TopicArn(context, subscription.at("topic").get<std::string>())}};
}

// The name in the collection of the subscription that SubscriptionArn names.
Result<std::string> ReadArn(const Request& request) {
  const auto text = request.Text("SubscriptionArn");
  if (text.empty())
    return InvalidParameter("SubscriptionArn Reason: no value for required parameter");
  const auto arn = Arn::Parse(text);
  if (!arn) {
    const auto elements = std::count(text.begin(), text.end(), ':') + 1;
    return InvalidParameter(fmt::format(
        "SubscriptionArn Reason: An ARN must have at least 6 elements, not {}", elements));
  }
  if (arn->resource.find(':') == std::string::npos) return InvalidParameter("SubscriptionId");
  return arn->resource;
}

std::optional<ApiError> CheckAttribute(const std::string& name, const std::string& value,
                                       std::string_view lead) {
  if (name == "FilterPolicy" || name == "FilterPolicyScope")
    return NotEmulated("filter policies of subscriptions");
  if (name == "RawMessageDelivery") {
    if (value == "true" || value == "false") return std::nullopt;
    return InvalidParameter(fmt::format(
        "{}RawMessageDelivery: Invalid value [{}]. Must be true or false.", lead, value));
  }
  if (name == "DeliveryPolicy" || name == "RedrivePolicy" || name == "SubscriptionRoleArn") {
    return NotEmulated(fmt::format("{} of subscriptions", name));
  }
  return InvalidParameter("AttributeName");
}

}  // namespace

// Subscribing an endpoint again answers the subscription there is.
Result<json> Sns::Subscribe(const Request& request) {
  const auto protocol = request.Text("Protocol");
  const auto endpoint = request.Text("Endpoint");
  const auto& attributes = request.Object("Attributes");
  const std::lock_guard lock(mutex_);
  const auto topic = FindTopic(request, "TopicArn");
  if (!topic) return topic.error();
  if (std::find(kProtocols.begin(), kProtocols.end(), protocol) == kProtocols.end()) {
    return InvalidParameter("Amazon SNS does not support this protocol string: " + protocol);
  }
  for (const auto& [name, value] : attributes.items()) {
    if (auto error = CheckAttribute(name, value.get<std::string>(), "Attributes Reason: "))
      return *std::move(error);
  }
  if (protocol != "email" && protocol != "email-json") {
    return NotEmulated(fmt::format("subscriptions of the protocol {}", protocol));
  }
  if (endpoint.find('@') == std::string::npos) return InvalidParameter("Email address");

  const auto scope = storage::Scope::Of(request.context);
  const auto topic_name = topic->at("name").get<std::string>();
  json subscription;
  for (auto& existing : subscriptions_.All(scope, topic_name + ":")) {
    if (existing.at("protocol") == protocol && existing.at("endpoint") == endpoint)
      subscription = std::move(existing);
  }
  if (subscription.is_null()) {
    const auto id = ids_.Uuid();
    subscription = {{"topic", topic_name},     {"id", id},           {"protocol", protocol},
                    {"endpoint", endpoint},    {"confirmed", false}, {"token", ids_.Hex(64)},
                    {"attributes", attributes}};
    subscriptions_.Put(scope, NameOf(subscription), subscription);
  } else {
    for (const auto& [name, value] : attributes.items()) {
      if (subscription.at("attributes").value(name, json()) != value) {
        return InvalidParameter(
            "Attributes Reason: Subscription already exists with different attributes");
      }
    }
  }
  const bool confirmed = subscription.at("confirmed").get<bool>();
  if (!confirmed) {
    const auto topic_arn = TopicArn(request.context, topic_name);
    const auto token = subscription.at("token").get<std::string>();
    mailbox_.Deliver(
        {.time = request.context.now,
         .service = "sns",
         .source = topic_arn,
         .username = "",
         .medium = ports::Medium::kEmail,
         .to = endpoint,
         .kind = "subscription confirmation",
         .code = token,
         .subject = "AWS Notification - Subscription Confirmation",
         .body = fmt::format("confirm with: aws sns confirm-subscription --topic-arn {} --token {}",
                             topic_arn, token)});
  }
  if (confirmed || request.Flag("ReturnSubscriptionArn", false)) {
    return json{{"SubscriptionArn", SubscriptionArn(request.context, subscription)}};
  }
  return json{{"SubscriptionArn", "pending confirmation"}};
}

Result<json> Sns::ConfirmSubscription(const Request& request) {
  const std::lock_guard lock(mutex_);
  const auto topic = FindTopic(request, "TopicArn");
  if (!topic) return topic.error();
  const auto scope = storage::Scope::Of(request.context);
  for (auto& subscription : subscriptions_.All(scope, topic->at("name").get<std::string>() + ":")) {
    if (subscription.at("token") != request.Text("Token")) continue;
    subscription["confirmed"] = true;
    subscriptions_.Put(scope, NameOf(subscription), subscription);
    return json{{"SubscriptionArn", SubscriptionArn(request.context, subscription)}};
  }
  return ApiError{"InvalidParameterException", "Invalid token"};
}

// Unsubscribing what is not there succeeds.
Result<json> Sns::Unsubscribe(const Request& request) {
  const auto name = ReadArn(request);
  if (!name) return name.error();
  const auto scope = storage::Scope::Of(request.context);
  const std::lock_guard lock(mutex_);
  const auto subscription = subscriptions_.Find(scope, *name);
  if (!subscription) return json::object();
  subscriptions_.Delete(scope, *name);
  const auto topic_name = subscription->at("topic").get<std::string>();
  if (auto topic = topics_.Find(scope, topic_name)) {
    (*topic)["deleted"] = topic->at("deleted").get<int>() + 1;
    topics_.Put(scope, topic_name, *topic);
  }
  return json::object();
}

Result<json> Sns::ListSubscriptions(const Request& request) {
  const auto after = storage::ReadToken(request.Text("NextToken"));
  if (!after) return InvalidParameter("NextToken");
  const auto page = subscriptions_.List(storage::Scope::Of(request.context), "", *after, kPageSize);
  json output = {{"Subscriptions", json::array()}};
  for (const auto& subscription : page.documents) {
    output["Subscriptions"].push_back(Describe(request.context, subscription));
  }
  if (page.more) output["NextToken"] = storage::MakeToken(*page.more);
  return output;
}

Result<json> Sns::ListSubscriptionsByTopic(const Request& request) {
  const auto topic = FindTopic(request, "TopicArn");
  if (!topic) return topic.error();
  const auto after = storage::ReadToken(request.Text("NextToken"));
  if (!after) return InvalidParameter("NextToken");
  const auto prefix = topic->at("name").get<std::string>() + ":";
  const auto page =
      subscriptions_.List(storage::Scope::Of(request.context), prefix, *after, kPageSize);
  json output = {{"Subscriptions", json::array()}};
  for (const auto& subscription : page.documents) {
    output["Subscriptions"].push_back(Describe(request.context, subscription));
  }
  if (page.more) output["NextToken"] = storage::MakeToken(*page.more);
  return output;
}

Result<json> Sns::GetSubscriptionAttributes(const Request& request) {
  const auto name = ReadArn(request);
  if (!name) return name.error();
  const auto subscription = subscriptions_.Find(storage::Scope::Of(request.context), *name);
  if (!subscription) return ApiError{"NotFoundException", "Subscription does not exist"};
  const bool confirmed = subscription->at("confirmed").get<bool>();
  json attributes = {
      {"ConfirmationWasAuthenticated", "false"},
      {"Endpoint", subscription->at("endpoint")},
      {"Owner", request.context.account},
      {"PendingConfirmation", confirmed ? "false" : "true"},
      {"Protocol", subscription->at("protocol")},
      {"RawMessageDelivery", "false"},
      {"SubscriptionArn", SubscriptionArn(request.context, *subscription)},
      {"SubscriptionPrincipal", fmt::format("arn:aws:iam::{}:root", request.context.account)},
      {"TopicArn", TopicArn(request.context, subscription->at("topic").get<std::string>())}};
  attributes.update(subscription->at("attributes"));
  return json{{"Attributes", std::move(attributes)}};
}

Result<json> Sns::SetSubscriptionAttributes(const Request& request) {
  const auto name = ReadArn(request);
  if (!name) return name.error();
  const auto scope = storage::Scope::Of(request.context);
  const std::lock_guard lock(mutex_);
  auto subscription = subscriptions_.Find(scope, *name);
  if (!subscription) return ApiError{"NotFoundException", "Subscription does not exist"};
  const auto attribute = request.Text("AttributeName");
  const auto value = request.Text("AttributeValue");
  if (auto error = CheckAttribute(attribute, value, "")) return *std::move(error);
  (*subscription)["attributes"][attribute] = value;
  subscriptions_.Put(scope, *name, *subscription);
  return json::object();
}

}  // namespace fractus::sns
