#include "emulator/cli/stack.h"

#include <fmt/format.h>

#include <chrono>
#include <fstream>
#include <iostream>
#include <pugixml.hpp>
#include <set>
#include <thread>

#include "emulator/core/json.h"
#include "emulator/services/cloudformation/package.h"
#include "emulator/yaml/yaml.h"

namespace fractus::cli {
namespace {

namespace fs = std::filesystem;

constexpr char kVersion[] = "2010-05-15";
// Real time between two looks at a stack that is being deployed.
constexpr auto kPollInterval = std::chrono::milliseconds(20);

pugi::xml_document Call(const ApiClient& client, std::map<std::string, std::string> form) {
  pugi::xml_document document;
  document.load_string(client.Query("cloudformation", kVersion, std::move(form)).c_str());
  return document;
}

pugi::xml_node Result(const pugi::xml_document& document) {
  return document.first_child().first_child();
}

// Empty when there is no such stack.
std::string Status(const ApiClient& client, const std::string& stack_name) {
  try {
    const auto document = Call(client, {{"Action", "DescribeStacks"}, {"StackName", stack_name}});
    return Result(document).child("Stacks").child("member").child_value("StackStatus");
  } catch (const UserError& error) {
    if (error.message.find("does not exist") != std::string::npos) return {};
    throw;
  }
}

json ReadTemplate(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) throw UserError{fmt::format("Cannot read the template {}.", file.string())};
  const std::string text((std::istreambuf_iterator<char>(in)), {});
  auto document = yaml::Parse(text);
  if (!document) {
    const auto& error = document.error();
    throw UserError{
        fmt::format("{}:{}:{}: {}", file.string(), error.line, error.column, error.message)};
  }
  if (!document->is_object())
    throw UserError{fmt::format(
        "{} is not a CloudFormation template: its top level must be a mapping with Resources.",
        file.string())};
  return *std::move(document);
}

json ReadPackaged(const fs::path& file) {
  json document = ReadTemplate(file);
  try {
    return cloudformation::PackageTemplate(std::move(document),
                                           fs::absolute(file).lexically_normal().parent_path());
  } catch (const std::runtime_error& failure) {
    throw UserError{fmt::format("{}: {}.", file.string(), failure.what())};
  }
}

// Prints how things ended that have not been shown yet, oldest first; remembers the first reason of
// a failure. That a resource began is worth a line on AWS, where it takes minutes.
class EventPrinter {
 public:
  void PrintNew(const ApiClient& client, const std::string& stack_name) {
    const auto document =
        Call(client, {{"Action", "DescribeStackEvents"}, {"StackName", stack_name}});
    std::vector<pugi::xml_node> fresh;
    for (const auto event : Result(document).child("StackEvents").children("member")) {
      if (seen_.insert(event.child_value("EventId")).second) fresh.push_back(event);
    }
    for (auto event = fresh.rbegin(); event != fresh.rend(); ++event) Print(*event);
  }
  void Skip(const ApiClient& client, const std::string& stack_name) {
    const auto document =
        Call(client, {{"Action", "DescribeStackEvents"}, {"StackName", stack_name}});
    for (const auto event : Result(document).child("StackEvents").children("member"))
      seen_.insert(event.child_value("EventId"));
  }
  const std::string& failure() const { return failure_; }

 private:
  void Print(const pugi::xml_node& event) {
    const std::string status = event.child_value("ResourceStatus"),
                      reason = event.child_value("ResourceStatusReason"),
                      type = event.child_value("ResourceType");
    if (status.ends_with("_IN_PROGRESS") && type != "AWS::CloudFormation::Stack") return;
    fmt::print("  {:<28} {:<34} {}{}{}\n", status, type, event.child_value("LogicalResourceId"),
               reason.empty() ? "" : "  ", reason);
    if (failure_.empty() && status.ends_with("_FAILED") && !reason.empty())
      failure_ = fmt::format("{} {}: {}", event.child_value("LogicalResourceId"), status, reason);
  }

  std::set<std::string> seen_;
  std::string failure_;
};

}  // namespace

fs::path FindTemplate(const fs::path& path) {
  if (!fs::exists(path))
    throw UserError{fmt::format(
        "There is no template at {}; name a template file or a folder with template.yaml.",
        path.string())};
  if (!fs::is_directory(path)) return path;
  for (const char* name : {"template.yaml", "template.yml", "template.json"}) {
    if (fs::exists(path / name)) return path / name;
  }
  throw UserError{fmt::format("The folder {} has no template.yaml, template.yml or template.json.",
                              path.string())};
}

void CheckTemplate(const fs::path& template_file) { ReadPackaged(template_file); }

std::string DefaultStackName(const fs::path& template_file) {
  std::string name;
  for (const char c :
       fs::absolute(template_file).lexically_normal().parent_path().filename().string()) {
    name += std::isalnum(static_cast<unsigned char>(c)) ? c : '-';
  }
  if (name.empty() || !std::isalpha(static_cast<unsigned char>(name[0]))) name = "app-" + name;
  return name.substr(0, 128);
}

void Deploy(const ApiClient& client, const StackOptions& options) {
  const fs::path file = FindTemplate(options.template_path);
  const json packaged = ReadPackaged(file);
  const std::string stack_name =
      options.stack_name.empty() ? DefaultStackName(file) : options.stack_name;

  std::string status = Status(client, stack_name);
  if (status == "ROLLBACK_COMPLETE" || status == "ROLLBACK_FAILED" || status == "CREATE_FAILED") {
    fmt::print("The stack {} is {} from an earlier attempt; deleting it first.\n", stack_name,
               status);
    Call(client, {{"Action", "DeleteStack"}, {"StackName", stack_name}});
    while (!(status = Status(client, stack_name)).empty() && status != "DELETE_COMPLETE")
      std::this_thread::sleep_for(kPollInterval);
    status.clear();
  }
  const bool is_new = status.empty() || status == "DELETE_COMPLETE";
  std::map<std::string, std::string> form = {{"Action", is_new ? "CreateStack" : "UpdateStack"},
                                             {"StackName", stack_name},
                                             {"TemplateBody", packaged.dump()},
                                             {"Capabilities.member.1", "CAPABILITY_IAM"},
                                             {"Capabilities.member.2", "CAPABILITY_NAMED_IAM"},
                                             {"Capabilities.member.3", "CAPABILITY_AUTO_EXPAND"}};
  int index = 1;
  const json declared = packaged.value("Parameters", json::object());
  for (const auto& [key, value] : options.parameters) {
    if (!declared.contains(key))
      throw UserError{fmt::format("The template has no parameter {}.", key)};
    form[fmt::format("Parameters.member.{}.ParameterKey", index)] = key;
    form[fmt::format("Parameters.member.{}.ParameterValue", index++)] = value;
  }
  if (!is_new) {
    // An update keeps what an earlier deployment set.
    const auto document = Call(client, {{"Action", "DescribeStacks"}, {"StackName", stack_name}});
    for (const auto parameter :
         Result(document).child("Stacks").child("member").child("Parameters").children("member")) {
      const std::string key = parameter.child_value("ParameterKey");
      if (options.parameters.contains(key) || !declared.contains(key)) continue;
      form[fmt::format("Parameters.member.{}.ParameterKey", index)] = key;
      form[fmt::format("Parameters.member.{}.UsePreviousValue", index++)] = "true";
    }
  }
  EventPrinter events;
  if (!is_new) events.Skip(client, stack_name);
  try {
    Call(client, form);
  } catch (const UserError& error) {
    if (error.message.find("No updates are to be performed") == std::string::npos) throw;
    fmt::print("The stack {} is up to date.\n", stack_name);
    return;
  }
  fmt::print("{} the stack {}\n", is_new ? "Creating" : "Updating", stack_name);
  do {
    std::this_thread::sleep_for(kPollInterval);
    status = Status(client, stack_name);
    events.PrintNew(client, stack_name);
    std::cout.flush();
  } while (status.ends_with("_IN_PROGRESS"));
  if (status != "CREATE_COMPLETE" && status != "UPDATE_COMPLETE") {
    throw UserError{fmt::format("The stack {} ended {}. {}", stack_name, status, events.failure()),
                    1};
  }
}

std::vector<Output> Outputs(const ApiClient& client, const std::string& stack_name) {
  const auto document = Call(client, {{"Action", "DescribeStacks"}, {"StackName", stack_name}});
  std::vector<Output> outputs;
  for (const auto output :
       Result(document).child("Stacks").child("member").child("Outputs").children("member")) {
    outputs.push_back({output.child_value("OutputKey"), output.child_value("OutputValue"),
                       output.child_value("Description")});
  }
  return outputs;
}

std::vector<std::string> Stacks(const ApiClient& client) {
  const auto document = Call(client, {{"Action", "DescribeStacks"}});
  std::vector<std::string> names;
  for (const auto stack : Result(document).child("Stacks").children("member"))
    names.emplace_back(stack.child_value("StackName"));
  return names;
}

void PrintOutputs(const std::vector<Output>& outputs, const std::string& title) {
  size_t width = 0;
  for (const auto& output : outputs) width = std::max(width, output.key.size());
  fmt::print("{}\n", title);
  for (const auto& output : outputs) fmt::print("  {:<{}}  {}\n", output.key, width, output.value);
  std::fflush(stdout);
}

}  // namespace fractus::cli
