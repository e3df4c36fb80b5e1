#include "emulator/http/front_door.h"

#include <fmt/format.h>
#include <unistd.h>

#include "emulator/auth/access_key.h"
#include "emulator/core/log.h"

namespace fractus::http {
namespace {

HttpResponse Plain(int status, std::string message) {
  HttpResponse response;
  response.status = status;
  response.headers.Add("Content-Type", "application/json");
  response.body = json{{"message", message}}.dump();
  response.log_reason = std::move(message);
  return response;
}

std::optional<HttpResponse> RefuseForeign(const HttpRequest& request, const Route& route) {
  if (!IsTrustedHost(HostName(request.host))) {
    return Plain(403, "The Host header names " + request.host +
                          ", which is neither this machine nor AWS: refused, so that web pages "
                          "cannot reach the emulator by a name of theirs.");
  }
  const bool own = route.door == Door::kInternal || route.door == Door::kInbox;
  if (route.door != Door::kAwsApi && !own) return std::nullopt;
  const auto origin = request.headers.Get("Origin");
  if (!origin.empty() && !IsTrustedOrigin(origin))
    return Plain(403, "Requests from pages of " + std::string(origin) +
                          " are refused; pages of localhost are served.");
  return std::nullopt;
}

bool IsPreflight(const HttpRequest& request) {
  return request.method == "OPTIONS" && request.headers.Find("Access-Control-Request-Method") &&
         request.headers.Find("Origin");
}

// "DynamoDB.GetItem" is what people look for in a log, not "POST /".
std::string Title(const HttpRequest& request, const Route& route) {
  if (route.door == Door::kExecuteApi) return request.method + " " + route.path;
  if (const auto target = request.headers.Find("X-Amz-Target")) {
    return route.id + "." + std::string(target->substr(target->rfind('.') + 1));
  }
  if (const size_t action = request.body.find("Action=");
      action != std::string::npos && request.body.size() < 100'000 && !route.id.empty() &&
      request.path == "/") {
    const size_t end = request.body.find('&', action);
    return route.id + "." +
           request.body.substr(action + 7, end == std::string::npos ? end : end - action - 7);
  }
  return request.method + " " + request.path;
}

// Health checks come every second from CI scripts, and the command line asks after its own
// deployment many times a second: not worth a line.
bool WorthALine(const HttpRequest& request, const Route& route) {
  if (route.door == Door::kInternal || route.door == Door::kInbox) return false;
  return request.headers.Get("User-Agent") != "fractus-cli" ||
         (route.id != "cloudformation" && route.id != "logs");
}

// A client's text may not move the cursor of the terminal nor write lines of its own.
std::string Printable(std::string text) {
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = '?';
  }
  return text;
}

void LogAnswer(const std::string& what, const HttpResponse& response,
               std::chrono::steady_clock::time_point begun) {
  static const bool kColour = isatty(STDERR_FILENO) == 1;
  const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - begun;
  const char* colour = !kColour                 ? ""
                       : response.status >= 500 ? "\x1b[31m"
                       : response.status >= 400 ? "\x1b[33m"
                                                : "\x1b[32m";
  PrintLine(fmt::format("{} {}{}{} {:.1f} ms{}{}", Printable(what), colour, response.status,
                        kColour ? "\x1b[0m" : "", took.count(),
                        response.log_reason.empty() ? "" : "  ", Printable(response.log_reason)));
}

}  // namespace

void AddCors(std::string_view origin, HttpResponse& response) {
  if (origin.empty()) return;
  response.headers.Set("Access-Control-Allow-Origin", std::string(origin));
  response.headers.Set("Access-Control-Expose-Headers",
                       "x-amzn-RequestId,x-amzn-ErrorType,x-amzn-ErrorMessage,Date,x-amz-log-"
                       "result,x-amz-function-error,x-amz-crc32,ETag");
  response.headers.Set("Vary", "Origin");
}

RequestContext FrontDoor::MakeContext(const HttpRequest& request, const Route& route) {
  RequestContext context;
  context.request_id = ids_.Uuid();
  context.now = clock_.Now();
  context.region = route.region.empty() ? settings_.region : route.region;
  context.account = settings_.account;
  context.source_ip = request.peer_ip;
  context.user_agent = request.headers.Get("User-Agent");
  context.base_url = (request.scheme == Scheme::kHttps ? "https://" : "http://") + request.host;
  if (!route.access_key.empty()) {
    context.access_key = route.access_key;
    context.account = auth::AccountOfAccessKey(route.access_key).value_or(settings_.account);
  }
  return context;
}

std::optional<HttpResponse> FrontDoor::HandleInline(const HttpRequest& request) {
  // Only what the fastest operations need: a signed or targeted call of a JSON service.
  if (!request.headers.Find("X-Amz-Target")) return std::nullopt;
  const bool log = settings_.request_log == RequestLog::kOn;
  const auto begun =
      log ? std::chrono::steady_clock::now() : std::chrono::steady_clock::time_point();
  const Route route = FindRoute(request);
  if (route.door != Door::kAwsApi || RefuseForeign(request, route)) return std::nullopt;
  const RequestContext context = MakeContext(request, route);
  auto response = dispatcher_.HandleInline(route.id, request, context);
  if (!response) return std::nullopt;
  AddCors(request.headers.Get("Origin"), *response);
  if (log && WorthALine(request, route)) LogAnswer(Title(request, route), *response, begun);
  return response;
}

boost::asio::awaitable<HttpResponse> FrontDoor::Handle(HttpRequest request) {
  const auto begun = std::chrono::steady_clock::now();
  const Route route = FindRoute(request);
  const bool log = settings_.request_log == RequestLog::kOn && WorthALine(request, route);
  const std::string title = log ? Title(request, route) : "";
  HttpResponse response;
  if (auto refusal = RefuseForeign(request, route)) {
    response = *std::move(refusal);
  } else if (route.door == Door::kAwsApi) {
    if (IsPreflight(request)) {
      response.headers.Add("Access-Control-Allow-Methods",
                           "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS");
      response.headers.Add("Access-Control-Allow-Headers",
                           std::string(request.headers.Get("Access-Control-Request-Headers")));
      response.headers.Add("Access-Control-Max-Age", "172800");
      AddCors(request.headers.Get("Origin"), response);
    } else {
      RequestContext context = MakeContext(request, route);
      const std::string origin(request.headers.Get("Origin"));
      response = co_await dispatcher_.Handle(route.id, std::move(request), std::move(context));
      AddCors(origin, response);
    }
  } else if (const auto endpoint = endpoints_.find(route.door); endpoint != endpoints_.end()) {
    ports::EndpointRequest call;
    call.context = MakeContext(request, route);
    call.http = std::move(request);
    call.id = route.id;
    call.path = route.path;
    const std::string request_id = call.context.request_id;
    std::optional<std::string> failure;
    try {
      response = co_await endpoint->second->Serve(std::move(call));
    } catch (const std::exception& thrown) {
      failure = thrown.what();
    }
    if (failure) {
      Log(LogLevel::kError, "{} failed: {} (request {})", Printable(title), *failure, request_id);
      response = Plain(500, "Internal server error");
    }
  } else {
    response = Plain(501, "fractus does not serve this page yet: " + request.host + request.path);
  }
  if (log) LogAnswer(title, response, begun);
  co_return response;
}

}  // namespace fractus::http
