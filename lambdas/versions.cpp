#include "lambdas/operations.h"

namespace fractus::lambdas {
namespace {

constexpr int kMostListed = 50;

// Numbers sort as numbers.
std::vector<std::shared_ptr<const FunctionVersion>> InOrder(const Function& function) {
  std::map<int, std::shared_ptr<const FunctionVersion>> sorted;
  for (const auto& [number, version] : function.versions) sorted[std::stoi(number)] = version;
  std::vector<std::shared_ptr<const FunctionVersion>> versions{function.latest};
  for (auto& [number, version] : sorted) versions.push_back(std::move(version));
  return versions;
}

// Whether a new version would be the same as this one.
bool SameAs(const FunctionVersion& version, json configuration, const Code& code) {
  json published = version.configuration;
  for (const char* member : {"RevisionId", "Description", "LastModified"}) {
    published.erase(member);
    configuration.erase(member);
  }
  return published == configuration && version.code.get() == &code;
}

Result<FunctionReference> Unqualified(const Request& request) {
  auto reference = ReferenceOf(request);
  if (reference) reference->qualifier.clear();
  return reference;
}

json ShowAlias(const FunctionId& id, const std::string& name, const json& alias) {
  json output = alias;
  output["AliasArn"] = id.Arn(name);
  output["Name"] = name;
  return output;
}

ApiError NoAlias(const FunctionId& id, const std::string& name) {
  return {"ResourceNotFoundException", "Cannot find alias arn: " + id.Arn(name), 404};
}

// The version must exist; weights are not emulated.
std::optional<ApiError> ApplyAlias(const Request& request, const Function& function, json& alias) {
  if (!request.Object("RoutingConfig").value("AdditionalVersionWeights", json::object()).empty()) {
    return ApiError{"InvalidParameterValueException",
                    "Aliases with weights (RoutingConfig) are not emulated."};
  }
  if (request.Has("FunctionVersion")) {
    const std::string version = request.Text("FunctionVersion");
    if (version != kLatest && !function.versions.contains(version)) {
      return ApiError{"ResourceNotFoundException",
                      "Function not found: " + function.id.Arn(version), 404};
    }
    alias["FunctionVersion"] = version;
  }
  if (request.Has("Description")) alias["Description"] = request.Text("Description");
  return std::nullopt;
}

}  // namespace

std::shared_ptr<const FunctionVersion> Publish(Function& function, const Request& request,
                                               IdSource& ids) {
  const FunctionVersion& latest = *function.latest;
  if (function.last_version > 0) {
    const auto last = function.versions.find(std::to_string(function.last_version));
    if (last != function.versions.end() &&
        SameAs(*last->second, latest.configuration, *latest.code)) {
      return last->second;
    }
  }
  const std::string number = std::to_string(++function.last_version);
  json configuration = latest.configuration;
  configuration["RevisionId"] = ids.Uuid();
  if (request.Has("Description")) configuration["Description"] = request.Text("Description");
  auto version = FunctionVersion::Make(number, std::move(configuration), latest.code);
  function.versions[number] = version;
  return version;
}

Result<json> PublishVersion(const Control& control, const Request& request) {
  const auto reference = Unqualified(request);
  if (!reference) return reference.error();
  std::shared_ptr<const FunctionVersion> published;
  const auto after =
      control.store.Change(*reference, [&](Function& function) -> std::optional<ApiError> {
        const json& latest = function.latest->configuration;
        if (auto error = CheckRevision(request, latest.at("RevisionId").get<std::string>()))
          return error;
        if (request.Has("CodeSha256") && request.Text("CodeSha256") != latest.at("CodeSha256")) {
          return ApiError{"InvalidParameterValueException",
                          "CodeSHA256 (" + request.Text("CodeSha256") +
                              ") is different from current CodeSHA256 in $LATEST (" +
                              latest.at("CodeSha256").get<std::string>() +
                              "). Please try again with the CodeSHA256 in $LATEST."};
        }
        published = Publish(function, request, control.ids);
        return std::nullopt;
      });
  if (!after) return after.error();
  return Configuration(**after, *published, published->version);
}

Result<json> ListVersionsByFunction(const Control& control, const Request& request) {
  const auto reference = Unqualified(request);
  if (!reference) return reference.error();
  const auto function = control.store.Get(*reference);
  if (!function) return function.error();
  json all = json::array();
  for (const auto& version : InOrder(**function)) {
    all.push_back(Configuration(**function, *version, version->version, WithState::kNo));
  }
  return Page(std::move(all), request, "Versions", kMostListed);
}

Result<json> CreateAlias(const Control& control, const Request& request) {
  const auto reference = Unqualified(request);
  if (!reference) return reference.error();
  const std::string name = request.Text("Name");
  json alias = json::object();
  alias["Description"] = "";
  const auto after =
      control.store.Change(*reference, [&](Function& function) -> std::optional<ApiError> {
        if (function.aliases.contains(name)) {
          return ApiError{"ResourceConflictException",
                          "Alias already exists: " + function.id.Arn(name), 409};
        }
        if (auto error = ApplyAlias(request, function, alias)) return error;
        alias["RevisionId"] = control.ids.Uuid();
        function.aliases[name] = alias;
        return std::nullopt;
      });
  if (!after) return after.error();
  return ShowAlias(reference->id, name, alias);
}

Result<json> GetAlias(const Control& control, const Request& request) {
  const auto reference = Unqualified(request);
  if (!reference) return reference.error();
  const std::string name = request.Text("Name");
  const auto function = control.store.Find(reference->id);
  if (!function || !function->aliases.contains(name)) return NoAlias(reference->id, name);
  return ShowAlias(reference->id, name, function->aliases.at(name));
}

Result<json> UpdateAlias(const Control& control, const Request& request) {
  const auto reference = Unqualified(request);
  if (!reference) return reference.error();
  const std::string name = request.Text("Name");
  json shown;
  const auto after =
      control.store.Change(*reference, [&](Function& function) -> std::optional<ApiError> {
        const auto alias = function.aliases.find(name);
        if (alias == function.aliases.end()) return NoAlias(function.id, name);
        if (auto error = CheckRevision(request, alias->second.at("RevisionId").get<std::string>()))
          return error;
        if (auto error = ApplyAlias(request, function, alias->second)) return error;
        alias->second["RevisionId"] = control.ids.Uuid();
        shown = alias->second;
        return std::nullopt;
      });
  if (!after) return after.error();
  return ShowAlias(reference->id, name, shown);
}

Result<json> DeleteAlias(const Control& control, const Request& request) {
  const auto reference = Unqualified(request);
  if (!reference) return reference.error();
  const auto after =
      control.store.Change(*reference, [&](Function& function) -> std::optional<ApiError> {
        // An alias that does not exist is deleted without complaint.
        function.aliases.erase(request.Text("Name"));
        function.policies.erase(request.Text("Name"));
        return std::nullopt;
      });
  if (!after) return after.error();
  return json::object();
}

Result<json> ListAliases(const Control& control, const Request& request) {
  const auto reference = Unqualified(request);
  if (!reference) return reference.error();
  const auto function = control.store.Get(*reference);
  if (!function) return function.error();
  json all = json::array();
  for (const auto& [name, alias] : (*function)->aliases) {
    if (request.Has("FunctionVersion") &&
        alias.at("FunctionVersion") != request.Text("FunctionVersion")) {
      continue;
    }
    all.push_back(ShowAlias(reference->id, name, alias));
  }
  return Page(std::move(all), request, "Aliases", kMostListed);
}

}  // namespace fractus::lambdas
