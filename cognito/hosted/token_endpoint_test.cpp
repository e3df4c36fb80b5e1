#include "cognito/hosted/token_endpoint.h"

#include "cognito/hosted/hosted_fixture.h"
#include "emulator/auth/digest.h"

namespace fractus::cognito::hosted {
namespace {

class TokenEndpointTest : public HostedTest {
 protected:
  TokenEndpointTest() { sub_ = MakeJane(); }

  std::string Code(const json& changes = json::object()) {
    return Told(LogIn(Query(changes)), "code");
  }

  std::string Basic(const std::string& id, const std::string& secret) {
    return "Basic " + Base64Encode(id + ":" + secret);
  }

  HttpResponse UserInfo(const std::string& token) {
    return Send("GET", "/oauth2/userInfo", "", "", {{"Authorization", "Bearer " + token}});
  }

  void MakeResourceServer() {
    Do("CreateResourceServer", {{"UserPoolId", pool_id_},
                                {"Identifier", "shop"},
                                {"Name", "shop"},
                                {"Scopes",
                                 {{{"ScopeName", "read"}, {"ScopeDescription", "reads"}},
                                  {{"ScopeName", "write"}, {"ScopeDescription", "writes"}}}}});
  }

  std::string sub_;
};

TEST_F(TokenEndpointTest, ACodeBringsTokensWithTheClaimsOfTheHostedUi) {
  const json tokens = Tokens(CodeFields(Code({{"nonce", "n1"}})));
  EXPECT_EQ(tokens.at("token_type"), "Bearer");
  EXPECT_EQ(tokens.at("expires_in"), 3600);
  const json id = Claims(tokens.at("id_token"));
  EXPECT_EQ(id.at("sub"), sub_);
  EXPECT_EQ(id.at("nonce"), "n1");
  EXPECT_EQ(id.at("email"), "jane@example.com");
  EXPECT_FALSE(id.contains("name")) << "the scopes do not say profile";
  const std::string access_token = tokens.at("access_token").get<std::string>();
  EXPECT_EQ(id.at("at_hash"), Base64UrlEncode(auth::Sha256(access_token).substr(0, 16)));
  const json access = Claims(access_token);
  EXPECT_EQ(access.at("scope"), "openid email");
  EXPECT_EQ(access.at("version"), 2);
}

TEST_F(TokenEndpointTest, ACodeIsGoodOnceAndForFiveMinutes) {
  const std::string code = Code();
  Tokens(CodeFields(code));
  EXPECT_EQ(ErrorOf(Token(CodeFields(code))), "invalid_grant");
  const std::string late = Code({{"prompt", "login"}});
  clock_.Advance(std::chrono::minutes(5));
  EXPECT_EQ(ErrorOf(Token(CodeFields(late))), "invalid_grant");
}

TEST_F(TokenEndpointTest, ACodeIsGoodForItsClientAndItsRedirectUriAlone) {
  json fields = CodeFields(Code());
  const std::string other = MakeOAuthClient();
  fields["client_id"] = other;
  EXPECT_EQ(ErrorOf(Token(fields)), "invalid_grant");
  fields = CodeFields(Code({{"prompt", "login"}}));
  fields["redirect_uri"] = "https://example.com/cb?x=1";
  EXPECT_EQ(ErrorOf(Token(fields)), "unauthorized_client");
}

TEST_F(TokenEndpointTest, TheProofKeyIsChecked) {
  const std::string verifier(64, 'v');
  const json challenge = {{"code_challenge", Base64UrlEncode(auth::Sha256(verifier))},
                          {"code_challenge_method", "S256"},
                          {"prompt", "login"}};
  EXPECT_EQ(ErrorOf(Token(CodeFields(Code(challenge)))), "invalid_grant");
  json fields = CodeFields(Code(challenge));
  fields["code_verifier"] = std::string(64, 'w');
  EXPECT_EQ(ErrorOf(Token(fields)), "invalid_grant");
  fields = CodeFields(Code(challenge));
  fields["code_verifier"] = verifier;
  EXPECT_TRUE(Tokens(fields).contains("access_token"));
}

TEST_F(TokenEndpointTest, WithoutOpenidThereIsNoIdToken) {
  const json tokens = Tokens(CodeFields(Code({{"scope", "email"}})));
  EXPECT_FALSE(tokens.contains("id_token"));
  const HttpResponse info = UserInfo(tokens.at("access_token").get<std::string>());
  EXPECT_EQ(info.status, 401);
  EXPECT_EQ(ErrorOf(info), "invalid_token");
}

TEST_F(TokenEndpointTest, OpenidAloneShowsEveryAttribute) {
  const json tokens = Tokens(CodeFields(Code({{"scope", "openid"}})));
  EXPECT_EQ(Claims(tokens.at("id_token")).at("name"), "Jane");
}

TEST_F(TokenEndpointTest, TheImplicitGrantAnswersInTheFragment) {
  const HttpResponse response =
      LogIn(Query({{"response_type", "token"}, {"nonce", "n2"}, {"scope", "openid"}}));
  EXPECT_TRUE(Location(response).starts_with("http://localhost#id_token="));
  EXPECT_EQ(Told(response, "state"), "s&1");
  EXPECT_EQ(Told(response, "token_type"), "Bearer");
  EXPECT_EQ(Claims(json(Told(response, "id_token"))).at("nonce"), "n2");
  EXPECT_EQ(Told(response, "refresh_token"), "");
}

TEST_F(TokenEndpointTest, ARefreshTokenKeepsScopesAndEndsWhenRevoked) {
  const json tokens = Tokens(CodeFields(Code({{"nonce", "n"}})));
  const json fields = {{"grant_type", "refresh_token"},
                       {"client_id", client_},
                       {"refresh_token", tokens.at("refresh_token")}};
  const json fresh = Tokens(fields);
  EXPECT_FALSE(fresh.contains("refresh_token"));
  EXPECT_EQ(Claims(fresh.at("access_token")).at("scope"), "openid email");
  EXPECT_TRUE(Claims(fresh.at("id_token")).contains("at_hash"));

  Parameters form;
  form.Set("client_id", client_);
  form.Set("token", tokens.at("access_token").get<std::string>());
  EXPECT_EQ(ErrorOf(Send("POST", "/oauth2/revoke", "", form.Encode())), "unsupported_token_type");
  form.Set("token", tokens.at("refresh_token").get<std::string>());
  const HttpResponse revoked = Send("POST", "/oauth2/revoke", "", form.Encode());
  EXPECT_EQ(revoked.status, 200);
  EXPECT_EQ(revoked.body, "");
  EXPECT_EQ(ErrorOf(Token(fields)), "invalid_grant");
  EXPECT_EQ(UserInfo(fresh.at("access_token").get<std::string>()).status, 401);
}

TEST_F(TokenEndpointTest, ClientsProveTheirSecretInHeaderOrForm) {
  client_ = MakeOAuthClient({{"GenerateSecret", true}});
  const std::string secret =
      Do("DescribeUserPoolClient", {{"UserPoolId", pool_id_}, {"ClientId", client_}})
          .at("UserPoolClient")
          .at("ClientSecret")
          .get<std::string>();
  EXPECT_EQ(ErrorOf(Token(CodeFields(Code()))), "invalid_client");
  json fields = CodeFields(Code());
  fields["client_secret"] = "wrong";
  EXPECT_EQ(ErrorOf(Token(fields)), "invalid_client");
  fields["client_secret"] = secret;
  EXPECT_EQ(Token(fields).status, 200);
  fields = CodeFields(Code());
  EXPECT_EQ(Token(fields, {{"Authorization", Basic(client_, "wrong")}}).status, 400);
  EXPECT_EQ(Token(fields, {{"Authorization", Basic("other", secret)}}).status, 400);
  EXPECT_EQ(Token(fields, {{"Authorization", "Basic ???"}}).status, 400);
  fields.erase("client_id");
  EXPECT_EQ(Token(fields, {{"Authorization", Basic(client_, secret)}}).status, 200);
}

TEST_F(TokenEndpointTest, ASecretThatAPublicClientDoesNotHaveIsWrong) {
  json fields = CodeFields(Code());
  fields["client_secret"] = "x";
  EXPECT_EQ(ErrorOf(Token(fields)), "invalid_client");
}

TEST_F(TokenEndpointTest, ClientCredentialsBringScopesOfResourceServersAlone) {
  MakeResourceServer();
  client_ = MakeOAuthClient({{"GenerateSecret", true},
                             {"AllowedOAuthFlows", {"client_credentials"}},
                             {"AllowedOAuthScopes", {"shop/read", "shop/write"}}});
  const std::string secret =
      Do("DescribeUserPoolClient", {{"UserPoolId", pool_id_}, {"ClientId", client_}})
          .at("UserPoolClient")
          .at("ClientSecret")
          .get<std::string>();
  const auto ask = [&](const std::string& scope) {
    json fields = {
        {"grant_type", "client_credentials"}, {"client_id", client_}, {"client_secret", secret}};
    if (!scope.empty()) fields["scope"] = scope;
    return Token(fields);
  };
  const json all = json::parse(ask("").body);
  EXPECT_EQ(all.size(), 3u) << all;
  const json claims = Claims(all.at("access_token"));
  EXPECT_EQ(claims.at("scope"), "shop/read shop/write");
  EXPECT_EQ(claims.at("sub"), client_);
  EXPECT_EQ(claims.at("client_id"), client_);
  EXPECT_EQ(claims.at("token_use"), "access");
  EXPECT_EQ(Claims(json::parse(ask("shop/read").body).at("access_token")).at("scope"), "shop/read");
  for (const char* scope : {"openid", "shop/none", "shop", "\"", "none/read"}) {
    EXPECT_EQ(ErrorOf(ask(scope)), "invalid_scope") << scope;
  }
  EXPECT_EQ(UserInfo(all.at("access_token").get<std::string>()).status, 401);
}

TEST_F(TokenEndpointTest, GrantsAndFormsThatAreNoneAreRefused) {
  EXPECT_EQ(ErrorOf(Token({{"client_id", client_}})), "invalid_request");
  EXPECT_EQ(ErrorOf(Token({{"client_id", client_}, {"grant_type", "password"}})),
            "unsupported_grant_type");
  EXPECT_EQ(ErrorOf(Token({{"client_id", client_}, {"grant_type", "client_credentials"}})),
            "unauthorized_client");
  EXPECT_EQ(ErrorOf(Token({{"client_id", client_}, {"grant_type", "authorization_code"}})),
            "invalid_request");
  EXPECT_EQ(ErrorOf(Token({{"grant_type", "authorization_code"}})), "invalid_request");
  EXPECT_EQ(ErrorOf(Token({{"client_id", "nobody"}, {"grant_type", "refresh_token"}})),
            "invalid_client");
  EXPECT_EQ(ErrorOf(Send("POST", "/oauth2/token", "", "a=1&a=2")), "invalid_request");
  EXPECT_EQ(Send("GET", "/oauth2/token", "").status, 405);
}

TEST_F(TokenEndpointTest, UserInfoShowsWhatTheScopesAllow) {
  const json tokens = Tokens(CodeFields(Code()));
  const HttpResponse info = UserInfo(tokens.at("access_token").get<std::string>());
  EXPECT_EQ(json::parse(info.body), json({{"sub", sub_},
                                          {"email", "jane@example.com"},
                                          {"email_verified", "false"},
                                          {"username", sub_}}));
  EXPECT_EQ(UserInfo(tokens.at("id_token").get<std::string>()).status, 401);
  for (const char* token : {"a.b.c", "...", "x", "\xff.\xff.\xff", "e30.e30.e30"}) {
    EXPECT_EQ(UserInfo(token).status, 401) << token;
  }
  EXPECT_EQ(Send("GET", "/oauth2/userInfo", "").status, 400);
}

TEST_F(TokenEndpointTest, PagesOfOtherOriginsMayExchangeTheirCodes) {
  const HttpResponse response = Token(CodeFields(Code()));
  EXPECT_EQ(response.headers.Get("Access-Control-Allow-Origin"), "*");
  EXPECT_EQ(Send("OPTIONS", "/oauth2/token", "").headers.Get("Access-Control-Allow-Headers"),
            "Authorization, Content-Type");
}

}  // namespace
}  // namespace fractus::cognito::hosted
