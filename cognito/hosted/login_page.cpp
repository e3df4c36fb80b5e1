#include "cognito/hosted/login_page.h"

#include "cognito/hosted/form.h"
#include "cognito/hosted/pages.h"
#include "emulator/auth/digest.h"
#include "emulator/core/encoding.h"

namespace fractus::cognito::hosted {
namespace {

bool AllowsSignUp(const Pool& pool) {
  return !pool.description.at("AdminCreateUserConfig").value("AllowAdminCreateUserOnly", false);
}

HttpResponse LoginForm(Desk& desk, const Visit& visit, const Authorization& authorization,
                       const std::string& problem) {
  const Pool& pool = *authorization.app.pool;
  const NameKind kind = NameKindOf(pool);
  std::string name = TypedName(visit);
  if (name.empty()) name = visit.query.Get("login_hint");
  Form form{.title = "Sign in",
            .bad = problem,
            .action = "/login",
            .button = "Sign in",
            .target = authorization.redirect_uri};
  form.fields = {{.name = "username",
                  .label = kind.label,
                  .type = kind.type,
                  .autocomplete = "username",
                  .value = name},
                 {.name = "password",
                  .label = "Password",
                  .type = "password",
                  .autocomplete = "current-password"}};
  form.links = {{"Forgot your password?", "/forgotPassword"}};
  if (AllowsSignUp(pool)) form.links.push_back({"Need an account? Sign up", "/signup"});
  return Show(desk, visit, form);
}

// Offers the session that the browser has.
HttpResponse ContinueForm(Desk& desk, const Visit& visit, const Authorization& authorization,
                          const User& user) {
  Visit other = visit;
  other.query.Set("prompt", "login");
  const std::string name = CallName(*authorization.app.pool, user);
  Form form{.title = "Welcome back",
            .intro = "You are signed in as " + name + ".",
            .action = "/login",
            .hidden = {{"continue", "1"}},
            .button = "Continue",
            .target = authorization.redirect_uri};
  form.links = {{"Sign in as somebody else", "/login"}};
  return Show(desk, other, form);
}

// Sends who knows the password of an account that is not confirmed to the page that asks for the
// code.
HttpResponse ToConfirm(Desk& desk, const Visit& visit, const Authorization& authorization,
                       const User& user) {
  HttpResponse response = RedirectTo(visit, "/confirm", visit.query);
  SetCookie(visit, response, kPendingCookie,
            KeepPending(desk.parts,
                        {.client_id = authorization.app.client->id,
                         .username = user.username,
                         .kind = Pending::Kind::kSignUp,
                         .proof = Pending::Proof::kPassword,
                         .destination = ""},
                        visit.now()));
  return response;
}

}  // namespace

json Named(const App& app, const std::string& username) {
  json input = {{"ClientId", app.client->id}, {"Username", username}};
  const std::string secret = app.client->secret();
  if (!secret.empty()) {
    input["SecretHash"] = Base64Encode(auth::HmacSha256(secret, username + app.client->id));
  }
  return input;
}

NameKind NameKindOf(const Pool& pool) {
  const bool email = pool.SignsInBy("email"), phone = pool.SignsInBy("phone_number");
  if (email && phone) return {"Email or phone number", "text", "username"};
  if (email) return {"Email", "email", "email"};
  if (phone) return {"Phone number", "tel", "tel"};
  return {"Username", "text", "username"};
}

std::string CallName(const Pool& pool, const User& user) {
  for (const char* attribute : {"email", "phone_number"}) {
    const std::string* value = user.Find(attribute);
    if (pool.SignsInBy(attribute) && value) return *value;
  }
  return user.username;
}

std::string TypedName(const Visit& visit) {
  std::string name = visit.form.Get("username");
  const size_t begin = name.find_first_not_of(' ');
  if (begin == std::string::npos) return "";
  return name.substr(begin, name.find_last_not_of(' ') - begin + 1);
}

std::string InWords(const ApiError& error) {
  return error.message.substr(0, error.message.find('\n'));
}

HttpResponse ShowLogin(Desk& desk, const Visit& visit) {
  const auto read = ReadAuthorization(desk, visit);
  if (const auto* refusal = std::get_if<HttpResponse>(&read)) return *refusal;
  const auto& authorization = std::get<Authorization>(read);
  const auto signed_in = FindSignedIn(desk, visit, *authorization.app.pool);
  if (signed_in && authorization.prompt != "login") {
    return ContinueForm(desk, visit, authorization, signed_in->user);
  }
  return LoginForm(desk, visit, authorization, "");
}

Answer LogIn(Desk& desk, const Visit& visit) {
  const auto read = ReadAuthorization(desk, visit);
  if (const auto* refusal = std::get_if<HttpResponse>(&read)) co_return *refusal;
  const auto& authorization = std::get<Authorization>(read);
  const App& app = authorization.app;
  if (visit.form.Has("continue")) {
    const auto signed_in = FindSignedIn(desk, visit, *app.pool);
    if (!signed_in) co_return LoginForm(desk, visit, authorization, "Please sign in again.");
    co_return co_await Finish(desk, visit, authorization, signed_in->user, signed_in->auth_time);
  }
  const std::string name = TypedName(visit);
  const std::string password = visit.form.Get("password");
  if (name.empty() || password.empty()) {
    co_return LoginForm(desk, visit, authorization, "Enter your name and your password.");
  }
  SignInRequest sign_in;
  sign_in.app = app;
  sign_in.context = visit.request.context;
  sign_in.entrance = Entrance::kHostedUi;
  sign_in.name = "USER_PASSWORD_AUTH";
  sign_in.parameters["USERNAME"] = name;
  sign_in.parameters["PASSWORD"] = password;
  const auto step = co_await BeginSignIn(desk.parts, std::move(sign_in));
  if (step) co_return co_await AfterStep(desk, visit, authorization, *step);
  const ApiError& error = step.error();
  if (error.code == "UserNotConfirmedException") {
    const auto user = desk.parts.store.FindUser(*app.pool, name);
    if (user) co_return ToConfirm(desk, visit, authorization, *user);
  }
  if (error.code == "PasswordResetRequiredException") {
    co_return RedirectTo(visit, "/forgotPassword", visit.query);
  }
  co_return LoginForm(desk, visit, authorization, InWords(error));
}

Answer AfterStep(Desk& desk, const Visit& visit, const Authorization& authorization,
                 SignInStep step) {
  if (!step.proven) co_return co_await ShowChallenge(desk, visit, authorization, step.challenge);
  co_return co_await SignInBrowser(desk, visit, authorization, step.proven->user);
}

}  // namespace fractus::cognito::hosted
