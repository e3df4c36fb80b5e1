#include "emulator/services/cloudformation/package.h"

#include <fmt/format.h>

#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>

#include "emulator/yaml/yaml.h"

namespace fractus::cloudformation {
namespace {

namespace fs = std::filesystem;

bool IsLocalPath(const json& value) {
  if (!value.is_string()) return false;
  const auto& text = value.get_ref<const std::string&>();
  return !text.empty() && text.find("://") == std::string::npos;
}

class Packager {
 public:
  explicit Packager(const fs::path& folder) : folder_(fs::absolute(folder).lexically_normal()) {}

  std::string Absolute(const std::string& path, const std::string& owner) const {
    fs::path absolute = (folder_ / path).lexically_normal();
    if (!absolute.has_filename()) absolute = absolute.parent_path();
    if (!fs::exists(absolute)) {
      throw std::runtime_error(
          fmt::format("{} names {}, which does not exist", owner, absolute.string()));
    }
    return absolute.string();
  }

  void RewriteUri(json& properties, const char* member, const std::string& owner) const {
    if (!properties.contains(member) || !IsLocalPath(properties[member])) return;
    properties[member] =
        "s3://hot-reload/" + Absolute(properties[member].get<std::string>(), owner);
  }

  void RewriteCode(json& properties, const char* member, const std::string& owner) const {
    if (!properties.contains(member) || !IsLocalPath(properties[member])) return;
    properties[member] = {{"S3Bucket", "hot-reload"},
                          {"S3Key", Absolute(properties[member].get<std::string>(), owner)}};
  }

  void ReadDefinition(json& properties, const std::string& owner) const {
    if (!properties.contains("DefinitionUri") || !IsLocalPath(properties["DefinitionUri"])) return;
    const std::string path = Absolute(properties["DefinitionUri"].get<std::string>(), owner);
    std::ifstream file(path);
    std::stringstream text;
    text << file.rdbuf();
    auto body = yaml::Parse(text.str());
    if (!body) {
      throw std::runtime_error(fmt::format("{} (line {}, column {}): {}", path, body.error().line,
                                           body.error().column, body.error().message));
    }
    properties["DefinitionBody"] = *std::move(body);
    properties.erase("DefinitionUri");
  }

 private:
  const fs::path folder_;
};

}  // namespace

json PackageTemplate(json document, const fs::path& template_folder) {
  if (!document.is_object()) return document;
  const Packager packager(template_folder);
  bool global_code = false;
  if (document.contains("Globals") && document["Globals"].is_object()) {
    json& globals = document["Globals"];
    if (globals.contains("Function") && globals["Function"].is_object()) {
      packager.RewriteUri(globals["Function"], "CodeUri", "Globals");
      global_code = globals["Function"].contains("CodeUri");
    }
  }
  if (!document.contains("Resources") || !document["Resources"].is_object()) return document;
  for (auto& [name, resource] : document["Resources"].items()) {
    if (!resource.is_object() || !resource.contains("Type") || !resource["Type"].is_string())
      continue;
    const auto type = resource["Type"].get<std::string>();
    json& properties = resource["Properties"];
    if (properties.is_null()) properties = json::object();
    if (!properties.is_object()) continue;
    if (type == "AWS::Serverless::Function") {
      const bool has_code = global_code || properties.contains("CodeUri") ||
                            properties.contains("InlineCode") || properties.contains("ImageUri");
      if (!has_code) properties["CodeUri"] = ".";
      packager.RewriteUri(properties, "CodeUri", name);
    } else if (type == "AWS::Serverless::LayerVersion") {
      packager.RewriteUri(properties, "ContentUri", name);
    } else if (type == "AWS::Serverless::Api") {
      packager.ReadDefinition(properties, name);
    } else if (type == "AWS::Lambda::Function") {
      packager.RewriteCode(properties, "Code", name);
    } else if (type == "AWS::Lambda::LayerVersion") {
      packager.RewriteCode(properties, "Content", name);
    }
    if (properties.empty()) resource.erase("Properties");
  }
  return document;
}

}  // namespace fractus::cloudformation
