#include "emulator/core/arn.h"
#include "emulator/core/encoding.h"
#include "gateway/operations.h"

namespace fractus::gateway {
namespace {

// Runs `use` with the tags of "arn:aws:apigateway:{region}::/restapis/{id}" or ".../stages/{name}".
Result<json> WithTags(ApiStore& store, const Request& request,
                      const std::function<Result<json>(json& tags)>& use) {
  const std::string text = PercentDecode(request.Text("resourceArn"));
  const auto arn = Arn::Parse(text);
  const auto parts = arn ? Split(arn->resource, '/') : std::vector<std::string>();
  const bool is_stage = parts.size() == 5 && parts[3] == "stages";
  if (!arn || arn->service != "apigateway" || parts.size() < 3 || parts[1] != "restapis" ||
      (parts.size() != 3 && !is_stage)) {
    return BadRequest("Invalid ARN specified in the request");
  }
  return store.Change(request.context, parts[2], [&](json& document) -> Result<json> {
    if (is_stage && !document["stages"].contains(parts[4])) {
      return NotFound("Invalid stage identifier specified");
    }
    json& owner = is_stage ? document["stages"][parts[4]] : document["api"];
    json tags = owner.value("tags", json::object());
    auto answer = use(tags);
    if (!answer) return answer;
    if (tags.empty()) {
      owner.erase("tags");
    } else {
      owner["tags"] = std::move(tags);
    }
    return answer;
  });
}

}  // namespace

Result<json> TagResource(ApiStore& store, const Request& request) {
  return WithTags(store, request, [&](json& tags) -> Result<json> {
    tags.update(request.Object("tags"));
    return json::object();
  });
}

Result<json> UntagResource(ApiStore& store, const Request& request) {
  return WithTags(store, request, [&](json& tags) -> Result<json> {
    for (const json& key : request.Array("tagKeys")) tags.erase(key.get<std::string>());
    return json::object();
  });
}

Result<json> GetTags(ApiStore& store, const Request& request) {
  return WithTags(store, request, [](json& tags) -> Result<json> { return json{{"tags", tags}}; });
}

}  // namespace fractus::gateway
