#include <fmt/format.h>

#include <algorithm>

#include "emulator/services/sns/sns.h"

namespace fractus::sns {
namespace {

constexpr size_t kLargestMessage = 262144;
constexpr size_t kLongestSubject = 100;

// One byte per character is enough here: a subject is ASCII.
bool IsSubject(std::string_view subject) {
  return !subject.empty() && subject.size() <= kLongestSubject &&
         std::none_of(subject.begin(), subject.end(),
                      [](char c) { return static_cast<unsigned char>(c) < 0x20; });
}

// E.164.
bool IsPhoneNumber(std::string_view text) {
  return text.size() >= 3 && text.size() <= 16 && text[0] == '+' && text[1] != '0' &&
         std::all_of(text.begin() + 1, text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

ApiError BadAttribute(std::string message) {
  return {"InvalidParameterValueException", std::move(message)};
}

// The message attributes do not reach a mail, but a wrong one is refused as on AWS.
std::optional<ApiError> CheckMessageAttributes(const json& attributes) {
  for (const auto& [name, attribute] : attributes.items()) {
    const auto type = attribute.value("DataType", "");
    const auto prefix = type.substr(0, type.find('.'));
    if (prefix != "String" && prefix != "Number" && prefix != "Binary") {
      return BadAttribute(fmt::format(
          "The message attribute '{}' has an invalid message attribute type, the set of "
          "supported type prefixes is Binary, Number, and String.",
          name));
    }
    const bool binary = prefix == "Binary";
    const auto* member = binary ? "BinaryValue" : "StringValue";
    const auto* other = binary ? "StringValue" : "BinaryValue";
    if (attribute.contains(other) && !attribute.contains(member)) {
      return BadAttribute(
          fmt::format("The message attribute '{}' with type '{}' must use field '{}'.", name, type,
                      binary ? "Binary" : "String"));
    }
    const bool empty =
        !attribute.contains(member) ||
        (attribute.at(member).is_string() && attribute.at(member) == "") ||
        (attribute.at(member).is_binary() && attribute.at(member).get_binary().empty());
    if (empty) {
      return BadAttribute(fmt::format(
          "The message attribute '{}' must contain non-empty message attribute value for "
          "message attribute type '{}'.",
          name, type));
    }
  }
  return std::nullopt;
}

// The text for one protocol out of a message of MessageStructure json.
std::string TextFor(const json& structure, const std::string& protocol) {
  return structure.value(protocol, structure.at("default").get<std::string>());
}

}  // namespace

Result<json> Sns::PublishSms(const Request& request) {
  const auto number = request.Text("PhoneNumber");
  if (!IsPhoneNumber(number)) {
    return InvalidParameter(
        fmt::format("PhoneNumber Reason: {} is not valid to publish to", number));
  }
  if (request.Text("Message").empty()) return InvalidParameter("Empty message");
  mailbox_.Deliver({.time = request.context.now,
                    .service = "sns",
                    .source = "sns",
                    .username = "",
                    .medium = ports::Medium::kSms,
                    .to = number,
                    .kind = "SMS",
                    .code = "",
                    .subject = "",
                    .body = request.Text("Message")});
  return json{{"MessageId", ids_.Uuid()}};
}

Result<json> Sns::Publish(const Request& request) {
  if (request.Has("PhoneNumber")) return PublishSms(request);
  const auto* member = request.Has("TopicArn") ? "TopicArn" : "TargetArn";
  if (!request.Has(member))
    return InvalidParameter("TopicArn or TargetArn Reason: no value for required parameter");
  const auto message = request.Text("Message");
  if (message.empty()) return InvalidParameter("Empty message");
  if (message.size() > kLargestMessage) return InvalidParameter("Message too long");
  const auto subject = request.Text("Subject");
  if (request.Has("Subject") && !IsSubject(subject)) return InvalidParameter("Subject");
  if (auto error = CheckMessageAttributes(request.Object("MessageAttributes")))
    return *std::move(error);
  json structure;
  if (request.Text("MessageStructure") == "json") {
    structure = json::parse(message, nullptr, false);
    if (!structure.is_object()) {
      return InvalidParameter("Message Structure - JSON message body failed to parse");
    }
    if (!structure.contains("default") || !structure.at("default").is_string()) {
      return InvalidParameter("Message Structure - No default entry in JSON message body");
    }
  }
  if (request.Text(member).find(":endpoint/") != std::string::npos) {
    return InvalidParameter("TargetArn Reason: No endpoint found for the target arn specified");
  }
  const auto topic = FindTopic(request, member);
  if (!topic) return topic.error();
  const auto name = topic->at("name").get<std::string>();
  const bool fifo = name.ends_with(".fifo");
  if (fifo && !request.Has("MessageGroupId")) {
    return InvalidParameter("The MessageGroupId parameter is required for FIFO topics");
  }
  if (fifo && !request.Has("MessageDeduplicationId") &&
      topic->at("attributes").value("ContentBasedDeduplication", "false") != "true") {
    return InvalidParameter(
        "The topic should either have ContentBasedDeduplication enabled or MessageDeduplicationId "
        "provided "
        "explicitly");
  }
  if (!fifo && request.Has("MessageDeduplicationId")) {
    return InvalidParameter(
        "MessageDeduplicationId Reason: The request includes MessageDeduplicationId parameter that "
        "is not valid for "
        "this topic type");
  }

  json output = {{"MessageId", ids_.Uuid()}};
  if (fifo)
    output["SequenceNumber"] = fmt::format("1{:018}", ids_.Number(1'000'000'000'000'000'000));
  const auto arn = TopicArn(request.context, name);
  for (const auto& subscription :
       subscriptions_.All(storage::Scope::Of(request.context), name + ":")) {
    if (!subscription.at("confirmed").get<bool>()) continue;
    const auto protocol = subscription.at("protocol").get<std::string>();
    auto body = structure.is_null() ? message : TextFor(structure, protocol);
    if (protocol == "email-json") {
      json letter = {{"Type", "Notification"},
                     {"MessageId", output.at("MessageId")},
                     {"TopicArn", arn},
                     {"Message", body},
                     {"Timestamp", FormatIso8601Millis(request.context.now)}};
      if (!subject.empty()) letter["Subject"] = subject;
      body = letter.dump();
    }
    mailbox_.Deliver({.time = request.context.now,
                      .service = "sns",
                      .source = arn,
                      .username = "",
                      .medium = ports::Medium::kEmail,
                      .to = subscription.at("endpoint").get<std::string>(),
                      .kind = "notification",
                      .code = "",
                      .subject = subject.empty() ? "AWS Notification Message" : subject,
                      .body = body});
  }
  return output;
}

}  // namespace fractus::sns
