// Which client calls an endpoint for programs, and whether it has proven it.
#pragma once

#include <variant>

#include "cognito/hosted/visit.h"

namespace fractus::cognito::hosted {

// The client of the form (client_id, client_secret) or of HTTP Basic credentials; an answer when it
// is unknown, names itself in two ways that differ, or has not proven its secret.
// Observed: 400 as the documentation shows it, where RFC 6749 would have 401 for Basic credentials.
std::variant<App, HttpResponse> AuthenticateClient(Desk& desk, const Visit& visit);

}  // namespace fractus::cognito::hosted
