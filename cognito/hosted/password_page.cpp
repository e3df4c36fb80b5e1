#include "cognito/hosted/form.h"
#include "cognito/hosted/login_page.h"
#include "cognito/hosted/pages.h"

namespace fractus::cognito::hosted {
namespace {

HttpResponse ForgotForm(Desk& desk, const Visit& visit, const Authorization& authorization,
                        const std::string& problem) {
  const NameKind kind = NameKindOf(*authorization.app.pool);
  Form form{.title = "Forgot your password?",
            .intro = "We will send you a code by which you can choose a new one.",
            .bad = problem,
            .action = "/forgotPassword",
            .button = "Send the code"};
  form.fields = {{.name = "username",
                  .label = kind.label,
                  .type = kind.type,
                  .autocomplete = "username",
                  .value = TypedName(visit)}};
  form.links = {{"Back to sign in", "/login"}};
  return Show(desk, visit, form);
}

HttpResponse ResetForm(Desk& desk, const Visit& visit, const Authorization& authorization,
                       const Pending& pending, const std::string& problem) {
  const std::string where = pending.destination.empty() ? "" : " to " + pending.destination;
  const Pool& pool = *authorization.app.pool;
  Form form{.title = "Choose a new password",
            .intro = "We have sent a code" + where + ".",
            .bad = problem,
            .action = "/resetPassword",
            .button = "Change the password"};
  Field again{.name = "confirm_password",
              .label = "The new password again",
              .type = "password",
              .autocomplete = "new-password"};
  form.fields = {CodeField("Code"), NewPasswordField(pool, "password", "New password"), again};
  form.links = {{"Back to sign in", "/login"}};
  return Show(desk, visit, form);
}

std::optional<Pending> FindReset(Desk& desk, const Visit& visit, const App& app) {
  const std::string cookie = Cookie(visit, kPendingCookie);
  auto pending = cookie.empty() ? std::nullopt : FindPending(desk.parts, cookie, visit.now());
  const bool fits =
      pending && pending->client_id == app.client->id && pending->kind == Pending::Kind::kReset;
  return fits ? pending : std::nullopt;
}

}  // namespace

HttpResponse ShowForgotPassword(Desk& desk, const Visit& visit) {
  const auto read = ReadAuthorization(desk, visit);
  if (const auto* refusal = std::get_if<HttpResponse>(&read)) return *refusal;
  return ForgotForm(desk, visit, std::get<Authorization>(read), "");
}

Answer SendResetCode(Desk& desk, const Visit& visit) {
  const auto read = ReadAuthorization(desk, visit);
  if (const auto* refusal = std::get_if<HttpResponse>(&read)) co_return *refusal;
  const auto& authorization = std::get<Authorization>(read);
  const App& app = authorization.app;
  const std::string name = TypedName(visit);
  if (name.empty() || name.size() > 128) {
    co_return ForgotForm(desk, visit, authorization, "Enter your name.");
  }
  const auto output = co_await Call(desk, visit, "ForgotPassword", Named(app, name));
  if (!output) co_return ForgotForm(desk, visit, authorization, InWords(output.error()));
  const json details = output->value("CodeDeliveryDetails", json::object());
  const std::string cookie =
      KeepPending(desk.parts,
                  {.client_id = app.client->id,
                   .username = name,
                   .kind = Pending::Kind::kReset,
                   .proof = Pending::Proof::kNone,
                   .destination = details.value("Destination", std::string())},
                  visit.now());
  HttpResponse response = RedirectTo(visit, "/resetPassword", visit.query);
  SetCookie(visit, response, kPendingCookie, cookie);
  co_return response;
}

HttpResponse ShowResetPassword(Desk& desk, const Visit& visit) {
  const auto read = ReadAuthorization(desk, visit);
  if (const auto* refusal = std::get_if<HttpResponse>(&read)) return *refusal;
  const auto& authorization = std::get<Authorization>(read);
  const auto pending = FindReset(desk, visit, authorization.app);
  if (!pending) return RedirectTo(visit, "/forgotPassword", visit.query);
  return ResetForm(desk, visit, authorization, *pending, "");
}

Answer ResetPassword(Desk& desk, const Visit& visit) {
  const auto read = ReadAuthorization(desk, visit);
  if (const auto* refusal = std::get_if<HttpResponse>(&read)) co_return *refusal;
  const auto& authorization = std::get<Authorization>(read);
  const App& app = authorization.app;
  const auto pending = FindReset(desk, visit, app);
  if (!pending) co_return RedirectTo(visit, "/forgotPassword", visit.query);
  const std::string code = visit.form.Get("code"), password = visit.form.Get("password");
  if (code.empty() || password.empty() || password.size() > 256) {
    co_return ResetForm(desk, visit, authorization, *pending, "Enter the code and a new password.");
  }
  if (password != visit.form.Get("confirm_password")) {
    co_return ResetForm(desk, visit, authorization, *pending, "The two passwords differ.");
  }
  json input = Named(app, pending->username);
  input["ConfirmationCode"] = code;
  input["Password"] = password;
  const auto output = co_await Call(desk, visit, "ConfirmForgotPassword", std::move(input));
  if (!output) {
    co_return ResetForm(desk, visit, authorization, *pending, InWords(output.error()));
  }
  DropPending(desk.parts, Cookie(visit, kPendingCookie));
  // Observed: AWS signs in at once here; this page asks for the new password, as a check that the
  // user has it.
  HttpResponse response = RedirectTo(visit, "/login", visit.query);
  ClearCookie(visit, response, kPendingCookie);
  co_return response;
}

}  // namespace fractus::cognito::hosted
