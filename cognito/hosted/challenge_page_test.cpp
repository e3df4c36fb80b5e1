#include "cognito/hosted/hosted_fixture.h"
#include "cognito/totp.h"

namespace fractus::cognito::hosted {
namespace {

class ChallengePageTest : public HostedTest {
 protected:
  // The value of a hidden field, as a browser sends it back.
  static std::string Hidden(const HttpResponse& page, const std::string& name) {
    std::smatch match;
    const std::regex field("name=\"" + name + "\" value=\"([^\"]*)\"");
    if (!std::regex_search(page.body, match, field)) return "";
    std::string value = match[1].str();
    for (const auto& [escaped, plain] : {std::pair<std::string, std::string>{"&quot;", "\""},
                                         {"&lt;", "<"},
                                         {"&gt;", ">"},
                                         {"&#39;", "'"},
                                         {"&amp;", "&"}}) {
      for (size_t at = value.find(escaped); at != std::string::npos;
           at = value.find(escaped, at + plain.size())) {
        value.replace(at, escaped.size(), plain);
      }
    }
    return value;
  }

  // Sends the page's form with this field filled in.
  HttpResponse AnswerPage(const HttpResponse& page, const std::string& name,
                          const std::string& value) {
    Parameters form;
    for (const char* hidden : {"_csrf", "challenge", "session", "parameters"}) {
      form.Set(hidden, Hidden(page, hidden));
    }
    form.Set(name, value);
    return Send("POST", "/challenge", Query(), form.Encode());
  }

  void AskForMfa() {
    Do("SetUserPoolMfaConfig", {{"UserPoolId", pool_id_},
                                {"MfaConfiguration", "ON"},
                                {"SoftwareTokenMfaConfiguration", {{"Enabled", true}}}});
  }

  std::string TotpOf(const std::string& secret) {
    return TotpCode(*Base32Decode(secret), TotpStep(clock_.Now()));
  }
};

TEST_F(ChallengePageTest, ATemporaryPasswordIsChanged) {
  Do("AdminCreateUser", {{"UserPoolId", pool_id_},
                         {"Username", "jane@example.com"},
                         {"TemporaryPassword", kPassword},
                         {"UserAttributes", {{{"Name", "email"}, {"Value", "jane@example.com"}}}}});
  const HttpResponse page = LogIn(Query());
  EXPECT_NE(page.body.find("You signed in with a temporary password."), std::string::npos);
  EXPECT_NE(page.body.find("name=\"userAttributes.name\""), std::string::npos);
  Parameters form;
  for (const char* hidden : {"_csrf", "challenge", "session", "parameters"}) {
    form.Set(hidden, Hidden(page, hidden));
  }
  form.Set("NEW_PASSWORD", "weak");
  form.Set("userAttributes.name", "Jane");
  const HttpResponse weak = Send("POST", "/challenge", Query(), form.Encode());
  EXPECT_NE(weak.body.find("Password did not conform with policy"), std::string::npos);
  EXPECT_NE(weak.body.find("value=\"Jane\""), std::string::npos) << "has to be typed again";

  form.Set("NEW_PASSWORD", "New-Pass1!");
  const HttpResponse done = Send("POST", "/challenge", Query(), form.Encode());
  EXPECT_FALSE(Told(done, "code").empty()) << done.body;
  EXPECT_EQ(Claims(Tokens(CodeFields(Told(done, "code"))).at("id_token")).at("email"),
            "jane@example.com");
}

TEST_F(ChallengePageTest, AnAuthenticatorAppIsSetUpAndThenAskedFor) {
  MakeJane();
  AskForMfa();
  const HttpResponse setup = LogIn(Query());
  std::smatch match;
  static const std::regex key("<p class=\"key\">(<span>.*</span>)</p>"), tag("<[^>]*>");
  ASSERT_TRUE(std::regex_search(setup.body, match, key)) << setup.body;
  const std::string secret = std::regex_replace(match[1].str(), tag, "");
  EXPECT_NE(setup.body.find("href=\"otpauth://totp/test:jane%40example.com?secret=" + secret +
                            "&amp;issuer=test\""),
            std::string::npos)
      << setup.body;
  EXPECT_NE(setup.body.find("<svg class=\"qr\" role=\"img\""), std::string::npos);
  const HttpResponse wrong = AnswerPage(setup, "code", "000000");
  EXPECT_NE(wrong.body.find("role=\"alert\""), std::string::npos);
  const HttpResponse done = AnswerPage(wrong, "code", TotpOf(secret));
  EXPECT_FALSE(Told(done, "code").empty()) << done.body;

  clock_.Advance(std::chrono::minutes(1));
  cookies_.clear();
  const HttpResponse ask = LogIn(Query());
  EXPECT_NE(ask.body.find("Your authenticator app shows it."), std::string::npos);
  EXPECT_FALSE(cookies_.contains("cognito")) << "signed in without the second factor";
  const HttpResponse again = AnswerPage(ask, "SOFTWARE_TOKEN_MFA_CODE", "000000");
  EXPECT_NE(again.body.find("role=\"alert\""), std::string::npos);
  EXPECT_FALSE(Told(AnswerPage(again, "SOFTWARE_TOKEN_MFA_CODE", TotpOf(secret)), "code").empty());
}

TEST_F(ChallengePageTest, WhatABrowserMakesUpSignsNobodyIn) {
  MakeJane();
  const std::string csrf = CsrfOf(Get("/login", Query()));
  const std::string deep(20000, '[');
  for (const std::string& parameters : std::vector<std::string>{
           deep, "", "{}", "[]", "nonsense", "{\"USER_ID_FOR_SRP\":7}",
           "{\"requiredAttributes\":\"[[]]\"}", "{\"MFAS_CAN_CHOOSE\":\"<script>\"}"}) {
    for (const char* name : {"SMS_MFA", "MFA_SETUP", "SELECT_MFA_TYPE", "NEW_PASSWORD_REQUIRED",
                             "PASSWORD_VERIFIER", "<script>", ""}) {
      Parameters form;
      form.Set("_csrf", csrf);
      form.Set("challenge", name);
      form.Set("session", "AYABe-made-up");
      form.Set("parameters", parameters);
      form.Set("SMS_MFA_CODE", "123456");
      form.Set("NEW_PASSWORD", "New-Pass1!");
      form.Set("ANSWER", "SMS_MFA");
      const HttpResponse response = Send("POST", "/challenge", Query(), form.Encode());
      EXPECT_NE(response.status, 302) << name;
      EXPECT_EQ(response.body.find("<script"), std::string::npos);
      EXPECT_FALSE(cookies_.contains("cognito"));
    }
  }
}

}  // namespace
}  // namespace fractus::cognito::hosted
