#include "gateway/openapi.h"
#include "gateway/operations.h"
#include "gateway/rest_api_document.h"

namespace fractus::gateway {
namespace {

std::string Body(const Request& request) {
  const auto found = request.input.find("body");
  if (found == request.input.end()) return "";
  if (found->is_string()) return found->get<std::string>();
  if (!found->is_binary()) return found->dump();
  const auto& bytes = found->get_binary();
  return {bytes.begin(), bytes.end()};
}

Result<json> Answer(const json& api, const json& warnings, const Request& request) {
  if (!warnings.empty() && request.Flag("failOnWarnings", false)) {
    return BadRequest("Warnings found during import: " + warnings[0].get<std::string>());
  }
  json answer = api;
  if (!warnings.empty()) answer["warnings"] = warnings;
  return answer;
}

}  // namespace

Result<json> ImportRestApi(ApiStore& store, const Request& request) {
  json document = NewApiDocument(request.context, store.ids(), "");
  json warnings = json::array();
  if (auto imported =
          ImportDescription(document, store.ids(), Body(request), ImportMode::kOverwrite, warnings);
      !imported) {
    return imported;
  }
  const json& parameters = request.Object("parameters");
  if (parameters.contains("endpointConfigurationTypes")) {
    document["api"]["endpointConfiguration"]["types"] = {
        parameters["endpointConfigurationTypes"].get<std::string>()};
  }
  auto answer = Answer(document["api"], warnings, request);
  if (!answer) return answer;
  if (auto created = store.Create(request.context, std::move(document)); !created) return created;
  return answer;
}

Result<json> PutRestApi(ApiStore& store, const Request& request) {
  const ImportMode mode =
      request.Text("mode") == "overwrite" ? ImportMode::kOverwrite : ImportMode::kMerge;
  return store.Change(
      request.context, request.Text("restApiId"), [&](json& document) -> Result<json> {
        json warnings = json::array();
        if (auto imported = ImportDescription(document, store.ids(), Body(request), mode, warnings);
            !imported) {
          return imported;
        }
        return Answer(document["api"], warnings, request);
      });
}

}  // namespace fractus::gateway
