#include "emulator/auth/sigv4.h"

#include <gtest/gtest.h>

namespace fractus::auth {
namespace {

constexpr std::string_view kSecret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

// Source: the worked example of AWS's documentation of Signature Version 4 (ListUsers).
HttpRequest ListUsers() {
  HttpRequest request;
  request.method = "GET";
  request.path = "/";
  request.query = "Action=ListUsers&Version=2010-05-08";
  request.host = "iam.amazonaws.com";
  request.headers.Add("Host", "iam.amazonaws.com");
  request.headers.Add("Content-Type", "application/x-www-form-urlencoded; charset=utf-8");
  request.headers.Add("X-Amz-Date", "20150830T123600Z");
  request.headers.Add(
      "Authorization",
      "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, "
      "SignedHeaders=content-type;host;x-amz-date, "
      "Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7");
  return request;
}

// Source: made with botocore, which encodes the path twice, joins blanks and sorts the query.
HttpRequest Invoke() {
  HttpRequest request;
  request.method = "POST";
  request.path =
      "/2015-03-31/functions/arn%3Aaws%3Alambda%3Aeu-west-1%3A000000000000%3Afunction%3Aecho/"
      "invocations";
  request.query = "Qualifier=%24LATEST&a=b%20c";
  request.host = "localhost:4566";
  request.body = "{\"a\": \"\xc3\xbc\"}";
  request.headers.Add("Host", "localhost:4566");
  request.headers.Add("X-Amz-Invocation-Type", "Event");
  request.headers.Add("X-Test", "  a   b ");
  request.headers.Add("X-Amz-Date", "20261121T034255Z");
  request.headers.Add(
      "Authorization",
      "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261121/eu-west-1/lambda/aws4_request, "
      "SignedHeaders=host;x-amz-date;x-amz-invocation-type;x-test, "
      "Signature=fcfa400cc5c5561f34f9b67af83c9e8fbd60b21b4c17972304a157ba6493d25c");
  return request;
}

HttpRequest PresignedIdentity() {
  HttpRequest request;
  request.method = "GET";
  request.path = "/";
  request.query =
      "Action=GetCallerIdentity&Version=2011-06-15&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-"
      "Credential=AKIDEXAMPLE%2F"
      "20261121%2Feu-west-1%2Fsts%2Faws4_request&X-Amz-Date=20261121T034255Z&X-Amz-Expires=900&X-"
      "Amz-SignedHeaders="
      "host&X-Amz-Security-Token=to%2Fken%3D%3D&X-Amz-Signature="
      "19fbccbc781d56b2c0e60c1b1fddce81105fd83e36a2b40fcc6e86dca241657e";
  request.host = "localhost:4566";
  request.headers.Add("Host", "localhost:4566");
  return request;
}

Result<void> Verify(const HttpRequest& request, std::string_view now,
                    std::string_view secret = kSecret, DateSkew skew = DateSkew::kChecked,
                    ErrorDialect dialect = ErrorDialect::kQuery) {
  const auto claim = FindSignature(request, dialect);
  if (!claim) return claim.error();
  EXPECT_TRUE(claim->has_value());
  return VerifySignature(
      request, **claim,
      {.secret = secret, .now = *ParseIso8601(now), .skew = skew, .dialect = dialect});
}

TEST(SigV4, ReadsTheClaimOfTheAuthorizationHeader) {
  const auto request = ListUsers();
  const auto claim = PeekSignature(request);
  ASSERT_TRUE(claim);
  EXPECT_EQ(claim->access_key, "AKIDEXAMPLE");
  EXPECT_EQ(claim->date, "20150830");
  EXPECT_EQ(claim->region, "us-east-1");
  EXPECT_EQ(claim->service, "iam");
  EXPECT_EQ(claim->signed_headers, "content-type;host;x-amz-date");
  EXPECT_EQ(claim->signature.size(), 64u);
  EXPECT_EQ(claim->timestamp, "20150830T123600Z");
  EXPECT_EQ(claim->place, SignaturePlace::kHeader);
}

TEST(SigV4, ReadsTheClaimOfAPresignedUrlDecoded) {
  const auto request = PresignedIdentity();
  const auto claim = PeekSignature(request);
  ASSERT_TRUE(claim);
  EXPECT_EQ(claim->access_key, "AKIDEXAMPLE");
  EXPECT_EQ(claim->service, "sts");
  EXPECT_EQ(claim->session_token, "to/ken==");
  EXPECT_EQ(claim->expires, "900");
  EXPECT_EQ(claim->place, SignaturePlace::kQuery);
}

TEST(SigV4, UnsignedRequestsAndOtherSchemesHaveNoClaim) {
  HttpRequest request;
  request.path = "/";
  auto claim = FindSignature(request, ErrorDialect::kJson);
  ASSERT_TRUE(claim);
  EXPECT_FALSE(*claim);
  request.headers.Add("Authorization", "Bearer abc");
  claim = FindSignature(request, ErrorDialect::kJson);
  ASSERT_TRUE(claim);
  EXPECT_FALSE(*claim);
}

TEST(SigV4, MissingPartsAreNamed) {
  auto request = ListUsers();
  request.headers.Set("Authorization", "AWS4-HMAC-SHA256 Signature=abc");
  request.headers.Remove("X-Amz-Date");
  const auto claim = FindSignature(request, ErrorDialect::kQuery);
  ASSERT_FALSE(claim);
  EXPECT_EQ(claim.error().code, "IncompleteSignature");
  EXPECT_EQ(claim.error().http_status, 400);
  EXPECT_EQ(claim.error().message,
            "Authorization header requires 'Credential' parameter. Authorization header requires "
            "'SignedHeaders' "
            "parameter. Authorization header requires existence of either a 'X-Amz-Date' or a "
            "'Date' header. "
            "Authorization=AWS4-HMAC-SHA256 Signature=abc");
}

TEST(SigV4, ACredentialWithoutItsScopeIsIncomplete) {
  auto request = ListUsers();
  request.headers.Set("Authorization",
                      "AWS4-HMAC-SHA256 Credential=test, SignedHeaders=host, Signature=abc");
  const auto claim = FindSignature(request, ErrorDialect::kJson);
  ASSERT_FALSE(claim);
  EXPECT_EQ(claim.error().code, "IncompleteSignatureException");
  EXPECT_FALSE(PeekSignature(request));
}

TEST(SigV4, RightSignaturesOfEveryFormAreAccepted) {
  EXPECT_TRUE(Verify(ListUsers(), "2015-08-30T12:36:00Z"));
  EXPECT_TRUE(Verify(Invoke(), "2026-11-21T03:43:00Z"));
  EXPECT_TRUE(Verify(PresignedIdentity(), "2026-11-21T03:50:00Z"));
}

TEST(SigV4, AWrongSecretOrAChangedRequestIsRefusedInTheWordsOfTheService) {
  auto verdict = Verify(ListUsers(), "2015-08-30T12:36:00Z", "wrong");
  ASSERT_FALSE(verdict);
  EXPECT_EQ(verdict.error().code, "SignatureDoesNotMatch");
  EXPECT_EQ(verdict.error().http_status, 403);
  EXPECT_TRUE(verdict.error().message.starts_with(
      "The request signature we calculated does not match the signature you provided."));

  auto request = Invoke();
  request.body += " ";
  verdict =
      Verify(request, "2026-11-21T03:43:00Z", kSecret, DateSkew::kChecked, ErrorDialect::kRest);
  ASSERT_FALSE(verdict);
  EXPECT_EQ(verdict.error().code, "InvalidSignatureException");
  EXPECT_EQ(verdict.error().http_status, 403);
  verdict =
      Verify(request, "2026-11-21T03:43:00Z", kSecret, DateSkew::kChecked, ErrorDialect::kJson);
  EXPECT_EQ(verdict.error().http_status, 400);
}

TEST(SigV4, AnOldSignatureIsExpiredUnlessSkewIsTolerated) {
  const auto verdict = Verify(ListUsers(), "2015-08-30T12:46:00Z");
  ASSERT_FALSE(verdict);
  EXPECT_EQ(verdict.error().message,
            "Signature expired: 20150830T123600Z is now earlier than 20150830T124100Z "
            "(20150830T124600Z - 5 min.)");
  EXPECT_TRUE(Verify(ListUsers(), "2026-01-01T00:00:00Z", kSecret, DateSkew::kTolerated));
}

TEST(SigV4, ASignatureOfTheFutureIsNotYetCurrent) {
  const auto verdict = Verify(ListUsers(), "2015-08-30T12:00:00Z");
  ASSERT_FALSE(verdict);
  EXPECT_EQ(verdict.error().message,
            "Signature not yet current: 20150830T123600Z is still later than 20150830T120500Z "
            "(20150830T120000Z + 5 "
            "min.)");
}

TEST(SigV4, APresignedUrlLivesAsLongAsItSays) {
  EXPECT_TRUE(Verify(PresignedIdentity(), "2026-11-21T03:57:55Z"));
  const auto verdict = Verify(PresignedIdentity(), "2026-11-21T03:57:56Z");
  ASSERT_FALSE(verdict);
  EXPECT_TRUE(verdict.error().message.starts_with("Signature expired: 20261121T034255Z"));
}

TEST(SigV4, TheDateOfTheScopeMustBeTheDateOfTheRequest) {
  auto request = ListUsers();
  request.headers.Set("X-Amz-Date", "20150831T000000Z");
  const auto verdict = Verify(request, "2015-08-31T00:00:00Z");
  ASSERT_FALSE(verdict);
  EXPECT_EQ(verdict.error().message,
            "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from "
            "HTTP: '20150830' != "
            "'20150831', from '20150831T000000Z'.");
}

TEST(SigV4, TheScopeIsComparedWhenOneIsExpected) {
  const auto request = ListUsers();
  const auto claim = PeekSignature(request);
  ASSERT_TRUE(claim);
  Expectation expectation{.secret = kSecret, .now = *ParseIso8601("2015-08-30T12:36:00Z")};
  expectation.service = "sts";
  auto verdict = VerifySignature(request, *claim, expectation);
  ASSERT_FALSE(verdict);
  EXPECT_EQ(verdict.error().message, "Credential should be scoped to correct service: 'sts'.");
  expectation.service = "iam";
  expectation.region = "eu-west-1";
  verdict = VerifySignature(request, *claim, expectation);
  ASSERT_FALSE(verdict);
  EXPECT_EQ(verdict.error().message, "Credential should be scoped to a valid region.");
}

TEST(SigV4, TheHttpDateHeaderServesWhenXAmzDateIsMissing) {
  auto request = ListUsers();
  request.headers.Remove("X-Amz-Date");
  request.headers.Add("Date", "Sun, 30 Aug 2015 12:36:00 GMT");
  const auto claim = PeekSignature(request);
  ASSERT_TRUE(claim);
  EXPECT_TRUE(StringToSign(*claim, "")
                  .starts_with("AWS4-HMAC-SHA256\n20150830T123600Z\n20150830/us-east-1/iam/"));
}

TEST(SigV4, AnUnsignedPayloadIsTakenAsStated) {
  auto request = Invoke();
  request.headers.Add("X-Amz-Content-Sha256", "UNSIGNED-PAYLOAD");
  const auto claim = PeekSignature(request);
  EXPECT_TRUE(CanonicalRequest(request, *claim).ends_with("\nUNSIGNED-PAYLOAD"));
}

TEST(SigV4, DotSegmentsAndDoubleSlashesAreResolvedInThePath) {
  auto request = Invoke();
  request.path = "/a/./b/../c//d/";
  const auto claim = PeekSignature(request);
  EXPECT_TRUE(CanonicalRequest(request, *claim).starts_with("POST\n/a/c/d/\n"));
}

TEST(SigV4, RefusalsWithoutASignatureHaveTheWordsOfAws) {
  EXPECT_EQ(MissingAuthenticationToken(ErrorDialect::kQuery).code, "MissingAuthenticationToken");
  EXPECT_EQ(MissingAuthenticationToken(ErrorDialect::kQuery).http_status, 403);
  EXPECT_EQ(MissingAuthenticationToken(ErrorDialect::kJson).code,
            "MissingAuthenticationTokenException");
  EXPECT_EQ(UnrecognizedClient(ErrorDialect::kJson).code, "UnrecognizedClientException");
  EXPECT_EQ(UnrecognizedClient(ErrorDialect::kQuery).code, "InvalidClientTokenId");
  EXPECT_EQ(UnrecognizedClient(ErrorDialect::kQuery).message,
            "The security token included in the request is invalid.");
}

}  // namespace
}  // namespace fractus::auth
