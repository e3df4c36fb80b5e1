#include "cognito/hosted/hosted_fixture.h"

namespace fractus::cognito::hosted {
namespace {

using AuthorizeTest = HostedTest;

TEST_F(AuthorizeTest, WhoIsNotSignedInIsSentToTheLoginPageWithTheSameQuery) {
  const HttpResponse response = Get("/oauth2/authorize", Query());
  EXPECT_EQ(response.status, 302);
  EXPECT_EQ(Location(response), "/login?" + Query());
}

TEST_F(AuthorizeTest, ThePathFormFindsThePoolByTheClient) {
  domain_ = "";
  EXPECT_EQ(Location(Get("/oauth2/authorize", Query())), "/_aws/cognito-idp/login?" + Query());
  EXPECT_EQ(Get("/login", Query()).status, 200);
  EXPECT_NE(Get("/login", Query()).body.find("action=\"/_aws/cognito-idp/login?"),
            std::string::npos);
}

TEST_F(AuthorizeTest, RedirectUrisMatchCharacterForCharacter) {
  for (const char* uri :
       {"http://localhost/", "http://localhost:80", "HTTP://localhost", "https://localhost",
        "http://localhost.evil.com", "http://localhost@evil.com", "http://localhost%0d%0aX:y",
        "https://example.com/cb?x=1&y=2", "//evil.com", "javascript:alert(1)", ""}) {
    for (const char* path : {"/oauth2/authorize", "/login", "/signup", "/forgotPassword"}) {
      const HttpResponse response = Get(path, Query({{"redirect_uri", uri}}));
      EXPECT_EQ(response.status, 302);
      EXPECT_EQ(Location(response), "/error?error=redirect_mismatch&client_id=" + client_) << uri;
    }
  }
}

TEST_F(AuthorizeTest, AnUnknownClientIsNotRedirectedToItsUri) {
  const HttpResponse response = Get("/oauth2/authorize", Query({{"client_id", "nobody"}}));
  EXPECT_EQ(Location(response), "/error?error=invalid_client&client_id=nobody");
  EXPECT_EQ(Get("/oauth2/authorize", Query({{"client_id", nullptr}})).status, 400);
}

TEST_F(AuthorizeTest, AClientOfAnotherPoolIsUnknownToTheDomain) {
  const std::string other = MakeEmailPool();
  const std::string client = MakeClient(other);
  EXPECT_EQ(Told(Get("/oauth2/authorize", Query({{"client_id", client}})), "error"),
            "invalid_client");
}

TEST_F(AuthorizeTest, ErrorsOfARegisteredClientAreToldToItWithItsState) {
  const auto told = [&](const json& changes) {
    const HttpResponse response = Get("/oauth2/authorize", Query(changes));
    EXPECT_TRUE(Location(response).starts_with("http://localhost?error=")) << Location(response);
    EXPECT_EQ(Told(response, "state"), "s&1");
    return Told(response, "error");
  };
  EXPECT_EQ(told({{"response_type", "id_token"}}), "invalid_request");
  EXPECT_EQ(told({{"response_type", nullptr}}), "invalid_request");
  EXPECT_EQ(told({{"scope", "openid phone"}}), "invalid_scope");
  EXPECT_EQ(told({{"scope", "other/read"}}), "invalid_scope");
  EXPECT_EQ(told({{"code_challenge", "x"}, {"code_challenge_method", "S256"}}), "invalid_request");
  EXPECT_EQ(told({{"code_challenge", std::string(43, 'a')}}), "invalid_request");
  EXPECT_EQ(told({{"code_challenge", std::string(43, 'a')}, {"code_challenge_method", "plain"}}),
            "invalid_request");
  EXPECT_EQ(told({{"prompt", "none"}}), "login_required");
}

TEST_F(AuthorizeTest, AFlowThatTheClientMayNotUseIsRefused) {
  client_ = MakeOAuthClient({{"AllowedOAuthFlows", {"code"}}});
  EXPECT_EQ(Told(Get("/oauth2/authorize", Query({{"response_type", "token"}})), "error"),
            "unauthorized_client");
  client_ = MakeOAuthClient({{"AllowedOAuthFlowsUserPoolClient", false}});
  EXPECT_EQ(Told(Get("/oauth2/authorize", Query()), "error"), "unauthorized_client");
}

TEST_F(AuthorizeTest, ARepeatedParameterIsRefused) {
  EXPECT_EQ(Get("/oauth2/authorize", Query() + "&redirect_uri=http%3A%2F%2Fevil.com").status, 400);
}

TEST_F(AuthorizeTest, ADomainThatNobodyHasShowsNoPage) {
  domain_ = "nobody";
  EXPECT_EQ(Get("/login", Query()).status, 404);
}

TEST_F(AuthorizeTest, AfterSigningInTheBrowserIsNotAskedAgain) {
  MakeJane();
  const HttpResponse first = LogIn(Query());
  EXPECT_EQ(first.status, 302);
  EXPECT_TRUE(Location(first).starts_with("http://localhost?code="));
  EXPECT_EQ(Told(first, "state"), "s&1");
  const HttpResponse second = Get("/oauth2/authorize", Query());
  EXPECT_TRUE(Location(second).starts_with("http://localhost?code="));
  EXPECT_NE(Told(first, "code"), Told(second, "code"));
  EXPECT_EQ(Location(Get("/oauth2/authorize", Query({{"prompt", "login"}}))),
            "/login?" + Query({{"prompt", "login"}}));

  clock_.Advance(std::chrono::minutes(61));
  EXPECT_EQ(Location(Get("/oauth2/authorize", Query())), "/login?" + Query());
}

TEST_F(AuthorizeTest, TheSessionSurvivesARestartAndEndsWithItsUser) {
  MakeJane();
  LogIn(Query());
  hosted_ui_.reset();
  Close();
  Open(7);
  hosted_ui_ = std::make_unique<HostedUi>(*cognito_, blocking_pool_);
  EXPECT_FALSE(Told(Get("/oauth2/authorize", Query()), "code").empty());
  Do("AdminDisableUser", {{"UserPoolId", pool_id_}, {"Username", "jane@example.com"}});
  EXPECT_EQ(Location(Get("/oauth2/authorize", Query())), "/login?" + Query());
}

TEST_F(AuthorizeTest, ASessionOfOnePoolIsNoneOfAnother) {
  MakeJane();
  LogIn(Query());
  domain_ = "";
  pool_id_ = MakeEmailPool();
  client_ = MakeOAuthClient();
  EXPECT_TRUE(Location(Get("/oauth2/authorize", Query())).starts_with("/_aws/cognito-idp/login?"));
}

TEST_F(AuthorizeTest, SigningOutEndsTheSessionAndLeadsToRegisteredUrisAlone) {
  MakeJane();
  LogIn(Query());
  const std::string client = "client_id=" + client_;
  EXPECT_EQ(Get("/logout", client + "&logout_uri=http%3A%2F%2Fevil.com").status, 400);
  EXPECT_EQ(Get("/logout", client).status, 400);
  EXPECT_FALSE(Told(Get("/oauth2/authorize", Query()), "code").empty());
  const auto cookies = cookies_;
  EXPECT_EQ(Location(Get("/logout", client + "&logout_uri=http%3A%2F%2Flocalhost%2Fbye")),
            "http://localhost/bye");
  EXPECT_TRUE(Told(Get("/oauth2/authorize", Query()), "code").empty());
  // A copy of the cookie is worth nothing either.
  cookies_ = cookies;
  EXPECT_TRUE(Told(Get("/oauth2/authorize", Query()), "code").empty());
  EXPECT_EQ(Location(Get("/logout", Query())), "/login?" + Query());
}

TEST_F(AuthorizeTest, TheErrorPageShowsWhatItIsToldAsTextOnly) {
  const HttpResponse page = Get("/error", "error=%3Cscript%3Ealert(1)%3C%2Fscript%3E");
  EXPECT_NE(page.body.find("&lt;script&gt;"), std::string::npos);
  EXPECT_EQ(page.body.find("<script"), std::string::npos);
}

TEST_F(AuthorizeTest, OtherIdentityProvidersAreNotPretended) {
  EXPECT_EQ(Get("/oauth2/authorize", Query({{"identity_provider", "Google"}})).status, 501);
}

}  // namespace
}  // namespace fractus::cognito::hosted
