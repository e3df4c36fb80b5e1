#include "cognito/cognito.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include "cognito/cognito_fixture.h"

namespace fractus::cognito {
namespace {

HttpResponse Fetch(Cognito& cognito, const std::string& pool, const std::string& path) {
  boost::asio::io_context io;
  HttpResponse response;
  ports::EndpointRequest request;
  request.id = pool;
  request.path = path;
  boost::asio::co_spawn(io, cognito.issuer().Serve(request),
                        [&](std::exception_ptr failure, HttpResponse answer) {
                          if (failure) std::rethrow_exception(failure);
                          response = std::move(answer);
                        });
  io.run();
  return response;
}

class WholeRoomTest : public CognitoTest {
 protected:
  // Keys are made when they are needed, not ahead.
  void OpenLazily() {
    operations_.clear();
    cognito_ = std::make_unique<Cognito>(*database_, clock_, *ids_, functions_, mailbox_,
                                         blocking_pool_, Settings{.make_keys_ahead = false});
    operations_ = cognito_->Operations();
  }

  json SignUpAndIn(const std::string& pool, const std::string& client) {
    MakeUser(pool, client, "jane");
    return SignIn(client, "jane");
  }
};

TEST_F(WholeRoomTest, TokensVerifyAgainstTheJwksThatTheIssuerServes) {
  const std::string pool = MakePool();
  const std::string client = MakeClient(pool);
  const HttpResponse response = Fetch(*cognito_, pool, "/.well-known/jwks.json");
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.headers.Get("content-type"), "application/json");
  const json jwks = json::parse(response.body);
  ASSERT_EQ(jwks.at("keys").size(), 2u);
  for (const json& key : jwks.at("keys")) {
    EXPECT_EQ(key.at("alg"), "RS256");
    EXPECT_EQ(key.at("kty"), "RSA");
    EXPECT_EQ(key.at("use"), "sig");
    EXPECT_EQ(key.at("e"), "AQAB");
    EXPECT_EQ(Base64UrlDecode(key.at("n").get<std::string>())->size(), 256u);
  }
  const json result = SignUpAndIn(pool, client);
  EXPECT_EQ(Header(result.at("IdToken")).at("kid"), jwks.at("keys").at(0).at("kid"));
  EXPECT_EQ(Header(result.at("AccessToken")).at("kid"), jwks.at("keys").at(1).at("kid"));
  const TokenVerifier verifier("https://cognito-idp.us-east-1.amazonaws.com/" + pool, jwks);
  for (const auto& [member, use] :
       {std::pair("IdToken", "id"), std::pair("AccessToken", "access")}) {
    const auto verdict = verifier.Verify(result.at(member).get<std::string>(), clock_.Now(),
                                         {.token_use = use, .clients = {client}});
    EXPECT_TRUE(std::holds_alternative<json>(verdict)) << std::get<TokenRefusal>(verdict).reason;
  }
}

TEST_F(WholeRoomTest, TheConfigurationNamesTheDomainOnceThereIsOne) {
  const std::string pool = MakePool();
  const std::string issuer = "https://cognito-idp.us-east-1.amazonaws.com/" + pool;
  const auto configuration = [&] {
    return json::parse(Fetch(*cognito_, pool, "/.well-known/openid-configuration").body);
  };
  EXPECT_EQ(configuration().at("issuer"), issuer);
  EXPECT_EQ(configuration().at("jwks_uri"), issuer + "/.well-known/jwks.json");
  Do("CreateUserPoolDomain", {{"UserPoolId", pool}, {"Domain", "shop"}});
  EXPECT_EQ(configuration().at("token_endpoint"),
            "https://shop.auth.us-east-1.amazoncognito.com/oauth2/token");
}

TEST_F(WholeRoomTest, UnknownPoolsAndPathsAreNotFound) {
  EXPECT_EQ(Fetch(*cognito_, "us-east-1_nope", "/.well-known/jwks.json").status, 404);
  EXPECT_EQ(Fetch(*cognito_, MakePool(), "/else").status, 404);
}

TEST_F(WholeRoomTest, EverythingSurvivesReopeningTheDatabase) {
  const std::string pool = MakePool();
  const std::string client = MakeClient(pool);
  const json before = SignUpAndIn(pool, client);
  const std::string jwks = Fetch(*cognito_, pool, "/.well-known/jwks.json").body;
  Close();
  Open(7);
  EXPECT_EQ(Fetch(*cognito_, pool, "/.well-known/jwks.json").body, jwks);
  EXPECT_EQ(Do("GetUser", {{"AccessToken", before.at("AccessToken")}}).at("Username"), "jane");
  SignIn(client, "jane");
  EXPECT_TRUE(
      Call("InitiateAuth", {{"ClientId", client},
                            {"AuthFlow", "REFRESH_TOKEN_AUTH"},
                            {"AuthParameters", {{"REFRESH_TOKEN", before.at("RefreshToken")}}}}));
}

TEST_F(WholeRoomTest, AKeyThatWasOnlyASeedBeforeTheRestartIsTheSameAfterIt) {
  Close();
  Open(42);
  OpenLazily();
  const std::string pool = MakePool();
  const std::string first = MakePool({{"PoolName", "other"}});
  OpenLazily();
  const auto verifier = cognito_->VerifierOf(pool);
  ASSERT_TRUE(verifier);
  const std::string jwks = Fetch(*cognito_, pool, "/.well-known/jwks.json").body;
  EXPECT_NE(jwks, Fetch(*cognito_, first, "/.well-known/jwks.json").body);
}

TEST_F(WholeRoomTest, TheSameSeedAndClockGiveTheSameBytes) {
  std::string all[2];
  for (std::string& text : all) {
    Close();
    std::filesystem::remove_all(folder_);
    Open(42);
    const std::string pool = MakePool();
    const std::string client = MakeClient(pool, {{"GenerateSecret", false}});
    text = pool + client + SignUpAndIn(pool, client).dump() +
           Fetch(*cognito_, pool, "/.well-known/jwks.json").body;
  }
  EXPECT_EQ(all[0], all[1]);
}

TEST_F(WholeRoomTest, CreatingAPoolDoesNotWaitForItsKeys) {
  OpenLazily();
  const std::string pool = MakePool();
  const auto stored = database_->OpenRoom("cognito").GetJson(storage::MakeKey({"keys", pool}));
  ASSERT_TRUE(stored);
  EXPECT_TRUE(stored->contains("Seed"));
  EXPECT_FALSE(stored->contains("Keys"));
}

}  // namespace
}  // namespace fractus::cognito
