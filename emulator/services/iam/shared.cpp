#include <fmt/format.h>

#include "emulator/core/arn.h"
#include "emulator/services/iam/iam.h"

namespace fractus::iam {
namespace {

constexpr long long kPageSize = 100;

ApiError Malformed(std::string message) {
  return {"MalformedPolicyDocumentException", std::move(message)};
}

std::optional<ApiError> CheckStatement(const json& statement, DocumentKind kind) {
  if (!statement.is_object()) return Malformed("Syntax errors in policy.");
  const auto effect = statement.value("Effect", json());
  if (effect != "Allow" && effect != "Deny") return Malformed("Syntax errors in policy.");
  const bool principal = statement.contains("Principal") || statement.contains("NotPrincipal");
  const bool resource = statement.contains("Resource") || statement.contains("NotResource");
  const bool action = statement.contains("Action") || statement.contains("NotAction");
  if (kind == DocumentKind::kTrust) {
    if (resource) return Malformed("Has prohibited field Resource");
    if (!principal) return Malformed("Missing required field Principal");
    if (!action) return Malformed("Missing required field Action");
    return std::nullopt;
  }
  if (principal) return Malformed("Policy document should not specify a principal.");
  if (!action) return Malformed("Policy statement must contain actions.");
  if (!resource) return Malformed("Policy statement must contain resources.");
  return std::nullopt;
}

}  // namespace

ApiError NoSuchEntity(std::string message) { return {"NoSuchEntityException", std::move(message)}; }

ApiError EntityNotFound(std::string_view word, std::string_view name) {
  return NoSuchEntity(fmt::format("The {} with name {} cannot be found.", word, name));
}

std::string MakeId(std::string_view prefix, IdSource& ids) {
  return std::string(prefix) + ids.UpperAlnum(17);
}

std::optional<ApiError> CheckDocument(std::string_view text, DocumentKind kind) {
  const auto document = json::parse(text, nullptr, false);
  if (!document.is_object()) return Malformed("This policy contains invalid Json");
  const auto version = document.value("Version", json("2008-10-17"));
  if (version != "2012-10-17" && version != "2008-10-17") {
    return Malformed("The policy must contain a valid version string");
  }
  if (!document.contains("Statement")) return Malformed("Syntax errors in policy.");
  const auto& statements = document.at("Statement");
  if (statements.is_object()) return CheckStatement(statements, kind);
  if (!statements.is_array() || statements.empty()) return Malformed("Syntax errors in policy.");
  for (const auto& statement : statements) {
    if (auto error = CheckStatement(statement, kind)) return error;
  }
  return std::nullopt;
}

Result<json> MakePage(const Request& request, const char* list, const json& items, const char* by) {
  const auto after = storage::ReadToken(request.Text("Marker"));
  if (!after) return ApiError{"ValidationError", "Invalid Marker.", 400};
  const auto limit = static_cast<size_t>(request.Integer("MaxItems", kPageSize));
  json output = {{"IsTruncated", false}, {list, json::array()}};
  auto& page = output[list];
  const auto name = [&](const json& item) {
    return item.is_string() ? item.get<std::string>() : item.at(by).get<std::string>();
  };
  for (const auto& item : items) {
    if (!after->empty() && name(item) <= *after) continue;
    if (page.size() == limit) {
      output["IsTruncated"] = true;
      output["Marker"] = storage::MakeToken(name(page.back()));
      break;
    }
    page.push_back(item);
  }
  return output;
}

bool IsAwsManaged(std::string_view policy_arn) {
  return policy_arn.starts_with("arn:aws:iam::aws:policy/");
}

std::string NameOfPolicy(std::string_view policy_arn) {
  return std::string(policy_arn.substr(policy_arn.rfind('/') + 1));
}

}  // namespace fractus::iam
