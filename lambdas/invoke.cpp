#include <fmt/format.h>

#include "emulator/auth/policy.h"
#include "emulator/core/encoding.h"
#include "emulator/core/log.h"
#include "lambdas/lambdas.h"
#include "lambdas/outcome.h"
#include "lambdas/payload.h"
#include "lambdas/thread_bridge.h"

namespace fractus::lambdas {
namespace {

namespace asio = boost::asio;

// Observed: raised from 256 KB in October 2025.
constexpr size_t kMostEventBytes = 1048576;

ApiError TooLarge(std::string message) {
  return {"RequestTooLargeException", std::move(message), 413};
}

Result<std::string> ClientContextOf(const std::string& header) {
  if (header.empty()) return std::string();
  auto decoded = Base64Decode(header);
  if (!decoded || !json::accept(*decoded)) {
    return ApiError{"InvalidRequestContentException",
                    "Client context must be a valid Base64-encoded JSON object."};
  }
  return *std::move(decoded);
}

// What the resource policy says about a service, or about another account.
std::optional<ApiError> CheckPolicy(const Function& function, const FunctionReference& reference,
                                    const ports::Invocation& invocation) {
  auth::AccessQuestion question;
  question.action = "lambda:InvokeFunction";
  question.resource = reference.Arn();
  question.principal = invocation.principal;
  question.principal_kind =
      invocation.principal.find(".amazonaws.com") == std::string::npos ? "AWS" : "Service";
  question.condition_keys["aws:sourceaccount"] = {invocation.context.account};
  if (!invocation.source_arn.empty()) {
    question.condition_keys["aws:sourcearn"] = {invocation.source_arn};
  }
  auth::Answer answer;
  if (const auto policy = function.policies.find(reference.qualifier);
      policy != function.policies.end()) {
    const std::vector<json> documents{policy->second.document};
    answer = auth::Evaluate(documents, question, auth::PolicyKind::kResource);
  }
  if (answer.decision == auth::Decision::kAllow) return std::nullopt;
  const char* why =
      answer.decision == auth::Decision::kExplicitDeny
          ? "with an explicit deny in a resource-based policy"
          : "because no resource-based policy allows the lambda:InvokeFunction action";
  return ApiError{"AccessDeniedException",
                  fmt::format("User: {} is not authorized to perform: lambda:InvokeFunction on "
                              "resource: {} {}",
                              invocation.principal, question.resource, why),
                  403};
}

json StatusOnly(int status) {
  json output = json::object();
  output["StatusCode"] = status;
  return output;
}

}  // namespace

std::string Lambdas::NewTraceId(Time now) {
  return fmt::format("Root=1-{:08x}-{};Parent={};Sampled=0",
                     static_cast<uint32_t>(EpochMillis(now) / 1000), ids_.Hex(24), ids_.Hex(16));
}

int Lambdas::Unreserved(const FunctionId& id) const {
  return EnvironmentPool::kAccountConcurrency - store_.ReservedConcurrency(id);
}

Result<Work> Lambdas::Prepare(const FunctionReference& reference) const {
  // Observed: an invocation reports a function that does not exist with its version.
  FunctionReference reported = reference;
  if (reported.qualifier.empty()) reported.qualifier = kLatest;
  auto function = store_.Get(reported);
  if (!function) return function.error();
  Work work;
  work.function = *std::move(function);
  work.version = work.function->Find(reference.qualifier);
  if (!work.version) return FunctionNotFound(reported);
  work.invoked_arn = reference.Arn();
  return work;
}

asio::awaitable<Result<ports::InvocationResult>> Lambdas::Run(Call call) {
  auto prepared = Prepare(call.reference);
  if (!prepared) co_return prepared.error();
  Work work = *std::move(prepared);
  if (work.version->code->ShouldLook()) {
    auto look = [code = work.version->code] {
      const auto before = code->revision();
      code->Look();
      return code->revision() != before;
    };
    const bool changed = co_await blocking_pool_.Run(std::move(look));
    if (changed) Log(LogLevel::kInfo, "{}: its code has changed", work.function->id.name);
  }
  work.request_id = std::move(call.request_id);
  work.payload = std::move(call.payload);
  work.client_context = std::move(call.client_context);
  work.trace_id = NewTraceId(clock_.Now());
  work.tail = call.tail;
  const int unreserved = Unreserved(work.function->id);

  using Outcome = Result<ports::InvocationResult>;
  auto shared = std::make_shared<Work>(std::move(work));
  std::function<void(std::function<void(Outcome)>)> start =
      [this, shared, unreserved](std::function<void(Outcome)> done) {
        if (auto refusal = pool_.Start(std::move(*shared), unreserved, done)) {
          done(*std::move(refusal));
        }
      };
  co_return co_await Await<Outcome>(std::move(start));
}

asio::awaitable<Result<ports::InvocationResult>> Lambdas::Invoke(ports::Invocation invocation) {
  const auto reach = invocation.principal.empty() ? Reach::kCaller : Reach::kAnywhere;
  auto reference = ParseReference(invocation.function, "", invocation.context, reach);
  if (!reference) co_return reference.error();
  if (!invocation.principal.empty()) {
    const auto work = Prepare(*reference);
    if (!work) co_return work.error();
    if (auto refusal = CheckPolicy(*work->function, *reference, invocation)) {
      co_return *std::move(refusal);
    }
  }
  if (invocation.payload.size() > kMostRequestBytes) {
    co_return TooLarge(
        fmt::format("Request must be smaller than {} bytes for the InvokeFunction "
                    "operation",
                    kMostRequestBytes));
  }
  auto client_context = ClientContextOf(invocation.client_context);
  if (!client_context) co_return client_context.error();
  Call call;
  call.reference = *std::move(reference);
  // The service's request has its own id.
  call.request_id = ids_.Uuid();
  call.payload = std::move(invocation.payload);
  call.client_context = *std::move(client_context);
  call.tail = invocation.tail_log ? EnvironmentLog::Tail::kKeep : EnvironmentLog::Tail::kDrop;
  co_return co_await Run(std::move(call));
}

asio::awaitable<Result<json>> Lambdas::InvokeOperation(Request request) {
  auto reference =
      ParseReference(request.Text("FunctionName"), request.Text("Qualifier"), request.context);
  if (!reference) co_return reference.error();
  const std::string type = request.Text("InvocationType", "RequestResponse");
  if (type != "RequestResponse" && type != "Event" && type != "DryRun") {
    co_return ApiError{"ValidationException",
                       fmt::format("1 validation error detected: Value '{}' at 'invocationType' "
                                   "failed to satisfy constraint: Member must satisfy enum value "
                                   "set: [RequestResponse, Event, DryRun]",
                                   type)};
  }
  auto payload = PayloadOf(request.input);
  if (payload.size() > kMostRequestBytes) {
    co_return TooLarge(
        fmt::format("Request must be smaller than {} bytes for the InvokeFunction "
                    "operation",
                    kMostRequestBytes));
  }
  const auto work = Prepare(*reference);
  if (!work) co_return work.error();
  if (type == "DryRun") co_return StatusOnly(204);
  if (type == "Event" && payload.size() > kMostEventBytes) {
    co_return TooLarge(
        fmt::format("{} byte payload is too large for the Event invocation type (limit {} bytes)",
                    payload.size(), kMostEventBytes));
  }
  if (auto error = CheckPayload(payload)) co_return *std::move(error);
  auto client_context = ClientContextOf(request.Text("ClientContext"));
  if (!client_context) co_return client_context.error();

  if (type == "Event") {
    QueuedEvent event;
    event.function = *std::move(reference);
    event.request_id = request.context.request_id;
    event.payload = std::move(payload);
    event.client_context = *std::move(client_context);
    event.trace_id = NewTraceId(clock_.Now());
    event.accepted = clock_.Now();
    events_.Add(std::move(event));
    co_return StatusOnly(202);
  }
  Call call;
  call.reference = *std::move(reference);
  call.request_id = request.context.request_id;
  call.payload = std::move(payload);
  call.client_context = *std::move(client_context);
  call.tail =
      request.Text("LogType") == "Tail" ? EnvironmentLog::Tail::kKeep : EnvironmentLog::Tail::kDrop;
  auto result = co_await Run(std::move(call));
  if (!result) co_return result.error();
  json output = StatusOnly(200);
  output["ExecutedVersion"] = std::move(result->executed_version);
  if (!result->function_error.empty()) output["FunctionError"] = std::move(result->function_error);
  if (request.Text("LogType") == "Tail") output["LogResult"] = Base64Encode(result->log_tail);
  output["Payload"] = json::binary({result->payload.begin(), result->payload.end()});
  co_return output;
}

void Lambdas::StartEvent(const QueuedEvent& event, EventQueue::Done done) {
  auto prepared = Prepare(event.function);
  if (!prepared) return done(prepared.error());
  Work work = *std::move(prepared);
  if (work.function->reserved_concurrency == 0) {
    // Nothing would ever run it.
    Log(LogLevel::kWarning, "Event {} for {} was dropped: its reserved concurrency is 0.",
        event.request_id, event.function.Arn());
    return done(ports::InvocationResult());
  }
  work.request_id = event.request_id;
  work.payload = event.payload;
  work.client_context = event.client_context;
  work.trace_id = event.trace_id;
  const int unreserved = Unreserved(work.function->id);
  if (auto refusal = pool_.Start(std::move(work), unreserved, done)) done(*std::move(refusal));
}

}  // namespace fractus::lambdas
