// Which door a request goes through: an AWS API, a deployed API, the pages of Cognito or the
// emulator's own.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "emulator/core/http_message.h"

namespace fractus::http {

enum class Door { kAwsApi, kExecuteApi, kCognitoIssuer, kHostedUi, kInbox, kInternal };

struct Route {
  Door door = Door::kAwsApi;
  // kAwsApi: the service model's name, "" when nothing in the request tells. Others: the API id,
  // user pool id or domain prefix.
  std::string id;
  // The region that the Host names, or "".
  std::string region;
  // The path below the door, starting with '/'.
  std::string path;
  // kAwsApi: the access key that the request claims to be signed with, or "".
  std::string access_key = {};
};

// Looks at path, Host, credential scope, X-Amz-Target and the form's Action, in this order.
// Source: the conventions that wrappers and test containers rely on (README, "How code reaches
// it").
Route FindRoute(const HttpRequest& request);

// "dynamodb" for the signing name "dynamodb", "cloudwatch" for "monitoring"; the name itself when
// it is not special.
std::string ModelName(std::string_view signing_name);

// "[::1]:80" → "::1", "LOCALHOST:4566" → "localhost".
std::string HostName(std::string_view host_header);

// Names that AWS owns, which the emulator answers in AWS's place when it is used as a proxy.
bool IsAwsHost(std::string_view host_name);

// A page on the internet must not reach the emulator by a name that it controls: only addresses,
// single-word names, names that stand for this machine and AWS's own names are served.
bool IsTrustedHost(std::string_view host_name);
// The same for the Origin header of a browser's request to an AWS API; other doors answer any
// origin.
bool IsTrustedOrigin(std::string_view origin);

}  // namespace fractus::http
