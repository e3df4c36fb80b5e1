#include <fmt/format.h>

#include "cognito/errors.h"
#include "cognito/operations.h"
#include "emulator/core/encoding.h"

namespace fractus::cognito {
namespace {

using storage::MakeKey;

// Stands for the CloudFront distribution that serves a domain on AWS; derived, so that it stays the
// same.
std::string DistributionOf(const std::string& domain) {
  return fmt::format("d{:08x}{:05x}.cloudfront.net", Crc32(domain), Crc32(domain + ".") & 0xfffff);
}

std::string VersionAt(Time now) { return fmt::format("{}", EpochMillis(now) / 1000); }

json DescribeDomain(const Pool& pool, const Request& request) {
  const std::string domain = request.Text("Domain");
  return {{"UserPoolId", pool.id},
          {"AWSAccountId", pool.account},
          {"Domain", domain},
          {"S3Bucket", "aws-cognito-prod-" + pool.region + "-assets"},
          {"CloudFrontDistribution", DistributionOf(domain)},
          {"Version", VersionAt(request.context.now)},
          {"Status", "ACTIVE"},
          {"CustomDomainConfig", request.Object("CustomDomainConfig")},
          // Differs from AWS: managed login (version 2 of a domain) shows the classic pages.
          {"ManagedLoginVersion", request.Integer("ManagedLoginVersion", 1)}};
}

// What creating and changing a domain answer.
json Answer(const json& description) {
  json output = {{"ManagedLoginVersion", description.value("ManagedLoginVersion", 1)}};
  if (!description.at("CustomDomainConfig").empty()) {
    output["CloudFrontDomain"] = description.at("CloudFrontDistribution");
  }
  return output;
}

// The domain's entry when it belongs to the pool the request names.
std::optional<json> FindDomain(Parts& parts, const Request& request) {
  auto stored = parts.store.room().GetJson(MakeKey({"domain", request.Text("Domain")}));
  if (!stored || stored->at("UserPoolId") != request.Text("UserPoolId")) return std::nullopt;
  return stored;
}

ApiError NoSuchDomain() { return InvalidParameter("No such domain or user pool exists."); }

}  // namespace

Result<json> CreateUserPoolDomain(Parts& parts, const Request& request) {
  const auto lock = parts.store.Lock(request.Text("UserPoolId"));
  const auto pool = RequirePool(parts, request);
  if (!pool) return pool.error();
  const std::string domain = request.Text("Domain");
  const bool custom = request.Has("CustomDomainConfig");
  for (const char* word : {"aws", "amazon", "cognito"}) {
    if (!custom && domain.find(word) != std::string::npos) {
      return InvalidParameter(std::string("Domain cannot contain reserved word: ") + word);
    }
  }
  auto& room = parts.store.room();
  if (room.Get(MakeKey({"domain", domain}))) {
    return InvalidParameter("Domain already associated with another user pool.");
  }
  const std::string pool_key = MakeKey({"pool-domain", (*pool)->id});
  json domains = room.GetJson(pool_key).value_or(json::object());
  const char* member = custom ? "CustomDomain" : "Domain";
  if (domains.contains(member)) {
    return InvalidParameter("User pool already has a domain configured.");
  }
  domains[member] = domain;
  storage::Batch batch;
  const json description = DescribeDomain(**pool, request);
  room.PutJson(batch, MakeKey({"domain", domain}), description);
  room.PutJson(batch, pool_key, domains);
  room.Write(std::move(batch));
  return Answer(description);
}

// A domain that nobody has is no error: an empty description.
Result<json> DescribeUserPoolDomain(Parts& parts, const Request& request) {
  const auto stored = parts.store.room().GetJson(MakeKey({"domain", request.Text("Domain")}));
  return json{{"DomainDescription", stored.value_or(json::object())}};
}

Result<json> UpdateUserPoolDomain(Parts& parts, const Request& request) {
  const auto lock = parts.store.Lock(request.Text("UserPoolId"));
  const auto pool = RequirePool(parts, request);
  if (!pool) return pool.error();
  auto description = FindDomain(parts, request);
  if (!description) return NoSuchDomain();
  for (const char* member : {"CustomDomainConfig", "ManagedLoginVersion"}) {
    if (request.Has(member)) (*description)[member] = request.input.at(member);
  }
  (*description)["Version"] = VersionAt(request.context.now);
  parts.store.room().PutJson(MakeKey({"domain", request.Text("Domain")}), *description);
  return Answer(*description);
}

Result<json> DeleteUserPoolDomain(Parts& parts, const Request& request) {
  const auto lock = parts.store.Lock(request.Text("UserPoolId"));
  const auto pool = RequirePool(parts, request);
  if (!pool) return pool.error();
  if (!FindDomain(parts, request)) return NoSuchDomain();
  auto& room = parts.store.room();
  const std::string pool_key = MakeKey({"pool-domain", (*pool)->id});
  json domains = room.GetJson(pool_key).value_or(json::object());
  for (const char* member : {"Domain", "CustomDomain"}) {
    if (domains.value(member, std::string()) == request.Text("Domain")) domains.erase(member);
  }
  storage::Batch batch;
  room.Delete(batch, MakeKey({"domain", request.Text("Domain")}));
  if (domains.empty()) {
    room.Delete(batch, pool_key);
  } else {
    room.PutJson(batch, pool_key, domains);
  }
  room.Write(std::move(batch));
  return json::object();
}

}  // namespace fractus::cognito
