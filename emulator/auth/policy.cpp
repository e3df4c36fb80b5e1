#include "emulator/auth/policy.h"

#include <algorithm>
#include <cctype>

#include "emulator/auth/policy_condition.h"
#include "emulator/auth/policy_pattern.h"
#include "emulator/core/arn.h"

namespace fractus::auth {
namespace {

const json* Member(const json& object, const char* name) {
  const auto found = object.find(name);
  return found == object.end() ? nullptr : &*found;
}

// A text or a list of texts; `visit` answers whether one of them matches. Nothing when it is
// something else.
template <class Visit>
std::optional<bool> AnyText(const json& value, Visit visit) {
  if (value.is_string()) return visit(value.get_ref<const std::string&>());
  if (!value.is_array() || value.empty()) return std::nullopt;
  bool any = false;
  for (const json& element : value) {
    if (!element.is_string()) return std::nullopt;
    any = any || visit(element.get_ref<const std::string&>());
  }
  return any;
}

bool IsAccountId(std::string_view text) {
  return text.size() == 12 &&
         std::all_of(text.begin(), text.end(), [](unsigned char c) { return std::isdigit(c); });
}

// "123456789012" and "arn:aws:iam::123456789012:root" name everybody of the account, a role's ARN
// also the role's sessions.
bool AwsPrincipalMatches(const std::string& named, const std::string& caller) {
  if (named == "*" || named == caller) return true;
  const auto caller_arn = Arn::Parse(caller);
  const std::string caller_account = caller_arn ? caller_arn->account : caller;
  if (IsAccountId(named)) return named == caller_account;
  const auto named_arn = Arn::Parse(named);
  if (!named_arn) return false;
  if (named_arn->service == "iam" && named_arn->resource == "root") {
    return named_arn->account == caller_account;
  }
  if (!caller_arn || caller_arn->account != named_arn->account || caller_arn->service != "sts" ||
      named_arn->service != "iam" || !named_arn->resource.starts_with("role/")) {
    return false;
  }
  const std::string& session = caller_arn->resource;
  const std::string role = named_arn->resource.substr(named_arn->resource.rfind('/') + 1);
  return session.starts_with("assumed-role/" + role + "/");
}

std::optional<bool> PrincipalMatches(const json& element, const AccessQuestion& question) {
  if (element.is_string()) {
    if (element != "*") return std::nullopt;
    return true;
  }
  if (!element.is_object() || element.empty()) return std::nullopt;
  bool any = false;
  for (const auto& [kind, names] : element.items()) {
    const auto matched = AnyText(names, [&, &kind_name = kind](const std::string& named) {
      if (kind_name == "AWS") {
        return named == "*" ||
               (question.principal_kind == "AWS" && AwsPrincipalMatches(named, question.principal));
      }
      return question.principal_kind == kind_name && (named == question.principal || named == "*");
    });
    if (!matched) return std::nullopt;
    any = any || *matched;
  }
  return any;
}

// What one of a pair of elements ("Action" or "NotAction") says; nothing when both or a malformed
// one are there.
template <class Match>
std::optional<bool> OneOf(const json& statement, const char* name, const char* not_name,
                          bool when_absent, bool may_be_absent, Match match) {
  const json* const positive = Member(statement, name);
  const json* const negative = Member(statement, not_name);
  if (positive != nullptr && negative != nullptr) return std::nullopt;
  if (positive != nullptr) return match(*positive);
  if (negative != nullptr) {
    const std::optional<bool> matched = match(*negative);
    if (!matched) return std::nullopt;
    return !*matched;
  }
  if (!may_be_absent) return std::nullopt;
  return when_absent;
}

enum class Effect { kAllow, kDeny };

// The effect of the statement on the question; nothing when it does not apply or is malformed.
std::optional<Effect> Apply(const json& statement, Variables variables,
                            const AccessQuestion& question, PolicyKind kind) {
  if (!statement.is_object()) return std::nullopt;
  const json* const effect = Member(statement, "Effect");
  if (effect == nullptr || (*effect != "Allow" && *effect != "Deny")) return std::nullopt;

  const auto action = OneOf(statement, "Action", "NotAction", false, false, [&](const json& names) {
    return AnyText(names, [&](const std::string& name) {
      const auto pattern =
          Pattern::Compile(name, Wildcards::kYes, Variables::kLiteral, question.condition_keys);
      return pattern && pattern->Matches(question.action, Case::kInsensitive);
    });
  });
  if (!action.value_or(false)) return std::nullopt;

  // A role's trust policy is a resource policy without Resource: it speaks of the role itself.
  const auto resource = OneOf(statement, "Resource", "NotResource", true,
                              kind == PolicyKind::kResource, [&](const json& names) {
                                return AnyText(names, [&](const std::string& name) {
                                  const auto pattern = Pattern::Compile(
                                      name, Wildcards::kYes, variables, question.condition_keys);
                                  return pattern && (question.resource.starts_with("arn:")
                                                         ? pattern->MatchesArn(question.resource)
                                                         : pattern->Matches(question.resource));
                                });
                              });
  if (!resource.value_or(false)) return std::nullopt;

  if (kind == PolicyKind::kResource) {
    const auto principal =
        OneOf(statement, "Principal", "NotPrincipal", false, false,
              [&](const json& element) { return PrincipalMatches(element, question); });
    if (!principal.value_or(false)) return std::nullopt;
  }

  if (const json* const conditions = Member(statement, "Condition")) {
    if (!ConditionsHold(*conditions, variables, question.condition_keys).value_or(false)) {
      return std::nullopt;
    }
  }
  return *effect == "Allow" ? Effect::kAllow : Effect::kDeny;
}

std::string NameOf(const json& statement, size_t statement_number, size_t policy_number,
                   size_t policies) {
  const json* const sid = Member(statement, "Sid");
  if (sid != nullptr && sid->is_string() && *sid != "") return sid->get<std::string>();
  std::string name = "statement " + std::to_string(statement_number);
  if (policies > 1) name += " of policy " + std::to_string(policy_number);
  return name;
}

}  // namespace

Answer Evaluate(const std::vector<json>& documents, const AccessQuestion& question,
                PolicyKind kind) {
  Answer answer;
  for (size_t policy = 0; policy < documents.size(); ++policy) {
    const json& document = documents[policy];
    if (!document.is_object()) continue;
    const json* const version = Member(document, "Version");
    if (version != nullptr && *version != "2012-10-17" && *version != "2008-10-17") continue;
    const Variables variables =
        version != nullptr && *version == "2012-10-17" ? Variables::kExpand : Variables::kLiteral;
    const json* const statements = Member(document, "Statement");
    if (statements == nullptr) continue;
    const bool is_list = statements->is_array();
    const size_t count = is_list ? statements->size() : 1;
    for (size_t i = 0; i < count; ++i) {
      const json& statement = is_list ? (*statements)[i] : *statements;
      const auto effect = Apply(statement, variables, question, kind);
      if (!effect) continue;
      if (*effect == Effect::kDeny) {
        answer.decision = Decision::kExplicitDeny;
        answer.reason = NameOf(statement, i + 1, policy + 1, documents.size());
        return answer;
      }
      if (answer.decision != Decision::kAllow) {
        answer.decision = Decision::kAllow;
        answer.reason = NameOf(statement, i + 1, policy + 1, documents.size());
      }
    }
  }
  return answer;
}

bool MatchesWildcard(std::string_view pattern, std::string_view text) {
  return Pattern::Compile(pattern, Wildcards::kYes, Variables::kLiteral, {})->Matches(text);
}

bool MatchesArn(std::string_view pattern, std::string_view arn) {
  return Pattern::Compile(pattern, Wildcards::kYes, Variables::kLiteral, {})->MatchesArn(arn);
}

}  // namespace fractus::auth
