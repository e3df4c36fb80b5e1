#include "emulator/service/signature_check.h"

#include "emulator/auth/access_key.h"
#include "emulator/auth/sigv4.h"

namespace fractus::service {
namespace {

auth::ErrorDialect DialectOf(const model::ServiceModel& service) {
  switch (service.protocol()) {
    case model::WireProtocol::kJson:
      return auth::ErrorDialect::kJson;
    case model::WireProtocol::kQuery:
      return auth::ErrorDialect::kQuery;
    default:
      return auth::ErrorDialect::kRest;
  }
}

// Keys that the emulator gives to everybody: to users in its documents, to handlers in their
// environment.
bool IsOwnKey(std::string_view access_key) {
  return access_key == "test" ||
         (!access_key.starts_with("AKIA") && !access_key.starts_with("ASIA") &&
          auth::AccountOfAccessKey(access_key).has_value());
}

ApiError ExpiredToken(auth::ErrorDialect dialect) {
  const bool is_query = dialect == auth::ErrorDialect::kQuery;
  return {is_query ? "ExpiredToken" : "ExpiredTokenException",
          "The security token included in the request is expired",
          dialect == auth::ErrorDialect::kJson ? 400 : 403};
}

}  // namespace

std::optional<ApiError> SignatureCheck::Refusal(const model::ServiceModel& service,
                                                const HttpRequest& request,
                                                const RequestContext& context) const {
  const auto dialect = DialectOf(service);
  const auto claim = auth::FindSignature(request, dialect);
  if (!claim) return claim.error();
  if (!*claim) {
    auto missing = auth::MissingAuthenticationToken(dialect);
    // DynamoDB says it in the words of the query services.
    if (service.name().starts_with("dynamodb"))
      missing.message = "Request is missing Authentication Token";
    return missing;
  }
  const auth::SignatureClaim& found = **claim;
  ports::Credential credential{"test", "", "", "", "", std::nullopt};
  if (!IsOwnKey(found.access_key)) {
    auto known = identities_.FindCredential(found.access_key);
    if (!known || known->session_token != found.session_token)
      return auth::UnrecognizedClient(dialect);
    if (known->expires && *known->expires <= context.now) return ExpiredToken(dialect);
    credential = *std::move(known);
  }
  auth::Expectation expectation{credential.secret, context.now};
  // Clients sign with the machine's time, which a moved clock does not show.
  if (clock_.moved() || clock_.frozen()) expectation.skew = auth::DateSkew::kTolerated;
  expectation.dialect = dialect;
  if (auto verified = auth::VerifySignature(request, found, expectation); !verified)
    return verified.error();
  return std::nullopt;
}

}  // namespace fractus::service
