#include "emulator/protocol/protocol.h"

#include <stdexcept>

#include "emulator/protocol/json_protocol.h"
#include "emulator/protocol/query_protocol.h"
#include "emulator/protocol/rest_json_protocol.h"

namespace fractus::protocol {

const Protocol& For(const model::ServiceModel& service) {
  static const JsonProtocol kJson;
  static const QueryProtocol kQuery;
  static const RestJsonProtocol kRestJson;
  switch (service.protocol()) {
    case model::WireProtocol::kJson:
      return kJson;
    case model::WireProtocol::kQuery:
      return kQuery;
    case model::WireProtocol::kRestJson:
      return kRestJson;
    default:
      throw std::runtime_error(service.name() + ": its wire protocol is not emulated");
  }
}

int StatusOf(const model::ServiceModel& service, const ApiError& error) {
  if (error.http_status != 0) return error.http_status;
  if (const auto* shape = service.FindError(error.code)) return shape->http_status;
  if (error.code == "InternalFailure" || error.code == "InternalServerError") return 500;
  return 400;
}

HttpResponse MakeResponse(int status, std::string content_type, std::string body,
                          const RequestContext& context) {
  HttpResponse response;
  response.status = status;
  response.headers.Reserve(6, 256);
  response.headers.Add("x-amzn-RequestId", context.request_id);
  if (!content_type.empty()) response.headers.Add("Content-Type", std::move(content_type));
  response.body = std::move(body);
  return response;
}

}  // namespace fractus::protocol
