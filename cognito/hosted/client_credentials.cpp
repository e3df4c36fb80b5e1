#include "cognito/hosted/client_credentials.h"

#include "cognito/hosted/authorization.h"

namespace fractus::cognito::hosted {

std::variant<App, HttpResponse> AuthenticateClient(Desk& desk, const Visit& visit) {
  std::string id = visit.form.Get("client_id");
  std::string secret = visit.form.Get("client_secret");
  if (const auto header = visit.request.http.headers.Find("Authorization")) {
    const auto basic = ReadBasic(*header);
    if (!basic || (!id.empty() && id != basic->id)) return RefuseJson(400, "invalid_client");
    id = basic->id;
    secret = basic->secret;
  }
  if (id.empty()) return RefuseJson(400, "invalid_request", "client_id is missing");
  auto app = FindApp(desk, visit, id);
  if (!app) return RefuseJson(400, "invalid_client");
  // A secret that nobody asked for is as wrong as a missing one.
  if (!app->client->HasSecret(secret)) return RefuseJson(400, "invalid_client");
  return *std::move(app);
}

}  // namespace fractus::cognito::hosted
