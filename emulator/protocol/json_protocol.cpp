#include "emulator/protocol/json_protocol.h"

#include "emulator/core/encoding.h"
#include "emulator/protocol/json_value.h"

namespace fractus::protocol {
namespace {

HttpResponse MakeJson(const model::ServiceModel& service, int status, std::string body,
                      const RequestContext& context) {
  static const std::string kJson10 = "application/x-amz-json-1.0",
                           kJson11 = "application/x-amz-json-1.1";
  const bool is_dynamodb = service.name() == "dynamodb";
  HttpResponse response = MakeResponse(status, service.json_version() == "1.0" ? kJson10 : kJson11,
                                       std::move(body), context);
  if (is_dynamodb) response.headers.Add("x-amz-crc32", std::to_string(Crc32(response.body)));
  return response;
}

// json 1.0 names the namespace of the error's shape; 1.1 does not.
std::string QualifiedCode(const model::ServiceModel& service, const std::string& code) {
  if (service.json_version() != "1.0") return code;
  if (code == "ValidationException" && !service.FindError(code))
    return "com.amazon.coral.validate#" + code;
  if (code == "SerializationException" || code == "UnknownOperationException")
    return "com.amazon.coral.service#" + code;
  if (service.name() == "dynamodb" && service.FindError(code))
    return "com.amazonaws.dynamodb.v20120810#" + code;
  return "com.amazon.coral.service#" + code;
}

// DynamoDB's own texts have a lower-case "message" for validation and an upper-case one for errors
// of the framework.
const char* MessageMember(const model::ServiceModel& service, const std::string& code) {
  if (const auto* shape = service.FindError(code)) {
    for (const char* name : {"message", "Message"}) {
      if (shape->Find(name)) return name;
    }
  }
  return code == "SerializationException" && service.json_version() == "1.0" ? "Message"
                                                                             : "message";
}

}  // namespace

Result<const model::Operation*> JsonProtocol::FindOperation(const model::ServiceModel& service,
                                                            const HttpRequest& request) const {
  const auto target = request.headers.Get("X-Amz-Target");
  const auto dot = target.rfind('.');
  if (dot != std::string_view::npos && target.substr(0, dot) == service.target_prefix()) {
    if (const auto* operation = service.FindOperation(target.substr(dot + 1))) return operation;
  }
  return ApiError{"UnknownOperationException", "", service.json_version() == "1.0" ? 400 : 404};
}

Result<json> JsonProtocol::ParseInput(const model::ServiceModel&, const model::Operation& operation,
                                      const HttpRequest& request) const {
  if (!operation.input || request.body.empty()) return json::object();
  const json document = json::parse(request.body, nullptr, false);
  if (document.is_discarded()) return ApiError{"SerializationException", ""};
  if (document.is_null()) return json::object();
  return DecodeJson(*operation.input, document);
}

HttpResponse JsonProtocol::Reply(const model::ServiceModel& service,
                                 const model::Operation& operation, json output,
                                 const RequestContext& context) const {
  std::string body;
  if (operation.output)
    body = EncodeJson(*operation.output, std::move(output))
               .dump(-1, ' ', false, json::error_handler_t::replace);
  return MakeJson(service, operation.http_status, std::move(body), context);
}

HttpResponse JsonProtocol::Fail(const model::ServiceModel& service, const ApiError& error,
                                const RequestContext& context) const {
  json document = error.extra;
  document["__type"] = QualifiedCode(service, error.code);
  if (!error.message.empty() || service.FindError(error.code))
    document[MessageMember(service, error.code)] = error.message;
  HttpResponse response =
      MakeJson(service, StatusOf(service, error),
               document.dump(-1, ' ', false, json::error_handler_t::replace), context);
  if (service.json_version() != "1.0") response.headers.Add("x-amzn-ErrorType", error.code + ":");
  if (service.json_version() != "1.0" && !error.message.empty())
    response.headers.Add("x-amzn-ErrorMessage",
                         error.message.substr(0, error.message.find_first_of("\r\n")));
  return response;
}

HttpResponse JsonProtocol::ReplyRaw(const model::ServiceModel& service, std::string body,
                                    const RequestContext& context) {
  return MakeJson(service, 200, std::move(body), context);
}

}  // namespace fractus::protocol
