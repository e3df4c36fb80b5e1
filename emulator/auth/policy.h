// The IAM policy evaluator, shared by authorizers, resource policies and roles.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/core/json.h"

namespace fractus::auth {

enum class Decision { kAllow, kExplicitDeny, kImplicitDeny };

// What is asked of the policies.
struct AccessQuestion {
  // "execute-api:Invoke", "lambda:InvokeFunction".
  std::string action;
  std::string resource;
  // Condition keys in lower case ("aws:sourceip") → values.
  std::map<std::string, std::vector<std::string>> condition_keys;
  // For resource policies: {"AWS": "arn…"} or {"Service": "…"} of the caller; not looked at by
  // identity policies.
  std::string principal_kind;
  std::string principal;
};

enum class PolicyKind { kIdentity, kResource };

struct Answer {
  Decision decision = Decision::kImplicitDeny;
  // The Sid of the statement that decided, or "statement 2 of policy X", for log lines; empty when
  // none matched.
  std::string reason;
};

// Evaluates policy documents (Version, Statement[Effect, Action | NotAction, Resource |
// NotResource, Principal | NotPrincipal, Condition]) together: an explicit Deny in any wins over
// every Allow. A malformed statement matches nothing. Source:
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
Answer Evaluate(const std::vector<json>& documents, const AccessQuestion& question,
                PolicyKind kind = PolicyKind::kIdentity);

// '*' any run, '?' one character; ARNs are matched part by part up to the fifth colon.
bool MatchesWildcard(std::string_view pattern, std::string_view text);
bool MatchesArn(std::string_view pattern, std::string_view arn);

}  // namespace fractus::auth
