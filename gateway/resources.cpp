#include <algorithm>
#include <vector>

#include "emulator/core/encoding.h"
#include "gateway/operations.h"
#include "gateway/patch.h"
#include "gateway/rest_api_document.h"

namespace fractus::gateway {
namespace {

bool IsVariable(const std::string& part) { return part.starts_with('{') && part.ends_with('}'); }
bool IsGreedy(const std::string& part) { return IsVariable(part) && part.ends_with("+}"); }

bool IsValidPart(const std::string& part) {
  const std::string inner = IsGreedy(part)     ? part.substr(1, part.size() - 3)
                            : IsVariable(part) ? part.substr(1, part.size() - 2)
                                               : part;
  return !inner.empty() && std::all_of(inner.begin(), inner.end(), [](unsigned char c) {
    return std::isalnum(c) ||
           std::string_view("._-:").find(static_cast<char>(c)) != std::string_view::npos;
  });
}

std::string ChildPath(const json& parent, const std::string& part) {
  const auto path = parent.at("path").get<std::string>();
  return path == "/" ? "/" + part : path + "/" + part;
}

// Whether a resource may have a child of that name, `but` one resource that is being moved.
Result<json> CheckChild(const json& document, const json& parent, const std::string& part,
                        const std::string& but = "") {
  if (!IsValidPart(part)) {
    return BadRequest(
        "Resource's path part only allow a-zA-Z0-9._-: or a valid greedy path variable and curly "
        "braces at the beginning and the end.");
  }
  const std::string parent_part = parent.value("pathPart", "");
  if (IsGreedy(parent_part)) {
    return BadRequest("Cannot create a child of a resource with a greedy path variable: " +
                      parent_part);
  }
  for (const json& sibling : document.at("resources")) {
    if (sibling.value("parentId", "") != parent.at("id") || sibling.at("id") == but) continue;
    const auto name = sibling.at("pathPart").get<std::string>();
    if (name == part) {
      return Conflict("Another resource with the same parent already has this name: " + part);
    }
    if (IsVariable(name) && IsVariable(part)) {
      return BadRequest("A sibling (" + name +
                        ") of this resource already has a variable path part -- only one is "
                        "allowed");
    }
  }
  return json();
}

// Without the methods' details, as AWS answers unless asked to embed them.
json Brief(json resource) {
  const auto methods = resource.find("resourceMethods");
  if (methods == resource.end()) return resource;
  for (json& method : *methods) method = json::object();
  return resource;
}

bool EmbedsMethods(const Request& request) {
  const json& embed = request.Array("embed");
  return std::find(embed.begin(), embed.end(), "methods") != embed.end();
}

void RenewPaths(json& resources, const std::string& id) {
  for (json& resource : resources) {
    if (resource.value("parentId", "") != id) continue;
    resource["path"] = ChildPath(resources.at(id), resource.at("pathPart").get<std::string>());
    RenewPaths(resources, resource.at("id").get<std::string>());
  }
}

void Erase(json& resources, const std::string& id) {
  std::vector<std::string> children;
  for (const json& resource : resources) {
    if (resource.value("parentId", "") == id)
      children.push_back(resource.at("id").get<std::string>());
  }
  for (const std::string& child : children) Erase(resources, child);
  resources.erase(id);
}

bool IsBelow(const json& resources, std::string id, const std::string& ancestor) {
  while (!id.empty() && resources.contains(id)) {
    if (id == ancestor) return true;
    id = resources.at(id).value("parentId", "");
  }
  return false;
}

Result<json> Apply(json& document, const std::string& id, const PatchOperation& operation) {
  json& resources = document["resources"];
  json& resource = resources[id];
  const bool is_part = operation.Is({"pathPart"});
  if (!is_part && !operation.Is({"parentId"})) {
    return BadRequest("Invalid patch path  '" + operation.path + "' specified for op '" +
                      operation.op + "'. Must be one of: [/parentId, /pathPart]");
  }
  if (operation.op != "replace") {
    return BadRequest("Invalid patch path  '" + operation.path + "' specified for op '" +
                      operation.op + "'. Please choose supported operations");
  }
  if (!resource.contains("parentId")) {
    return BadRequest(std::string("Root resource cannot update its ") +
                      (is_part ? "pathPart." : "parentId."));
  }
  const std::string parent_id =
      is_part ? resource.at("parentId").get<std::string>() : operation.value;
  const std::string part = is_part ? operation.value : resource.at("pathPart").get<std::string>();
  if (!resources.contains(parent_id)) return UnknownResource();
  if (IsBelow(resources, parent_id, id)) return BadRequest("Resources cannot be cyclical.");
  if (auto checked = CheckChild(document, resources.at(parent_id), part, id); !checked) {
    return checked;
  }
  resource["parentId"] = parent_id;
  resource["pathPart"] = part;
  resource["path"] = ChildPath(resources.at(parent_id), part);
  RenewPaths(resources, id);
  return json();
}

}  // namespace

Result<std::string> EnsureResource(json& document, IdSource& ids, const std::string& path) {
  json& resources = document["resources"];
  auto id = document.at("api").at("rootResourceId").get<std::string>();
  for (const std::string& part : Split(path, '/')) {
    if (part.empty()) continue;
    const auto found = std::find_if(resources.begin(), resources.end(), [&](const json& resource) {
      return resource.value("parentId", "") == id && resource.at("pathPart") == part;
    });
    if (found != resources.end()) {
      id = found->at("id").get<std::string>();
      continue;
    }
    if (auto checked = CheckChild(document, resources.at(id), part); !checked) {
      return checked.error();
    }
    const std::string child = ids.LowerAlnum(6);
    resources[child] = {{"id", child},
                        {"parentId", id},
                        {"pathPart", part},
                        {"path", ChildPath(resources.at(id), part)}};
    id = child;
  }
  return id;
}

Result<json> CreateResource(ApiStore& store, const Request& request) {
  return store.Change(
      request.context, request.Text("restApiId"), [&](json& document) -> Result<json> {
        json& resources = document["resources"];
        const std::string parent_id = request.Text("parentId");
        const std::string part = request.Text("pathPart");
        if (!resources.contains(parent_id)) return UnknownResource();
        if (auto checked = CheckChild(document, resources.at(parent_id), part); !checked) {
          return checked;
        }
        const std::string id = store.ids().LowerAlnum(6);
        resources[id] = {{"id", id},
                         {"parentId", parent_id},
                         {"pathPart", part},
                         {"path", ChildPath(resources.at(parent_id), part)}};
        return resources[id];
      });
}

Result<json> GetResource(ApiStore& store, const Request& request) {
  return store.Read(request.context, request.Text("restApiId"),
                    [&](const json& document) -> Result<json> {
                      const auto found = document.at("resources").find(request.Text("resourceId"));
                      if (found == document.at("resources").end()) return UnknownResource();
                      return EmbedsMethods(request) ? *found : Brief(*found);
                    });
}

Result<json> GetResources(ApiStore& store, const Request& request) {
  return store.Read(
      request.context, request.Text("restApiId"), [&](const json& document) -> Result<json> {
        json items = json::array();
        for (const json& resource : document.at("resources")) {
          items.push_back(EmbedsMethods(request) ? resource : Brief(resource));
        }
        std::sort(items.begin(), items.end(),
                  [](const json& a, const json& b) { return a.at("path") < b.at("path"); });
        return Page(request, std::move(items));
      });
}

Result<json> UpdateResource(ApiStore& store, const Request& request) {
  return store.Change(request.context, request.Text("restApiId"),
                      [&](json& document) -> Result<json> {
                        const std::string id = request.Text("resourceId");
                        if (!document["resources"].contains(id)) return UnknownResource();
                        for (const PatchOperation& operation : PatchOperations(request)) {
                          if (auto applied = Apply(document, id, operation); !applied)
                            return applied;
                        }
                        return Brief(document["resources"][id]);
                      });
}

Result<json> DeleteResource(ApiStore& store, const Request& request) {
  return store.Change(request.context, request.Text("restApiId"),
                      [&](json& document) -> Result<json> {
                        json& resources = document["resources"];
                        const std::string id = request.Text("resourceId");
                        if (!resources.contains(id)) return UnknownResource();
                        if (!resources[id].contains("parentId")) {
                          return BadRequest("Cannot delete the root resource");
                        }
                        Erase(resources, id);
                        return json::object();
                      });
}

}  // namespace fractus::gateway
