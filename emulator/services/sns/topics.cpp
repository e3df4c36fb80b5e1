#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "emulator/core/arn.h"
#include "emulator/service/tags.h"
#include "emulator/services/sns/sns.h"

namespace fractus::sns {
namespace {

constexpr size_t kPageSize = 100;
constexpr size_t kMostTags = 50;
constexpr std::string_view kFifoSuffix = ".fifo";
constexpr std::array<std::string_view, 11> kAttributes = {"ArchivePolicy",
                                                          "ContentBasedDeduplication",
                                                          "DataProtectionPolicy",
                                                          "DeliveryPolicy",
                                                          "DisplayName",
                                                          "FifoThroughputScope",
                                                          "FifoTopic",
                                                          "KmsMasterKeyId",
                                                          "Policy",
                                                          "SignatureVersion",
                                                          "TracingConfig"};

bool IsAttribute(std::string_view name) {
  return std::find(kAttributes.begin(), kAttributes.end(), name) != kAttributes.end();
}

bool IsTopicName(std::string_view name) {
  return !name.empty() && name.size() <= 256 && std::all_of(name.begin(), name.end(), [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '_';
  });
}

bool HasDuplicateKeys(const json& tags) {
  std::set<std::string> keys;
  return !std::all_of(tags.begin(), tags.end(), [&](const json& tag) {
    return keys.insert(tag.at("Key").get<std::string>()).second;
  });
}

// What a topic has when nobody set another: the owner's account may do everything.
std::string DefaultPolicy(const std::string& arn, const std::string& account) {
  nlohmann::ordered_json policy = {{"Version", "2008-10-17"}, {"Id", "__default_policy_ID"}};
  nlohmann::ordered_json statement = {
      {"Sid", "__default_statement_ID"}, {"Effect", "Allow"}, {"Principal", {{"AWS", "*"}}}};
  statement["Action"] = {"SNS:GetTopicAttributes",
                         "SNS:SetTopicAttributes",
                         "SNS:AddPermission",
                         "SNS:RemovePermission",
                         "SNS:DeleteTopic",
                         "SNS:Subscribe",
                         "SNS:ListSubscriptionsByTopic",
                         "SNS:Publish"};
  statement["Resource"] = arn;
  statement["Condition"]["StringEquals"]["AWS:SourceOwner"] = account;
  policy["Statement"].push_back(std::move(statement));
  return policy.dump();
}

constexpr std::string_view kDefaultDelivery =
    R"({"http":{"defaultHealthyRetryPolicy":{"minDelayTarget":20,"maxDelayTarget":20,"numRetries":3,)"
    R"("numMaxDelayRetries":0,"numNoDelayRetries":0,"numMinDelayRetries":0,"backoffFunction":"linear"},)"
    R"("disableSubscriptionOverrides":false,"defaultRequestPolicy":{"headerContentType":"text/plain; charset=UTF-8"}}})";

}  // namespace

// Creating a topic again answers the one there is, unless it is asked for with something else.
Result<json> Sns::CreateTopic(const Request& request) {
  const auto name = request.Text("Name");
  const auto& attributes = request.Object("Attributes");
  const auto& tag_list = request.Array("Tags");
  const bool fifo = attributes.value("FifoTopic", "false") == "true";
  const bool named_fifo = name.ends_with(kFifoSuffix);
  if (fifo != named_fifo ||
      !IsTopicName(named_fifo ? name.substr(0, name.size() - kFifoSuffix.size()) : name)) {
    return InvalidParameter("Topic Name");
  }
  for (const auto& [attribute, value] : attributes.items()) {
    // Observed: the wording is not confirmed.
    if (!IsAttribute(attribute))
      return InvalidParameter("Attributes Reason: Unknown attribute " + attribute);
  }
  if (HasDuplicateKeys(tag_list)) return InvalidParameter("Duplicated keys are not allowed.");
  json tags = json::object();
  service::AddTags(tags, tag_list);

  const auto scope = storage::Scope::Of(request.context);
  const auto arn = TopicArn(request.context, name);
  const std::lock_guard lock(mutex_);
  if (const auto existing = topics_.Find(scope, name)) {
    if (!tag_list.empty() && tags != existing->at("tags")) {
      return InvalidParameter("Tags Reason: Topic already exists with different tags");
    }
    for (const auto& [attribute, value] : attributes.items()) {
      if (existing->at("attributes").value(attribute, json()) != value) {
        return InvalidParameter(
            "Attributes Reason: Topic already exists with different attributes");
      }
    }
    return json{{"TopicArn", arn}};
  }
  topics_.Put(scope, name,
              {{"name", name}, {"attributes", attributes}, {"tags", tags}, {"deleted", 0}});
  return json{{"TopicArn", arn}};
}

// Deleting a topic that is not there succeeds.
Result<json> Sns::DeleteTopic(const Request& request) {
  const std::lock_guard lock(mutex_);
  const auto topic = FindTopic(request, "TopicArn");
  if (!topic) {
    if (topic.error().code == "NotFoundException") return json::object();
    return topic.error();
  }
  const auto scope = storage::Scope::Of(request.context);
  const auto name = topic->at("name").get<std::string>();
  for (const auto& subscription : subscriptions_.All(scope, name + ":")) {
    subscriptions_.Delete(scope, name + ":" + subscription.at("id").get<std::string>());
  }
  topics_.Delete(scope, name);
  return json::object();
}

Result<json> Sns::ListTopics(const Request& request) {
  const auto after = storage::ReadToken(request.Text("NextToken"));
  if (!after) return InvalidParameter("NextToken");
  const auto page = topics_.List(storage::Scope::Of(request.context), "", *after, kPageSize);
  json output = {{"Topics", json::array()}};
  for (const auto& topic : page.documents) {
    output["Topics"].push_back(
        {{"TopicArn", TopicArn(request.context, topic.at("name").get<std::string>())}});
  }
  if (page.more) output["NextToken"] = storage::MakeToken(*page.more);
  return output;
}

Result<json> Sns::GetTopicAttributes(const Request& request) {
  const auto topic = FindTopic(request, "TopicArn");
  if (!topic) return topic.error();
  const auto name = topic->at("name").get<std::string>();
  const auto arn = TopicArn(request.context, name);
  int confirmed = 0, pending = 0;
  for (const auto& subscription :
       subscriptions_.All(storage::Scope::Of(request.context), name + ":")) {
    ++(subscription.at("confirmed").get<bool>() ? confirmed : pending);
  }
  json attributes = {{"DisplayName", ""},
                     {"EffectiveDeliveryPolicy", kDefaultDelivery},
                     {"Owner", request.context.account},
                     {"Policy", DefaultPolicy(arn, request.context.account)},
                     {"SubscriptionsConfirmed", std::to_string(confirmed)},
                     {"SubscriptionsDeleted", std::to_string(topic->at("deleted").get<int>())},
                     {"SubscriptionsPending", std::to_string(pending)},
                     {"TopicArn", arn}};
  if (name.ends_with(kFifoSuffix)) attributes["ContentBasedDeduplication"] = "false";
  attributes.update(topic->at("attributes"));
  return json{{"Attributes", std::move(attributes)}};
}

Result<json> Sns::SetTopicAttributes(const Request& request) {
  const auto attribute = request.Text("AttributeName");
  const std::lock_guard lock(mutex_);
  auto topic = FindTopic(request, "TopicArn");
  if (!topic) return topic.error();
  if (!IsAttribute(attribute) || attribute == "FifoTopic") return InvalidParameter("AttributeName");
  const auto value = request.Text("AttributeValue");
  if (attribute == "Policy" && !json::accept(value))
    return InvalidParameter("Policy Reason: Policy failed to parse");
  (*topic)["attributes"][attribute] = value;
  topics_.Put(storage::Scope::Of(request.context), topic->at("name").get<std::string>(), *topic);
  return json::object();
}

Result<json> Sns::FindTaggedTopic(const Request& request) const {
  auto topic = FindTopic(request, "ResourceArn");
  if (!topic && topic.error().code == "NotFoundException") {
    return ApiError{"ResourceNotFoundException", "Resource does not exist"};
  }
  return topic;
}

Result<json> Sns::TagResource(const Request& request) {
  const std::lock_guard lock(mutex_);
  auto topic = FindTaggedTopic(request);
  if (!topic) return topic;
  const auto& list = request.Array("Tags");
  if (HasDuplicateKeys(list)) return InvalidParameter("Duplicated keys are not allowed.");
  service::AddTags((*topic)["tags"], list);
  if (topic->at("tags").size() > kMostTags) {
    return ApiError{"TagLimitExceededException",
                    "Could not complete request: tag quota of per resource exceeded"};
  }
  topics_.Put(storage::Scope::Of(request.context), topic->at("name").get<std::string>(), *topic);
  return json::object();
}

Result<json> Sns::UntagResource(const Request& request) {
  const std::lock_guard lock(mutex_);
  auto topic = FindTaggedTopic(request);
  if (!topic) return topic;
  service::RemoveTags((*topic)["tags"], request.Array("TagKeys"));
  topics_.Put(storage::Scope::Of(request.context), topic->at("name").get<std::string>(), *topic);
  return json::object();
}

Result<json> Sns::ListTagsForResource(const Request& request) {
  const auto topic = FindTaggedTopic(request);
  if (!topic) return topic;
  return json{{"Tags", service::ListTags(topic->at("tags"))}};
}

}  // namespace fractus::sns
