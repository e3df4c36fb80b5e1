// A Lambda function as the room keeps it: its current code and configuration, its published
// versions, and what belongs to all of them.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "emulator/core/api_error.h"
#include "lambdas/code.h"
#include "lambdas/function_name.h"

namespace fractus::lambdas {

inline constexpr char kLatest[] = "$LATEST";

// Code and configuration at one time. Never changes once made; shared with the environments that
// run it.
struct FunctionVersion {
  std::string version = kLatest;
  // Members of the model's FunctionConfiguration that are the user's or depend on nothing but this
  // version.
  json configuration = json::object();
  std::shared_ptr<Code> code;

  // Read out of the configuration, since every invocation needs them.
  std::string runtime;
  std::string handler;
  int timeout_seconds = 3;
  int memory_mb = 128;
  std::string log_group;
  std::map<std::string, std::string> variables;
  // Greater than that of any version made before in this process.
  uint64_t generation = 0;

  // Fills the members after `code`.
  static std::shared_ptr<const FunctionVersion> Make(std::string version, json configuration,
                                                     std::shared_ptr<Code> code);
};

struct PolicyStatement {
  std::string sid;
  // JSON text with its members in AWS's order.
  std::string text;
};

// The resource policy of one qualifier.
struct Policy {
  std::string revision;
  std::vector<PolicyStatement> statements;
  // {"Version", "Statement": [...]} for the evaluator.
  json document;

  // Makes `document` anew from the statements.
  void Compile();
};

struct Function {
  FunctionId id;
  std::shared_ptr<const FunctionVersion> latest;
  // By number, as text.
  std::map<std::string, std::shared_ptr<const FunctionVersion>> versions;
  // Members of the model's AliasConfiguration, without the ARN, by name.
  std::map<std::string, json> aliases;
  int last_version = 0;
  std::map<std::string, std::string> tags;
  std::optional<int> reserved_concurrency;
  // By qualifier; "" is the function itself.
  std::map<std::string, Policy> policies;

  // "" and "$LATEST", a version's number or an alias; null when there is no such one.
  std::shared_ptr<const FunctionVersion> Find(const std::string& qualifier) const;

  json ToJson() const;
  // `code_folder` is where the function's code was unpacked.
  static Function FromJson(const json& stored, const std::string& code_folder);
};

// The answer of GetFunctionConfiguration; `qualifier` as the request gave it. Listings leave the
// state out.
enum class WithState { kYes, kNo };
json Configuration(const Function& function, const FunctionVersion& version,
                   const std::string& qualifier, WithState state = WithState::kYes);

}  // namespace fractus::lambdas
