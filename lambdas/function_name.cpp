#include "lambdas/function_name.h"

#include <algorithm>

#include "emulator/core/encoding.h"

namespace fractus::lambdas {
namespace {

bool IsDigits(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// "eu-central-1": at least two dashes, and a digit at the end.
bool IsRegion(std::string_view text) {
  return std::count(text.begin(), text.end(), '-') >= 2 && text.size() > 4 && text[2] == '-' &&
         IsDigits(text.substr(text.size() - 1));
}

bool IsName(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.';
  });
}

ApiError Malformed(std::string_view text) {
  return {"ValidationException",
          "1 validation error detected: Value '" + std::string(text) +
              "' at 'functionName' failed to satisfy constraint: Member must satisfy regular "
              "expression pattern: (arn:(aws[a-zA-Z-]*)?:lambda:)?((eusc-)?[a-z]{2}((-gov)|(-iso("
              "[a-z]?)))?-[a-z]+-\\d{1}:)?(\\d{12}:)?(function:)?([a-zA-Z0-9-_\\.]+)(:(\\$LATEST(\\"
              ".PUBLISHED)?|[a-zA-Z0-9-_]+))?"};
}

}  // namespace

std::string FunctionId::Arn() const {
  return "arn:aws:lambda:" + region + ":" + account + ":function:" + name;
}

std::string FunctionId::Arn(std::string_view qualifier) const {
  return qualifier.empty() ? Arn() : Arn() + ":" + std::string(qualifier);
}

Result<FunctionReference> ParseReference(std::string_view text, std::string_view qualifier,
                                         const RequestContext& context, Reach reach) {
  FunctionReference reference;
  reference.id.account = context.account;
  reference.id.region = context.region;

  std::string_view rest = text;
  if (rest.starts_with("arn:")) {
    const size_t partition_end = rest.find(':', 4);
    if (partition_end == std::string_view::npos) return Malformed(text);
    rest.remove_prefix(partition_end + 1);
    if (!rest.starts_with("lambda:")) return Malformed(text);
    rest.remove_prefix(7);
  }
  std::vector<std::string> parts = Split(rest, ':');
  size_t at = 0;
  const auto more = [&] { return at + 1 < parts.size(); };
  if (more() && IsRegion(parts[at])) reference.id.region = parts[at++];
  if (more() && parts[at].size() == 12 && IsDigits(parts[at])) reference.id.account = parts[at++];
  if (more() && parts[at] == "function") ++at;
  if (at >= parts.size() || !IsName(parts[at])) return Malformed(text);
  reference.id.name = parts[at++];
  if (at < parts.size()) reference.qualifier = parts[at++];
  if (at < parts.size()) return Malformed(text);

  if (!qualifier.empty()) {
    if (!reference.qualifier.empty() && reference.qualifier != qualifier) {
      return ApiError{
          "InvalidParameterValueException",
          "The derived qualifier from the function name does not match the specified qualifier."};
    }
    reference.qualifier = qualifier;
  }
  if (reach == Reach::kAnywhere) return reference;
  if (reference.id.region != context.region) {
    return ApiError{"ResourceNotFoundException",
                    "Functions from '" + reference.id.region +
                        "' are not reachable in this region ('" + context.region + "')",
                    404};
  }
  if (reference.id.account != context.account) {
    return ApiError{"AccessDeniedException",
                    "User: arn:aws:iam::" + context.account +
                        ":root is not authorized to access the resource " + reference.Arn(),
                    403};
  }
  return reference;
}

ApiError FunctionNotFound(const FunctionReference& reference) {
  return {"ResourceNotFoundException", "Function not found: " + reference.Arn(), 404};
}

}  // namespace fractus::lambdas
