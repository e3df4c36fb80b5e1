#include "gateway/operations.h"

namespace fractus::gateway {
namespace {

ApiError UnknownModel(const std::string& name) {
  return NotFound("Invalid model name specified: " + name);
}

// Where the model is used, in AWS's words, or an empty text.
std::string ReferenceTo(const json& document, const std::string& name) {
  for (const json& resource : document.at("resources")) {
    if (!resource.contains("resourceMethods")) continue;
    for (const auto& [verb, method] : resource["resourceMethods"].items()) {
      if (!method.contains("requestModels")) continue;
      for (const json& model : method["requestModels"]) {
        if (model == name) return resource.at("path").get<std::string>() + "/" + verb;
      }
    }
  }
  return "";
}

}  // namespace

Result<json> CreateModel(ApiStore& store, const Request& request) {
  return store.Change(
      request.context, request.Text("restApiId"), [&](json& document) -> Result<json> {
        const std::string name = request.Text("name");
        if (name.empty()) return BadRequest("Model name must be non-empty");
        if (document["models"].contains(name)) {
          return Conflict("Model name already exists for this REST API");
        }
        if (request.Text("contentType") == "application/json" &&
            !json::accept(request.Text("schema"))) {
          return BadRequest("Model schema must have a non-empty schema or be valid JSON");
        }
        json model = {{"id", store.ids().LowerAlnum(6)}};
        CopyMembers(request.input, model, {"name", "description", "schema", "contentType"});
        document["models"][name] = model;
        return model;
      });
}

Result<json> GetModel(ApiStore& store, const Request& request) {
  return store.Read(request.context, request.Text("restApiId"),
                    [&](const json& document) -> Result<json> {
                      const std::string name = request.Text("modelName");
                      const auto found = document.at("models").find(name);
                      if (found == document.at("models").end()) return UnknownModel(name);
                      return *found;
                    });
}

Result<json> GetModels(ApiStore& store, const Request& request) {
  return store.Read(request.context, request.Text("restApiId"),
                    [&](const json& document) -> Result<json> {
                      return Page(request, Values(document.at("models")));
                    });
}

Result<json> DeleteModel(ApiStore& store, const Request& request) {
  return store.Change(request.context, request.Text("restApiId"),
                      [&](json& document) -> Result<json> {
                        const std::string name = request.Text("modelName");
                        if (!document["models"].contains(name)) return UnknownModel(name);
                        if (const std::string used = ReferenceTo(document, name); !used.empty()) {
                          return Conflict("Cannot delete model '" + name +
                                          "', is referenced in method request: " + used);
                        }
                        document["models"].erase(name);
                        return json::object();
                      });
}

}  // namespace fractus::gateway
