// The Condition block of a policy statement.
#pragma once

#include <optional>

#include "emulator/auth/policy_pattern.h"
#include "emulator/core/json.h"

namespace fractus::auth {

// Whether all conditions of the block hold. Nothing when the block is malformed, e.g. an unknown
// operator. Source:
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
std::optional<bool> ConditionsHold(const json& block, Variables variables,
                                   const ConditionKeys& keys);

}  // namespace fractus::auth
