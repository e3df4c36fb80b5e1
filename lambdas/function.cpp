#include "lambdas/function.h"

#include <atomic>

namespace fractus::lambdas {
namespace {

json VersionToJson(const FunctionVersion& version) {
  json stored;
  stored["version"] = version.version;
  stored["configuration"] = version.configuration;
  stored["code"] = version.code->ToJson();
  return stored;
}

// Versions that were published from the same code share it.
using SharedCode = std::map<std::string, std::shared_ptr<Code>>;

std::shared_ptr<const FunctionVersion> VersionFromJson(const json& stored, SharedCode& shared,
                                                       const std::string& code_folder) {
  auto code = Code::FromJson(stored.at("code"), code_folder);
  if (!code->is_local()) code = shared.try_emplace(code->home(), code).first->second;
  return FunctionVersion::Make(stored.at("version").get<std::string>(), stored.at("configuration"),
                               std::move(code));
}

}  // namespace

std::shared_ptr<const FunctionVersion> FunctionVersion::Make(std::string version,
                                                             json configuration,
                                                             std::shared_ptr<Code> code) {
  static std::atomic<uint64_t> generations{0};
  auto made = std::make_shared<FunctionVersion>();
  made->version = std::move(version);
  made->configuration = std::move(configuration);
  made->code = std::move(code);
  const json& members = made->configuration;
  made->runtime = members.value("Runtime", "");
  made->handler = members.value("Handler", "");
  made->timeout_seconds = members.value("Timeout", 3);
  made->memory_mb = members.value("MemorySize", 128);
  made->log_group = members.at("LoggingConfig").value("LogGroup", "");
  if (const auto found = members.find("Environment"); found != members.end()) {
    made->variables = found->at("Variables").get<std::map<std::string, std::string>>();
  }
  made->generation = ++generations;
  return made;
}

void Policy::Compile() {
  document = json::object();
  document["Version"] = "2012-10-17";
  document["Statement"] = json::array();
  for (const auto& statement : statements) {
    document["Statement"].push_back(json::parse(statement.text));
  }
}

std::shared_ptr<const FunctionVersion> Function::Find(const std::string& qualifier) const {
  if (qualifier.empty() || qualifier == kLatest) return latest;
  if (const auto alias = aliases.find(qualifier); alias != aliases.end()) {
    return Find(alias->second.at("FunctionVersion").get<std::string>());
  }
  const auto found = versions.find(qualifier);
  return found == versions.end() ? nullptr : found->second;
}

json Function::ToJson() const {
  json stored;
  stored["account"] = id.account;
  stored["region"] = id.region;
  stored["name"] = id.name;
  stored["latest"] = VersionToJson(*latest);
  stored["last_version"] = last_version;
  stored["versions"] = json::array();
  for (const auto& [number, version] : versions) {
    stored["versions"].push_back(VersionToJson(*version));
  }
  stored["aliases"] = aliases;
  stored["tags"] = tags;
  if (reserved_concurrency) stored["reserved_concurrency"] = *reserved_concurrency;
  stored["policies"] = json::object();
  for (const auto& [qualifier, policy] : policies) {
    json& kept = stored["policies"][qualifier];
    kept["revision"] = policy.revision;
    kept["statements"] = json::array();
    for (const auto& statement : policy.statements) {
      json one;
      one["sid"] = statement.sid;
      one["text"] = statement.text;
      kept["statements"].push_back(std::move(one));
    }
  }
  return stored;
}

Function Function::FromJson(const json& stored, const std::string& code_folder) {
  Function function;
  function.id.account = stored.at("account").get<std::string>();
  function.id.region = stored.at("region").get<std::string>();
  function.id.name = stored.at("name").get<std::string>();
  SharedCode shared;
  function.latest = VersionFromJson(stored.at("latest"), shared, code_folder);
  function.last_version = stored.at("last_version").get<int>();
  for (const json& version : stored.at("versions")) {
    function.versions[version.at("version").get<std::string>()] =
        VersionFromJson(version, shared, code_folder);
  }
  function.aliases = stored.at("aliases").get<std::map<std::string, json>>();
  function.tags = stored.at("tags").get<std::map<std::string, std::string>>();
  if (stored.contains("reserved_concurrency")) {
    function.reserved_concurrency = stored.at("reserved_concurrency").get<int>();
  }
  for (const auto& [qualifier, kept] : stored.at("policies").items()) {
    Policy& policy = function.policies[qualifier];
    policy.revision = kept.at("revision").get<std::string>();
    for (const json& one : kept.at("statements")) {
      policy.statements.push_back(
          {one.at("sid").get<std::string>(), one.at("text").get<std::string>()});
    }
    policy.Compile();
  }
  return function;
}

json Configuration(const Function& function, const FunctionVersion& version,
                   const std::string& qualifier, WithState state) {
  json output = version.configuration;
  output["FunctionName"] = function.id.name;
  output["FunctionArn"] = function.id.Arn(qualifier);
  output["Version"] = version.version;
  if (state == WithState::kYes) {
    // Differs from AWS: a function is Active at once, never Pending.
    output["State"] = "Active";
    output["LastUpdateStatus"] = "Successful";
  }
  return output;
}

}  // namespace fractus::lambdas
