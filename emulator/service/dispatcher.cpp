#include "emulator/service/dispatcher.h"

#include <fmt/format.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>

#include "emulator/core/log.h"
#include "emulator/model/validate.h"
#include "emulator/protocol/compression.h"
#include "emulator/protocol/dynamodb_endpoint.h"
#include "emulator/protocol/json_protocol.h"
#include "emulator/protocol/json_value.h"
#include "emulator/protocol/protocol.h"

namespace fractus::service {
namespace {

// What a packed body may grow to: the largest request that any service takes.
constexpr size_t kMostUnpacked = 80u << 20;

ApiError NotEmulated(std::string_view service, std::string_view operation) {
  return {"NotImplemented", fmt::format("fractus does not emulate {}:{} yet.", service, operation),
          501};
}

// Which code a service gives to an input that its model refuses.
std::string ValidationCode(const model::ServiceModel& service) {
  static const std::map<std::string, std::string, std::less<>> kCodes = {
      {"cognito-idp", "InvalidParameterException"},
      {"logs", "InvalidParameterException"},
      {"secretsmanager", "InvalidParameterException"},
      {"apigateway", "BadRequestException"},
  };
  if (const auto found = kCodes.find(service.name()); found != kCodes.end()) return found->second;
  return service.protocol() == model::WireProtocol::kQuery ? "ValidationError"
                                                           : "ValidationException";
}

std::optional<ApiError> CheckInput(const model::ServiceModel& service,
                                   const model::Operation& operation, const json& input) {
  if (!operation.input) return std::nullopt;
  if (auto message = model::Validate(*operation.input, input))
    return ApiError{ValidationCode(service), *std::move(message)};
  return std::nullopt;
}

ApiError Unexpected(const std::exception& failure, std::string_view service,
                    std::string_view operation, const RequestContext& context) {
  Log(LogLevel::kError, "{}:{} failed: {} (request {})", service, operation, failure.what(),
      context.request_id);
  return {
      "InternalFailure",
      "fractus failed to carry out this request; its log names the reason under this request id.",
      500};
}

HttpResponse Refuse(const model::ServiceModel& service, const ApiError& error,
                    const RequestContext& context) {
  HttpResponse response = protocol::For(service).Fail(service, error, context);
  response.log_reason = error.message.empty() ? error.code : error.code + ": " + error.message;
  return response;
}

template <class Run>
Result<json> Guarded(std::string_view service, std::string_view operation,
                     const RequestContext& context, Run run) {
  try {
    return run();
  } catch (const std::exception& failure) {
    return Unexpected(failure, service, operation, context);
  }
}

HttpResponse RunRaw(const model::ServiceModel& service, std::string_view operation,
                    const RawEntry& entry, const HttpRequest& request,
                    const RequestContext& context) {
  try {
    auto body = entry.run(context, request.body);
    if (!body) return Refuse(service, body.error(), context);
    return protocol::JsonProtocol::ReplyRaw(service, *std::move(body), context);
  } catch (const std::exception& failure) {
    return Refuse(service, Unexpected(failure, service.name(), operation, context), context);
  }
}

HttpResponse RunPlain(const model::ServiceModel& service, const model::Operation& operation,
                      const Operation& run, const HttpRequest& http,
                      const RequestContext& context) {
  const auto& wire = protocol::For(service);
  Request request{context, {}};
  auto output = Guarded(service.name(), operation.name, context, [&]() -> Result<json> {
    auto input = wire.ParseInput(service, operation, http);
    if (!input) return input.error();
    request.input = *std::move(input);
    if (const auto error = CheckInput(service, operation, request.input)) return *error;
    return run(request);
  });
  if (!output) return Refuse(service, output.error(), context);
  return wire.Reply(service, operation, *std::move(output), context);
}

HttpResponse UnknownService(std::string_view service, const RequestContext& context) {
  const std::string message =
      service.empty() ? "fractus cannot tell which AWS service this request is for: it has no "
                        "signature, no X-Amz-Target and no known Host or path."
                      : fmt::format("fractus does not emulate the service {} yet.", service);
  HttpResponse response = protocol::MakeResponse(
      service.empty() ? 404 : 501, "application/json",
      json{{"__type", "NotImplemented"}, {"message", message}}.dump(), context);
  response.log_reason = message;
  return response;
}

}  // namespace

void Dispatcher::Mount(std::string service, OperationTable operations) {
  services_[std::move(service)].operations = std::move(operations);
}

std::vector<std::string> Dispatcher::Services() const {
  std::vector<std::string> names;
  for (const auto& [name, mounted] : services_) names.push_back(name);
  return names;
}

const Dispatcher::Mounted* Dispatcher::Find(std::string_view service) {
  const auto found = services_.find(service);
  if (found == services_.end()) return nullptr;
  // Written by whoever comes first; all write the same pointer.
  std::atomic_ref<const model::ServiceModel*> model(found->second.model);
  if (!model.load(std::memory_order_acquire))
    model.store(catalog_.Find(service), std::memory_order_release);
  return &found->second;
}

std::optional<HttpResponse> Dispatcher::HandleInline(std::string_view service,
                                                     const HttpRequest& request,
                                                     const RequestContext& context) {
  const Mounted* mounted = Find(service);
  if (!mounted || mounted->model->protocol() != model::WireProtocol::kJson) return std::nullopt;
  const auto target = request.headers.Get("X-Amz-Target");
  const auto dot = target.rfind('.');
  if (dot == std::string_view::npos || target.substr(0, dot) != mounted->model->target_prefix())
    return std::nullopt;
  const auto entry = mounted->operations.find(target.substr(dot + 1));
  if (entry == mounted->operations.end()) return std::nullopt;
  const auto* raw = std::get_if<RawEntry>(&entry->second);
  if (!raw || raw->where != RunOn::kNetworkThread) return std::nullopt;
  if (signatures_ || protocol::IsPacked(request)) return std::nullopt;
  const bool is_dynamodb = protocol::IsDynamoDb(*mounted->model);
  if (is_dynamodb) {
    if (auto refusal = protocol::RefuseForm(request, context)) return refusal;
  }
  HttpResponse response = RunRaw(*mounted->model, entry->first, *raw, request, context);
  if (is_dynamodb) protocol::FitAnswer(request, response);
  return response;
}

std::optional<HttpResponse> Dispatcher::Admit(const model::ServiceModel& service,
                                              HttpRequest& request,
                                              const RequestContext& context) const {
  if (protocol::IsDynamoDb(service)) {
    if (auto refusal = protocol::RefuseForm(request, context)) return refusal;
  }
  if (signatures_) {
    const auto operation = protocol::For(service).FindOperation(service, request);
    const bool is_unsigned = operation && (*operation)->is_unsigned;
    if (auto error = is_unsigned ? std::nullopt : signatures_->Refusal(service, request, context))
      return Refuse(service, *error, context);
  }
  if (protocol::IsPacked(request)) {
    auto body = protocol::Gunzip(request.body, kMostUnpacked);
    if (!body) return Refuse(service, {"SerializationException", ""}, context);
    request.body = *std::move(body);
  }
  return std::nullopt;
}

boost::asio::awaitable<HttpResponse> Dispatcher::Handle(std::string service, HttpRequest request,
                                                        RequestContext context) {
  if (service.empty() || service == "dynamodb") {
    if (auto health = protocol::HealthLine(request, context)) co_return *std::move(health);
  }
  const Mounted* mounted = Find(service);
  if (!mounted) co_return UnknownService(service, context);
  if (auto refusal = Admit(*mounted->model, request, context)) co_return *std::move(refusal);
  HttpResponse response = co_await Run(*mounted, request, context);
  if (protocol::IsDynamoDb(*mounted->model)) protocol::FitAnswer(request, response);
  co_return response;
}

boost::asio::awaitable<HttpResponse> Dispatcher::Run(const Mounted& mounted,
                                                     const HttpRequest& request,
                                                     const RequestContext& context) {
  const model::ServiceModel& model = *mounted.model;
  const auto& wire = protocol::For(model);
  const auto operation = wire.FindOperation(model, request);
  if (!operation) co_return Refuse(model, operation.error(), context);
  const auto entry = mounted.operations.find((*operation)->name);
  if (entry == mounted.operations.end())
    co_return Refuse(model, NotEmulated(model.name(), (*operation)->name), context);

  if (const auto* raw = std::get_if<RawEntry>(&entry->second)) {
    auto run = [&] { return RunRaw(model, (*operation)->name, *raw, request, context); };
    co_return co_await pool_.Run(std::move(run));
  }
  if (const auto* plain = std::get_if<Operation>(&entry->second)) {
    auto run = [&] { return RunPlain(model, **operation, *plain, request, context); };
    co_return co_await pool_.Run(std::move(run));
  }

  Request call{context, {}};
  auto input = wire.ParseInput(model, **operation, request);
  if (!input) co_return Refuse(model, input.error(), context);
  call.input = *std::move(input);
  if (const auto error = CheckInput(model, **operation, call.input))
    co_return Refuse(model, *error, context);
  std::optional<ApiError> failed;
  try {
    auto output = co_await std::get<AsyncOperation>(entry->second)(std::move(call));
    if (output) co_return wire.Reply(model, **operation, *std::move(output), context);
    failed = output.error();
  } catch (const std::exception& failure) {
    failed = Unexpected(failure, model.name(), (*operation)->name, context);
  }
  co_return Refuse(model, *failed, context);
}

Result<json> Dispatcher::Call(std::string_view service, std::string_view operation, json input,
                              const RequestContext& context) {
  const Mounted* mounted = Find(service);
  const auto* described = mounted ? mounted->model->FindOperation(operation) : nullptr;
  if (!described) return NotEmulated(service, operation);
  const auto entry = mounted->operations.find(operation);
  if (entry == mounted->operations.end()) return NotEmulated(service, operation);
  if (described->input) {
    for (const auto& [member, value] : input.items()) {
      if (!described->input->Find(member))
        return ApiError{"ValidationException",
                        fmt::format("{}:{} has no member {}", service, operation, member)};
    }
  }
  if (const auto error = CheckInput(*mounted->model, *described, input)) return *error;
  if (const auto* plain = std::get_if<Operation>(&entry->second)) {
    return Guarded(service, operation, context, [&]() -> Result<json> {
      return (*plain)(Request{context, std::move(input)});
    });
  }
  if (const auto* raw = std::get_if<RawEntry>(&entry->second)) {
    return Guarded(service, operation, context, [&]() -> Result<json> {
      auto body = raw->run(context, protocol::EncodeJson(*described->input, input).dump());
      if (!body) return body.error();
      return json::parse(*body);
    });
  }
  return Guarded(service, operation, context, [&]() -> Result<json> {
    namespace asio = boost::asio;
    auto task = std::get<AsyncOperation>(entry->second)(Request{context, std::move(input)});
    asio::io_context here;
    auto output = asio::co_spawn(here, std::move(task), asio::use_future);
    here.run();
    return output.get();
  });
}

}  // namespace fractus::service
