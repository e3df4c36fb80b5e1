#include "emulator/protocol/dynamodb_endpoint.h"

#include "emulator/core/encoding.h"
#include "emulator/protocol/compression.h"
#include "emulator/protocol/protocol.h"

namespace fractus::protocol {
namespace {

constexpr std::string_view kJson = "application/json";
constexpr std::string_view kJson10 = "application/x-amz-json-1.0";
// Observed: that the service leaves small answers as they are is known, the size is not.
constexpr size_t kWorthPacking = 1024;

// Without its parameters.
std::string_view MediaType(const HttpRequest& request) {
  std::string_view type = request.headers.Get("Content-Type");
  type = type.substr(0, type.find(';'));
  while (type.ends_with(' ')) type.remove_suffix(1);
  return type;
}

}  // namespace

bool IsDynamoDb(const model::ServiceModel& service) {
  return service.name() == "dynamodb" || service.name() == "dynamodbstreams";
}

std::optional<HttpResponse> HealthLine(const HttpRequest& request, const RequestContext& context) {
  if (request.method != "GET" || request.path != "/" || !request.query.empty()) return std::nullopt;
  // The blank at the end is the service's.
  return MakeResponse(200, "text/plain", "healthy: dynamodb." + context.region + ".amazonaws.com ",
                      context);
}

std::optional<HttpResponse> RefuseForm(const HttpRequest& request, const RequestContext& context) {
  const std::string_view type = MediaType(request);
  const bool is_json = EqualsIgnoreCase(type, kJson10) || EqualsIgnoreCase(type, kJson);
  if (request.method == "POST" && is_json) return std::nullopt;
  HttpResponse response = MakeResponse(404, "", "<UnknownOperationException/>\n", context);
  response.log_reason = "DynamoDB takes POST with " + std::string(kJson10) + " alone";
  return response;
}

void FitAnswer(const HttpRequest& request, HttpResponse& response) {
  if (EqualsIgnoreCase(MediaType(request), kJson))
    response.headers.Set("Content-Type", std::string(kJson));
  if (response.body.size() < kWorthPacking || !TakesGzip(request)) return;
  response.body = Gzip(response.body);
  response.headers.Set("Content-Encoding", "gzip");
  response.headers.Set("x-amz-crc32", std::to_string(Crc32(response.body)));
}

}  // namespace fractus::protocol
