// AWS Signature Version 4: who claims to have signed a request, and whether the signature is right.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "emulator/core/api_error.h"
#include "emulator/core/clock.h"
#include "emulator/core/http_message.h"

namespace fractus::auth {

// Where a client put its signature: the Authorization header, or the query of a presigned URL.
enum class SignaturePlace { kHeader, kQuery };

// What a request says about its signature; nothing of it is proven. The views look into the
// request, or into `decoded` for a presigned URL: keep the request alive and do not change it.
struct SignatureClaim {
  std::string_view access_key;
  // "20260102", of the credential scope.
  std::string_view date;
  std::string_view region;
  // The signing name: "dynamodb", "execute-api", "monitoring".
  std::string_view service;
  // "host;x-amz-date", as sent.
  std::string_view signed_headers;
  // 64 hex digits, as sent.
  std::string_view signature;
  // "20260102T030405Z" of X-Amz-Date, or the Date header as sent; empty when there is neither.
  std::string_view timestamp;
  // Of a temporary credential; empty for others.
  std::string_view session_token;
  // Of a presigned URL, in seconds; empty when absent.
  std::string_view expires;
  SignaturePlace place = SignaturePlace::kHeader;
  std::unique_ptr<const std::string> decoded;
};

// The wire decides how AWS names and counts the same refusal: query services (SNS, IAM, STS,
// CloudFormation) say SignatureDoesNotMatch with 403, JSON services (DynamoDB, Cognito, Logs)
// InvalidSignatureException with 400, REST services (Lambda, API Gateway) InvalidSignatureException
// with 403.
enum class ErrorDialect { kQuery, kJson, kRest };

// Finds the claim without checking more than its form. Nothing for a request that is not signed
// with version 4 (an Authorization header of another scheme is not looked at). Fails with
// IncompleteSignature when parts are missing. Cheap: for the header form no memory is allocated
// unless it fails.
Result<std::optional<SignatureClaim>> FindSignature(const HttpRequest& request,
                                                    ErrorDialect dialect);

// The same without an explanation: nothing for an unsigned request and for a malformed signature.
// For routing.
std::optional<SignatureClaim> PeekSignature(const HttpRequest& request);

enum class DateSkew { kChecked, kTolerated };

// What the signature of a claim must be shown against.
struct Expectation {
  std::string_view secret;
  Time now;
  // Tolerated: the clock was moved or seeded, or the user asked for leniency.
  DateSkew skew = DateSkew::kChecked;
  // Checked when not empty.
  std::string_view region = {};
  std::string_view service = {};
  ErrorDialect dialect = ErrorDialect::kQuery;
};

// Computes the signature again and compares. The path is encoded a second time for the canonical
// request, as all services but S3 do.
//
// Fails with SignatureDoesNotMatch / InvalidSignatureException in AWS's words: not equal, expired,
// not yet current, wrong scope. `UNSIGNED-PAYLOAD` in X-Amz-Content-Sha256 is accepted. Source:
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
Result<void> VerifySignature(const HttpRequest& request, const SignatureClaim& claim,
                             const Expectation& expectation);

// For a request without any signature where one is needed.
ApiError MissingAuthenticationToken(ErrorDialect dialect);
// For an access key that nobody knows.
ApiError UnrecognizedClient(ErrorDialect dialect);

// The 64 hex digits of the request's signature with that secret.
std::string Signature(const HttpRequest& request, const SignatureClaim& claim,
                      std::string_view secret);

// The two texts that are signed, for tests and for log lines that explain a refusal.
std::string CanonicalRequest(const HttpRequest& request, const SignatureClaim& claim);
std::string StringToSign(const SignatureClaim& claim, std::string_view canonical_request);

}  // namespace fractus::auth
