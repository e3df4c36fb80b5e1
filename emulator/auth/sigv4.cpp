#include "emulator/auth/sigv4.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <vector>

#include "emulator/auth/digest.h"
#include "emulator/core/encoding.h"

namespace fractus::auth {
namespace {

constexpr std::string_view kAlgorithm = "AWS4-HMAC-SHA256";
constexpr std::string_view kTerminator = "aws4_request";
constexpr auto kSkew = std::chrono::minutes(5);

// "AKID/20260102/us-east-1/dynamodb/aws4_request" from the right: an access key may hold slashes.
bool ReadCredential(std::string_view credential, SignatureClaim& claim) {
  std::array<std::string_view, 4> scope;
  for (size_t i = scope.size(); i-- > 0;) {
    const auto slash = credential.rfind('/');
    if (slash == std::string_view::npos) return false;
    scope[i] = credential.substr(slash + 1);
    credential = credential.substr(0, slash);
  }
  claim.access_key = credential;
  claim.date = scope[0];
  claim.region = scope[1];
  claim.service = scope[2];
  return !credential.empty() && scope[3] == kTerminator;
}

struct HeaderParts {
  std::string_view credential;
  bool has_credential = false;
  bool has_signed_headers = false;
  bool has_signature = false;
};

HeaderParts ReadHeader(std::string_view parameters, SignatureClaim& claim) {
  HeaderParts parts;
  while (!parameters.empty()) {
    const auto comma = parameters.find(',');
    const auto parameter = Trim(parameters.substr(0, comma));
    parameters =
        comma == std::string_view::npos ? std::string_view() : parameters.substr(comma + 1);
    const auto equals = parameter.find('=');
    if (equals == std::string_view::npos) continue;
    const auto name = parameter.substr(0, equals);
    const auto value = parameter.substr(equals + 1);
    if (name == "Credential") {
      parts.credential = value;
      parts.has_credential = true;
    } else if (name == "SignedHeaders") {
      claim.signed_headers = value;
      parts.has_signed_headers = true;
    } else if (name == "Signature") {
      claim.signature = value;
      parts.has_signature = true;
    }
  }
  return parts;
}

ApiError Refuse(ErrorDialect dialect, std::string_view query_code, std::string_view json_code,
                std::string message) {
  const bool query = dialect == ErrorDialect::kQuery;
  return {std::string(query ? query_code : json_code), std::move(message),
          dialect == ErrorDialect::kJson ? 400 : 403};
}

ApiError Incomplete(ErrorDialect dialect, std::string message) {
  auto error =
      Refuse(dialect, "IncompleteSignature", "IncompleteSignatureException", std::move(message));
  // Query services answer 400 here although they answer 403 to a wrong signature.
  if (dialect == ErrorDialect::kQuery) error.http_status = 400;
  return error;
}

ApiError Mismatch(ErrorDialect dialect, std::string message) {
  return Refuse(dialect, "SignatureDoesNotMatch", "InvalidSignatureException", std::move(message));
}

void AddSentence(std::string& text, std::string_view sentence) {
  if (!text.empty()) text += ' ';
  text += sentence;
}

// X-Amz-Date wins over Date.
std::string_view FindTimestamp(const HttpRequest& request) {
  if (const auto date = request.headers.Find("x-amz-date")) return *date;
  return request.headers.Get("date");
}

Result<std::optional<SignatureClaim>> FromHeader(const HttpRequest& request,
                                                 std::string_view authorization,
                                                 ErrorDialect dialect) {
  SignatureClaim claim;
  const auto parts = ReadHeader(authorization.substr(kAlgorithm.size()), claim);
  claim.timestamp = FindTimestamp(request);
  claim.session_token = request.headers.Get("x-amz-security-token");
  const bool complete = parts.has_credential && parts.has_signed_headers && parts.has_signature;
  if (!complete || claim.timestamp.empty()) {
    std::string missing;
    const auto say = [&](std::string_view name) {
      AddSentence(missing, fmt::format("Authorization header requires '{}' parameter.", name));
    };
    if (!parts.has_credential) say("Credential");
    if (!parts.has_signature) say("Signature");
    if (!parts.has_signed_headers) say("SignedHeaders");
    if (claim.timestamp.empty()) {
      AddSentence(
          missing,
          "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.");
    }
    return Incomplete(dialect, fmt::format("{} Authorization={}", missing, authorization));
  }
  if (!ReadCredential(parts.credential, claim)) {
    return Incomplete(dialect,
                      fmt::format("Credential must have exactly 5 slash-delimited elements, e.g. "
                                  "keyid/date/region/service/term, got '{}'",
                                  parts.credential));
  }
  return std::optional<SignatureClaim>(std::move(claim));
}

Result<std::optional<SignatureClaim>> FromQuery(const HttpRequest& request, ErrorDialect dialect) {
  // One buffer for the decoded values; offsets first, since the buffer moves while it grows.
  constexpr std::array<std::string_view, 7> kNames = {
      "X-Amz-Credential", "X-Amz-Date",           "X-Amz-SignedHeaders", "X-Amz-Signature",
      "X-Amz-Expires",    "X-Amz-Security-Token", "X-Amz-Algorithm"};
  struct Slot {
    size_t begin = 0;
    size_t size = 0;
    bool present = false;
  };
  std::array<Slot, kNames.size()> slots;
  std::string buffer;
  std::string_view query = request.query;
  while (!query.empty()) {
    const auto end = query.find('&');
    const auto pair = query.substr(0, end);
    query = end == std::string_view::npos ? std::string_view() : query.substr(end + 1);
    const auto equals = pair.find('=');
    for (size_t i = 0; i < kNames.size(); ++i) {
      if (slots[i].present || pair.substr(0, equals) != kNames[i]) continue;
      const auto value =
          PercentDecode(equals == std::string_view::npos ? "" : pair.substr(equals + 1));
      slots[i] = {buffer.size(), value.size(), true};
      buffer += value;
    }
  }
  SignatureClaim claim;
  claim.place = SignaturePlace::kQuery;
  claim.decoded = std::make_unique<const std::string>(std::move(buffer));
  const std::string_view decoded = *claim.decoded;
  const auto value = [&](size_t i) { return decoded.substr(slots[i].begin, slots[i].size); };
  if (value(6) != kAlgorithm) return std::optional<SignatureClaim>();
  std::string missing;
  for (const size_t i : {0, 3, 2, 1}) {
    if (!slots[i].present) {
      AddSentence(missing,
                  fmt::format("AWS query-string parameters must include '{}'.", kNames[i]));
    }
  }
  if (!missing.empty())
    return Incomplete(dialect, fmt::format("{} Re-examine the query-string parameters.", missing));
  claim.timestamp = value(1);
  claim.signed_headers = value(2);
  claim.signature = value(3);
  claim.expires = value(4);
  claim.session_token = value(5);
  if (!ReadCredential(value(0), claim)) {
    return Incomplete(dialect,
                      fmt::format("Credential must have exactly 5 slash-delimited elements, e.g. "
                                  "keyid/date/region/service/term, got '{}'",
                                  value(0)));
  }
  return std::optional<SignatureClaim>(std::move(claim));
}

// "20260102T030405Z" or a date as in HTTP headers; nothing for any other text.
std::optional<Time> ParseTimestamp(std::string_view text) {
  if (text.size() == 16 && text[8] == 'T') {
    return ParseIso8601(fmt::format("{}-{}-{}T{}:{}:{}Z", text.substr(0, 4), text.substr(4, 2),
                                    text.substr(6, 2), text.substr(9, 2), text.substr(11, 2),
                                    text.substr(13, 2)));
  }
  // "Fri, 02 Jan 2026 03:04:05 GMT"
  constexpr std::string_view kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";
  if (text.size() == 29 && text.ends_with("GMT")) {
    const auto month = kMonths.find(text.substr(8, 3));
    if (month == std::string_view::npos) return std::nullopt;
    return ParseIso8601(fmt::format("{}-{:02}-{}T{}Z", text.substr(12, 4), month / 3 + 1,
                                    text.substr(5, 2), text.substr(17, 8)));
  }
  return std::nullopt;
}

std::string BasicIso8601(Time time) {
  std::string basic;
  for (const char c : FormatIso8601(time)) {
    if (c != '-' && c != ':') basic += c;
  }
  return basic;
}

Result<void> CheckDate(const SignatureClaim& claim, const Expectation& expectation) {
  const auto dialect = expectation.dialect;
  const auto signed_at = ParseTimestamp(claim.timestamp);
  if (!signed_at) {
    return Incomplete(dialect, fmt::format("Date must be in ISO-8601 'basic format'. Got '{}'. "
                                           "See http://en.wikipedia.org/wiki/ISO_8601",
                                           claim.timestamp));
  }
  const auto stamp = BasicIso8601(*signed_at);
  if (std::string_view(stamp).substr(0, 8) != claim.date) {
    return Mismatch(
        dialect,
        fmt::format("Date in Credential scope does not match YYYYMMDD from ISO-8601 version of "
                    "date from HTTP: '{}' != '{}', from '{}'.",
                    claim.date, stamp.substr(0, 8), stamp));
  }
  if (expectation.skew == DateSkew::kTolerated) return {};
  const auto now = expectation.now;
  if (*signed_at > now + kSkew) {
    return Mismatch(
        dialect, fmt::format("Signature not yet current: {} is still later than {} ({} + 5 min.)",
                             stamp, BasicIso8601(now + kSkew), BasicIso8601(now)));
  }
  if (claim.place == SignaturePlace::kQuery && !claim.expires.empty()) {
    long long seconds = 0;
    std::from_chars(claim.expires.data(), claim.expires.data() + claim.expires.size(), seconds);
    const auto until = *signed_at + std::chrono::seconds(std::clamp(seconds, 0ll, 604800ll));
    if (until < now) {
      return Mismatch(
          dialect,
          fmt::format(
              "Signature expired: {} is now earlier than {} ({} - {} min.)", stamp,
              BasicIso8601(now - (until - *signed_at)), BasicIso8601(now),
              std::chrono::duration_cast<std::chrono::minutes>(until - *signed_at).count()));
    }
    return {};
  }
  if (*signed_at < now - kSkew) {
    return Mismatch(dialect,
                    fmt::format("Signature expired: {} is now earlier than {} ({} - 5 min.)", stamp,
                                BasicIso8601(now - kSkew), BasicIso8601(now)));
  }
  return {};
}

}  // namespace

Result<std::optional<SignatureClaim>> FindSignature(const HttpRequest& request,
                                                    ErrorDialect dialect) {
  if (const auto authorization = request.headers.Find("authorization")) {
    if (!authorization->starts_with(kAlgorithm)) return std::optional<SignatureClaim>();
    return FromHeader(request, *authorization, dialect);
  }
  if (request.query.find("X-Amz-Algorithm=") == std::string::npos)
    return std::optional<SignatureClaim>();
  return FromQuery(request, dialect);
}

std::optional<SignatureClaim> PeekSignature(const HttpRequest& request) {
  const auto authorization = request.headers.Find("Authorization");
  if (authorization && authorization->starts_with(kAlgorithm)) {
    // Routing needs the credential alone: scripts send headers with a made-up signature and no
    // date.
    SignatureClaim claim;
    const auto parts = ReadHeader(authorization->substr(kAlgorithm.size()), claim);
    if (!parts.has_credential || !ReadCredential(parts.credential, claim)) return std::nullopt;
    claim.timestamp = FindTimestamp(request);
    claim.session_token = request.headers.Get("x-amz-security-token");
    return claim;
  }
  auto found = FindSignature(request, ErrorDialect::kQuery);
  if (!found) return std::nullopt;
  return *std::move(found);
}

std::string StringToSign(const SignatureClaim& claim, std::string_view canonical_request) {
  const auto time = ParseTimestamp(claim.timestamp);
  return fmt::format("{}\n{}\n{}/{}/{}/{}\n{}", kAlgorithm,
                     time ? BasicIso8601(*time) : std::string(claim.timestamp), claim.date,
                     claim.region, claim.service, kTerminator,
                     HexEncode(Sha256(canonical_request)));
}

std::string Signature(const HttpRequest& request, const SignatureClaim& claim,
                      std::string_view secret) {
  std::string key = fmt::format("AWS4{}", secret);
  for (const auto part : {claim.date, claim.region, claim.service, kTerminator})
    key = HmacSha256(key, part);
  return HexEncode(HmacSha256(key, StringToSign(claim, CanonicalRequest(request, claim))));
}

Result<void> VerifySignature(const HttpRequest& request, const SignatureClaim& claim,
                             const Expectation& expectation) {
  const auto dialect = expectation.dialect;
  if (!expectation.region.empty() && claim.region != expectation.region) {
    return Mismatch(dialect, "Credential should be scoped to a valid region.");
  }
  if (!expectation.service.empty() && claim.service != expectation.service) {
    return Mismatch(dialect, fmt::format("Credential should be scoped to correct service: '{}'.",
                                         expectation.service));
  }
  if (auto date = CheckDate(claim, expectation); !date) return date;

  if (!EqualsInConstantTime(Signature(request, claim, expectation.secret), claim.signature)) {
    return Mismatch(
        dialect,
        "The request signature we calculated does not match the signature you provided. Check your "
        "AWS "
        "Secret Access Key and signing method. Consult the service documentation for details.");
  }
  return {};
}

// Observed: JSON services say "Missing Authentication Token" without the lead-in of the query
// services.
ApiError MissingAuthenticationToken(ErrorDialect dialect) {
  return Refuse(dialect, "MissingAuthenticationToken", "MissingAuthenticationTokenException",
                dialect == ErrorDialect::kQuery ? "Request is missing Authentication Token"
                                                : "Missing Authentication Token");
}

ApiError UnrecognizedClient(ErrorDialect dialect) {
  return Refuse(dialect, "InvalidClientTokenId", "UnrecognizedClientException",
                "The security token included in the request is invalid.");
}

}  // namespace fractus::auth
