#include <fmt/format.h>

#include "emulator/core/arn.h"
#include "emulator/service/tags.h"
#include "emulator/services/cloudwatch/cloudwatch.h"

namespace fractus::cloudwatch {
namespace {

// The list of actions that a state runs; nothing for a text that is no state.
const char* ActionsOf(std::string_view state) {
  if (state == "ALARM") return "AlarmActions";
  if (state == "OK") return "OKActions";
  if (state == "INSUFFICIENT_DATA") return "InsufficientDataActions";
  return nullptr;
}

}  // namespace

Result<json> CloudWatch::SetAlarmState(const Request& request) {
  const auto state = request.Text("StateValue");
  const auto* actions = ActionsOf(state);
  if (!actions) {
    return ValidationError(fmt::format(
        "1 validation error detected: Value '{}' at 'stateValue' failed to satisfy "
        "constraint: Member must satisfy enum value set: [INSUFFICIENT_DATA, ALARM, OK]",
        state));
  }
  if (request.Has("StateReasonData") && !json::accept(request.Text("StateReasonData"))) {
    return ApiError{"InvalidFormatFault", "StateReasonData is not valid JSON"};
  }
  const auto scope = storage::Scope::Of(request.context);
  const auto name = request.Text("AlarmName");
  const std::lock_guard lock(mutex_);
  auto document = alarms_.Find(scope, name);
  if (!document) return ApiError{"ResourceNotFound", ""};
  auto& alarm = (*document)["alarm"];
  const bool changes = alarm.at("StateValue") != state;
  if (changes && alarm.at("ActionsEnabled").get<bool>() && !alarm.at(actions).empty()) {
    return ApiError{"NotImplemented",
                    fmt::format("CloudWatch does not emulate the actions of alarms yet: {} has {}.",
                                name, actions),
                    501};
  }
  const auto now = EpochSeconds(request.context.now);
  alarm["StateValue"] = state;
  alarm["StateReason"] = request.Text("StateReason");
  alarm.erase("StateReasonData");
  if (request.Has("StateReasonData")) alarm["StateReasonData"] = request.Text("StateReasonData");
  alarm["StateUpdatedTimestamp"] = now;
  if (changes) alarm["StateTransitionedTimestamp"] = now;
  alarms_.Put(scope, name, *document);
  return json::object();
}

// Names that do not exist are passed over.
Result<json> CloudWatch::SwitchActions(const Request& request, Actions actions) {
  const auto scope = storage::Scope::Of(request.context);
  const std::lock_guard lock(mutex_);
  for (const auto& name : request.Array("AlarmNames")) {
    auto document = alarms_.Find(scope, name.get<std::string>());
    if (!document) continue;
    (*document)["alarm"]["ActionsEnabled"] = actions == Actions::kEnabled;
    alarms_.Put(scope, name.get<std::string>(), *document);
  }
  return json::object();
}

Result<json> CloudWatch::EnableAlarmActions(const Request& request) {
  return SwitchActions(request, Actions::kEnabled);
}
Result<json> CloudWatch::DisableAlarmActions(const Request& request) {
  return SwitchActions(request, Actions::kDisabled);
}

Result<json> CloudWatch::FindTagged(const Request& request) const {
  const auto arn = Arn::Parse(request.Text("ResourceARN"));
  constexpr std::string_view kKind = "alarm:";
  std::optional<json> document;
  if (arn && arn->resource.starts_with(kKind)) {
    document =
        alarms_.Find(storage::Scope::Of(request.context), arn->resource.substr(kKind.size()));
  }
  if (document) return *std::move(document);
  return ApiError{"ResourceNotFoundException", "Unknown", 0,
                  json{{"ResourceType", "alarm"}, {"ResourceId", request.Text("ResourceARN")}}};
}

Result<json> CloudWatch::TagResource(const Request& request) {
  const std::lock_guard lock(mutex_);
  auto document = FindTagged(request);
  if (!document) return document;
  service::AddTags((*document)["tags"], request.Array("Tags"));
  alarms_.Put(storage::Scope::Of(request.context),
              document->at("alarm").at("AlarmName").get<std::string>(), *document);
  return json::object();
}

Result<json> CloudWatch::UntagResource(const Request& request) {
  const std::lock_guard lock(mutex_);
  auto document = FindTagged(request);
  if (!document) return document;
  service::RemoveTags((*document)["tags"], request.Array("TagKeys"));
  alarms_.Put(storage::Scope::Of(request.context),
              document->at("alarm").at("AlarmName").get<std::string>(), *document);
  return json::object();
}

Result<json> CloudWatch::ListTagsForResource(const Request& request) {
  const auto document = FindTagged(request);
  if (!document) return document;
  return json{{"Tags", service::ListTags(document->at("tags"))}};
}

}  // namespace fractus::cloudwatch
