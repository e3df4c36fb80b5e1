// The many ways in which a request may name a function.
#pragma once

#include <compare>
#include <string>
#include <string_view>

#include "emulator/core/api_error.h"
#include "emulator/core/request.h"

namespace fractus::lambdas {

struct FunctionId {
  std::string account;
  std::string region;
  std::string name;

  auto operator<=>(const FunctionId&) const = default;
  // "arn:aws:lambda:us-east-1:000000000000:function:echo".
  std::string Arn() const;
  std::string Arn(std::string_view qualifier) const;
};

struct FunctionReference {
  FunctionId id;
  // A version, an alias, "$LATEST", or empty when none was given.
  std::string qualifier;

  std::string Arn() const { return id.Arn(qualifier); }
};

// Whose functions a name may mean: the caller's own, or any (a service names functions by ARN).
enum class Reach { kCaller, kAnywhere };

// `text` is a name, a partial or a full ARN, each with or without a qualifier; `qualifier` the
// request's own, or empty. Fails when the two qualifiers differ, for another region
// (ResourceNotFoundException) and another account (AccessDeniedException).
Result<FunctionReference> ParseReference(std::string_view text, std::string_view qualifier,
                                         const RequestContext& context,
                                         Reach reach = Reach::kCaller);

ApiError FunctionNotFound(const FunctionReference& reference);

}  // namespace fractus::lambdas
