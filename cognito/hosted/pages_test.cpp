#include "cognito/hosted/pages.h"

#include "cognito/hosted/hosted_fixture.h"
#include "emulator/auth/digest.h"
#include "emulator/core/encoding.h"

namespace fractus::cognito::hosted {
namespace {

class PagesTest : public HostedTest {
 protected:
  static Parameters Form(std::initializer_list<std::pair<const char*, std::string>> fields) {
    Parameters form;
    for (const auto& [name, value] : fields) form.Set(name, value);
    return form;
  }

  HttpResponse SignUpJane() {
    return Submit("/signup", Query(),
                  Form({{"username", "jane@example.com"},
                        {"requiredAttributes[name]", "Jane <b>"},
                        {"password", kPassword}}));
  }
};

TEST_F(PagesTest, EveryFieldHasALabelAndPagesLoadNothing) {
  for (const char* path : {"/login", "/signup", "/confirm", "/forgotPassword"}) {
    const std::string body = Get(path, Query()).body;
    static const std::regex input("<input id=\"([^\"]+)\"");
    for (auto at = std::sregex_iterator(body.begin(), body.end(), input);
         at != std::sregex_iterator(); ++at) {
      EXPECT_NE(body.find("<label for=\"" + (*at)[1].str() + "\""), std::string::npos) << path;
    }
    EXPECT_EQ(body.find("<script"), std::string::npos);
    EXPECT_EQ(body.find("src="), std::string::npos);
    EXPECT_NE(body.find("<html lang=\"en\">"), std::string::npos);
    EXPECT_NE(body.find("autofocus"), std::string::npos) << path;
  }
}

TEST_F(PagesTest, PagesCannotBeFramedOrKept) {
  const HttpResponse page = Get("/login", Query());
  const std::string policy(page.headers.Get("Content-Security-Policy"));
  EXPECT_NE(policy.find("frame-ancestors 'none'"), std::string::npos);
  // A browser checks where a form's answer leads.
  EXPECT_NE(policy.find("form-action 'self' http://localhost;"), std::string::npos);
  EXPECT_EQ(page.headers.Get("Cache-Control"), "no-store");
  const std::string cookie(page.headers.Get("Set-Cookie"));
  for (const char* part : {"XSRF-TOKEN=", "; HttpOnly", "; SameSite=Lax", "; Secure", "; Path=/"}) {
    EXPECT_NE(cookie.find(part), std::string::npos) << part;
  }
}

TEST_F(PagesTest, AFormThatIsNotOursIsRefused) {
  MakeJane();
  Parameters form = Form({{"username", "jane@example.com"}, {"password", kPassword}});
  EXPECT_EQ(Send("POST", "/login", Query(), form.Encode()).status, 403);
  const std::string csrf = CsrfOf(Get("/login", Query()));
  form.Set("_csrf", "x");
  EXPECT_EQ(Send("POST", "/login", Query(), form.Encode()).status, 403);
  form.Set("_csrf", "");
  EXPECT_EQ(Send("POST", "/login", Query(), form.Encode()).status, 403);
  form.Set("_csrf", csrf);
  for (const char* origin :
       {"https://evil.com", "null", "http://shop.auth.us-east-1.amazoncognito.com"}) {
    EXPECT_EQ(Send("POST", "/login", Query(), form.Encode(), {{"Origin", origin}}).status, 403);
  }
  const auto cookies = cookies_;
  cookies_.clear();
  EXPECT_EQ(Send("POST", "/login", Query(), form.Encode()).status, 403);
  cookies_ = cookies;
  EXPECT_EQ(Send("POST", "/login", Query(), form.Encode(),
                 {{"Origin", "https://shop.auth.us-east-1.amazoncognito.com"}})
                .status,
            302);
}

TEST_F(PagesTest, AWrongPasswordShowsThePageAgain) {
  MakeJane();
  const HttpResponse page = LogIn(Query(), "Wrong-pass1");
  EXPECT_EQ(page.status, 200);
  EXPECT_NE(page.body.find("Incorrect username or password."), std::string::npos);
  EXPECT_NE(page.body.find("value=\"jane@example.com\""), std::string::npos);
  EXPECT_EQ(page.body.find("Wrong-pass1"), std::string::npos);
  EXPECT_FALSE(cookies_.contains("cognito"));
}

TEST_F(PagesTest, WhatIsTypedComesBackAsTextOnly) {
  const HttpResponse page =
      Submit("/login", Query({{"state", "\"><script>"}}),
             Form({{"username", "\"><script>alert(1)</script>"}, {"password", "x"}}));
  EXPECT_EQ(page.body.find("<script"), std::string::npos);
  EXPECT_NE(page.body.find("&quot;&gt;&lt;script&gt;"), std::string::npos);
}

TEST_F(PagesTest, StateCannotAddHeadersOrMoveTheTarget) {
  MakeJane();
  const HttpResponse response = LogIn(Query({{"state", "a@evil.com/#?&code=forged"}}));
  EXPECT_TRUE(Location(response).starts_with("http://localhost?code="));
  EXPECT_EQ(Told(response, "state"), "a@evil.com/#?&code=forged");
  EXPECT_EQ(Get("/login", Query() + "&x=%0d%0aSet-Cookie:a=b").status, 400);
}

TEST_F(PagesTest, SignUpThenCodeSignsIn) {
  const HttpResponse sent = SignUpJane();
  EXPECT_EQ(Location(sent), "/confirm?" + Query());
  const HttpResponse page = Get("/confirm", Query());
  EXPECT_NE(page.body.find("j***@e***"), std::string::npos);
  const HttpResponse wrong = Submit("/confirm", Query(), Form({{"code", "000000"}}));
  EXPECT_NE(wrong.body.find("Invalid verification code provided"), std::string::npos);
  const HttpResponse done =
      Submit("/confirm", Query(), Form({{"code", CodeFor("jane@example.com")}}));
  EXPECT_TRUE(Location(done).starts_with("http://localhost?code=")) << done.body;
  const json tokens = Tokens(CodeFields(Told(done, "code")));
  EXPECT_EQ(Claims(tokens.at("id_token")).at("email_verified"), true);
}

TEST_F(PagesTest, ACodeAloneConfirmsButDoesNotSignIn) {
  SignUpJane();
  cookies_.clear();
  const HttpResponse done =
      Submit("/confirm", Query(),
             Form({{"username", "jane@example.com"}, {"code", CodeFor("jane@example.com")}}));
  EXPECT_EQ(Location(done), "/login?" + Query());
  EXPECT_FALSE(cookies_.contains("cognito"));
  EXPECT_EQ(LogIn(Query()).status, 302);
}

TEST_F(PagesTest, ANewCodeCanBeAskedFor) {
  SignUpJane();
  const std::string csrf = CsrfOf(Get("/confirm", Query()));
  const HttpResponse page = Send("POST", "/resendcode", Query(), Form({{"_csrf", csrf}}).Encode());
  EXPECT_NE(page.body.find("A new code is on its way."), std::string::npos);
  EXPECT_EQ(mailbox_.messages.size(), 2u);
}

TEST_F(PagesTest, LoggingInBeforeConfirmingLeadsToTheCodePage) {
  SignUpJane();
  cookies_.clear();
  EXPECT_EQ(Location(LogIn(Query())), "/confirm?" + Query());
  const HttpResponse done =
      Submit("/confirm", Query(), Form({{"code", CodeFor("jane@example.com")}}));
  EXPECT_FALSE(Told(done, "code").empty());
}

TEST_F(PagesTest, WhatThePoolRefusesIsSaid) {
  const HttpResponse page = Submit("/signup", Query(),
                                   Form({{"username", "jane@example.com"},
                                         {"requiredAttributes[name]", "Jane"},
                                         {"password", "short"}}));
  EXPECT_NE(page.body.find("Password did not conform with policy"), std::string::npos);
  EXPECT_NE(page.body.find("value=\"Jane\""), std::string::npos);
  EXPECT_EQ(page.body.find("value=\"short\""), std::string::npos);
}

TEST_F(PagesTest, AForgottenPasswordIsChangedByTheCode) {
  MakeJane();
  Do("AdminUpdateUserAttributes",
     {{"UserPoolId", pool_id_},
      {"Username", "jane@example.com"},
      {"UserAttributes", {{{"Name", "email_verified"}, {"Value", "true"}}}}});
  EXPECT_EQ(Location(Get("/resetPassword", Query())), "/forgotPassword?" + Query());
  const HttpResponse sent =
      Submit("/forgotPassword", Query(), Form({{"username", " jane@example.com "}}));
  EXPECT_EQ(Location(sent), "/resetPassword?" + Query());
  const std::string code = CodeFor("jane@example.com");
  const auto reset = [&](const std::string& given, const std::string& again) {
    return Submit("/resetPassword", Query(),
                  Form({{"code", given}, {"password", "New-Pass1!"}, {"confirm_password", again}}));
  };
  EXPECT_NE(reset(code, "Other-Pass1!").body.find("The two passwords differ."), std::string::npos);
  EXPECT_NE(reset("1", "New-Pass1!").body.find("Invalid verification code"), std::string::npos);
  EXPECT_EQ(Location(reset(code, "New-Pass1!")), "/login?" + Query());
  EXPECT_EQ(LogIn(Query()).status, 200);
  EXPECT_EQ(LogIn(Query(), "New-Pass1!").status, 302);
}

TEST_F(PagesTest, ALinkConfirmsTheAccount) {
  SignUpJane();
  const std::string link =
      "client_id=" + client_ + "&user_name=jane%40example.com&confirmation_code=";
  EXPECT_EQ(Get("/confirmUser", link + "000000").status, 400);
  EXPECT_EQ(Get("/confirmUser", link + CodeFor("jane@example.com")).status, 200);
  EXPECT_EQ(LogIn(Query()).status, 302);
}

TEST_F(PagesTest, WhoIsSignedInMayContinueOrBeSomebodyElse) {
  MakeJane();
  LogIn(Query());
  const HttpResponse page = Get("/login", Query());
  EXPECT_NE(page.body.find("You are signed in as jane@example.com."), std::string::npos);
  EXPECT_NE(page.body.find("prompt=login"), std::string::npos);
  const HttpResponse done = Submit("/login", Query(), Form({{"continue", "1"}}));
  EXPECT_FALSE(Told(done, "code").empty());
  EXPECT_NE(Get("/login", Query({{"prompt", "login"}})).body.find("name=\"password\""),
            std::string::npos);
}

TEST_F(PagesTest, ASessionCookieThatSomebodyElseHasSetIsReplaced) {
  MakeJane();
  cookies_["cognito"] = std::string(43, 'a');
  LogIn(Query());
  EXPECT_NE(cookies_["cognito"], std::string(43, 'a'));
}

TEST_F(PagesTest, AClientWithASecretHasPagesToo) {
  client_ = MakeOAuthClient({{"GenerateSecret", true}});
  EXPECT_EQ(Location(SignUpJane()), "/confirm?" + Query());
  const HttpResponse done =
      Submit("/confirm", Query(), Form({{"code", CodeFor("jane@example.com")}}));
  EXPECT_FALSE(Told(done, "code").empty()) << done.body;
}

TEST_F(PagesTest, AnUnknownPathIsNotFound) {
  EXPECT_EQ(Get("/nothing", "").status, 404);
  EXPECT_EQ(Send("PUT", "/login", Query()).status, 405);
}

TEST_F(PagesTest, ThePoolsOwnerGivesThePagesALook) {
  const std::string png = "\x89PNG\r\n";
  Do("SetUICustomization",
     {{"UserPoolId", pool_id_},
      {"CSS", ".submitButton-customizable{background:#123456}"},
      {"ImageFile", json::binary(std::vector<uint8_t>(png.begin(), png.end()))}});
  const HttpResponse page = Get("/login", Query());
  EXPECT_NE(page.body.find("<style>.submitButton-customizable{background:#123456}</style>"),
            std::string::npos);
  EXPECT_NE(page.body.find("<button class=\"submitButton-customizable\">"), std::string::npos);
  EXPECT_NE(page.body.find("src=\"data:image/png;base64,iVBORw0K\""), std::string::npos);
  const std::string style =
      Base64Encode(auth::Sha256(".submitButton-customizable{background:#123456}"));
  EXPECT_NE(page.headers.Get("Content-Security-Policy").find("'sha256-" + style + "'"),
            std::string_view::npos);
}

}  // namespace
}  // namespace fractus::cognito::hosted
