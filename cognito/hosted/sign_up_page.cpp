#include <algorithm>

#include "cognito/hosted/form.h"
#include "cognito/hosted/login_page.h"
#include "cognito/hosted/pages.h"

namespace fractus::cognito::hosted {
namespace {

std::string FieldName(const std::string& attribute) {
  return "requiredAttributes[" + attribute + "]";
}

// The attributes that a new user has to give besides the name: those the schema requires, and the
// address that the pool verifies.
std::vector<std::string> AskedAttributes(const Pool& pool) {
  std::vector<std::string> asked;
  for (const json& entry : pool.description.at("SchemaAttributes")) {
    const std::string name = entry.at("Name").get<std::string>();
    const bool only_name =
        pool.SignsInBy(name) && pool.description.at("UsernameAttributes").size() == 1;
    const bool wanted = entry.value("Required", false) || pool.AutoVerifies(name);
    if (wanted && !only_name && name != "sub") asked.push_back(name);
  }
  return asked;
}

HttpResponse SignUpForm(Desk& desk, const Visit& visit, const Authorization& authorization,
                        const std::string& problem) {
  const Pool& pool = *authorization.app.pool;
  const NameKind kind = NameKindOf(pool);
  Form form{.title = "Sign up",
            .intro = "Create an account to go on.",
            .bad = problem,
            .action = "/signup",
            .button = "Sign up",
            .target = authorization.redirect_uri};
  form.fields.push_back({.name = "username",
                         .label = kind.label,
                         .type = kind.type,
                         .autocomplete = kind.autocomplete,
                         .value = TypedName(visit)});
  for (const auto& attribute : AskedAttributes(pool)) {
    Field field = AttributeField(FieldName(attribute), attribute);
    field.value = visit.form.Get(field.name);
    form.fields.push_back(std::move(field));
  }
  form.fields.push_back(NewPasswordField(pool, "password", "Password"));
  form.links = {{"Already have an account? Sign in", "/login"}};
  return Show(desk, visit, form);
}

HttpResponse ConfirmForm(Desk& desk, const Visit& visit, const Authorization& authorization,
                         const std::optional<Pending>& pending, const std::string& problem,
                         const std::string& success = "") {
  const NameKind kind = NameKindOf(*authorization.app.pool);
  const bool known = pending && pending->kind == Pending::Kind::kSignUp;
  const std::string where =
      known && !pending->destination.empty() ? " to " + pending->destination : "";
  Form form{.title = "Confirm your account",
            .intro = "We have sent a code" + where + ". Enter it to confirm your account.",
            .bad = problem,
            .good = success,
            .action = "/confirm",
            .button = "Confirm",
            .target = authorization.redirect_uri};
  if (!known) {
    form.fields.push_back({.name = "username",
                           .label = kind.label,
                           .type = kind.type,
                           .autocomplete = "username",
                           .value = TypedName(visit)});
  }
  form.fields.push_back(CodeField("Confirmation code"));
  if (known) form.second = {"Send a new code", "/resendcode"};
  form.links = {{"Back to sign in", "/login"}};
  return Show(desk, visit, form);
}

std::optional<Pending> PendingOf(Desk& desk, const Visit& visit, const App& app) {
  const std::string cookie = Cookie(visit, kPendingCookie);
  auto pending = cookie.empty() ? std::nullopt : FindPending(desk.parts, cookie, visit.now());
  if (pending && pending->client_id != app.client->id) return std::nullopt;
  return pending;
}

std::string Destination(const json& output) {
  return output.value("CodeDeliveryDetails", json::object()).value("Destination", std::string());
}

}  // namespace

HttpResponse ShowSignUp(Desk& desk, const Visit& visit) {
  const auto read = ReadAuthorization(desk, visit);
  if (const auto* refusal = std::get_if<HttpResponse>(&read)) return *refusal;
  return SignUpForm(desk, visit, std::get<Authorization>(read), "");
}

Answer SignUpByForm(Desk& desk, const Visit& visit) {
  const auto read = ReadAuthorization(desk, visit);
  if (const auto* refusal = std::get_if<HttpResponse>(&read)) co_return *refusal;
  const auto& authorization = std::get<Authorization>(read);
  const App& app = authorization.app;
  const std::string name = TypedName(visit);
  const std::string password = visit.form.Get("password");
  if (name.empty() || name.size() > 128 || password.empty() || password.size() > 256) {
    co_return SignUpForm(desk, visit, authorization, "Enter your name and a password.");
  }
  json input = Named(app, name);
  input["Password"] = password;
  input["UserAttributes"] = json::array();
  for (const auto& attribute : AskedAttributes(*app.pool)) {
    const std::string value = visit.form.Get(FieldName(attribute));
    if (value.empty()) continue;
    input["UserAttributes"].push_back({{"Name", attribute}, {"Value", value}});
  }
  const auto output = co_await Call(desk, visit, "SignUp", std::move(input));
  if (!output) co_return SignUpForm(desk, visit, authorization, InWords(output.error()));
  if (output->value("UserConfirmed", false)) {
    const auto user = desk.parts.store.FindUser(*app.pool, name);
    if (user) co_return co_await SignInBrowser(desk, visit, authorization, *user);
  }
  const auto user = desk.parts.store.FindUser(*app.pool, output->value("UserSub", std::string()));
  HttpResponse response = RedirectTo(visit, "/confirm", visit.query);
  const std::string cookie = KeepPending(desk.parts,
                                         {.client_id = app.client->id,
                                          .username = user ? user->username : name,
                                          .kind = Pending::Kind::kSignUp,
                                          .proof = Pending::Proof::kPassword,
                                          .destination = Destination(*output)},
                                         visit.now());
  SetCookie(visit, response, kPendingCookie, cookie);
  co_return response;
}

HttpResponse ShowConfirm(Desk& desk, const Visit& visit) {
  const auto read = ReadAuthorization(desk, visit);
  if (const auto* refusal = std::get_if<HttpResponse>(&read)) return *refusal;
  const auto& authorization = std::get<Authorization>(read);
  return ConfirmForm(desk, visit, authorization, PendingOf(desk, visit, authorization.app), "");
}

Answer ConfirmByForm(Desk& desk, const Visit& visit) {
  const auto read = ReadAuthorization(desk, visit);
  if (const auto* refusal = std::get_if<HttpResponse>(&read)) co_return *refusal;
  const auto& authorization = std::get<Authorization>(read);
  const App& app = authorization.app;
  const auto pending = PendingOf(desk, visit, app);
  const bool known = pending && pending->kind == Pending::Kind::kSignUp;
  const std::string name = known ? pending->username : TypedName(visit);
  const std::string code = visit.form.Get("code");
  if (name.empty() || code.empty()) {
    co_return ConfirmForm(desk, visit, authorization, pending, "Enter the code.");
  }
  json input = Named(app, name);
  input["ConfirmationCode"] = code;
  const auto output = co_await Call(desk, visit, "ConfirmSignUp", std::move(input));
  if (!output) {
    co_return ConfirmForm(desk, visit, authorization, pending, InWords(output.error()));
  }
  DropPending(desk.parts, Cookie(visit, kPendingCookie));
  const auto user = desk.parts.store.FindUser(*app.pool, name);
  // Whoever only knows the code still has to sign in.
  if (!known || pending->proof != Pending::Proof::kPassword || !user || !user->enabled) {
    co_return RedirectTo(visit, "/login", visit.query);
  }
  co_return co_await SignInBrowser(desk, visit, authorization, *user);
}

Answer ResendCode(Desk& desk, const Visit& visit) {
  const auto read = ReadAuthorization(desk, visit);
  if (const auto* refusal = std::get_if<HttpResponse>(&read)) co_return *refusal;
  const auto& authorization = std::get<Authorization>(read);
  const auto pending = PendingOf(desk, visit, authorization.app);
  if (!pending) co_return RedirectTo(visit, "/confirm", visit.query);
  json input = Named(authorization.app, pending->username);
  const auto output = co_await Call(desk, visit, "ResendConfirmationCode", std::move(input));
  if (!output) {
    co_return ConfirmForm(desk, visit, authorization, pending, InWords(output.error()));
  }
  co_return ConfirmForm(desk, visit, authorization, pending, "", "A new code is on its way.");
}

Answer ConfirmByLink(Desk& desk, const Visit& visit) {
  const auto app = FindApp(desk, visit, visit.query.Get("client_id"));
  if (!app) co_return ErrorPage(400, "This link does not belong to any client.");
  json input = Named(*app, visit.query.Get("user_name"));
  input["ConfirmationCode"] = visit.query.Get("confirmation_code");
  const auto output = co_await Call(desk, visit, "ConfirmSignUp", std::move(input));
  if (!output) co_return ErrorPage(400, InWords(output.error()));
  co_return http::Render(
      {.title = "Confirmed",
       .content =
           "<h1>Your account is confirmed</h1>\n<p>You can close this page and sign in.</p>\n",
       .layout = http::Layout::kCard,
       .form_target = ""});
}

}  // namespace fractus::cognito::hosted
