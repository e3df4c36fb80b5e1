#include "emulator/http/internal_pages.h"

#include <fmt/format.h>

namespace fractus::http {
namespace {

HttpResponse Answer(const json& body, int status = 200) {
  HttpResponse response;
  response.status = status;
  response.headers.Add("Content-Type", "application/json");
  response.body = body.dump();
  return response;
}

}  // namespace

HttpResponse InternalPages::Health() const {
  json services = json::object();
  for (const auto& service : services_) services[service] = "running";
  return Answer({{"services", services}, {"edition", "fractus"}, {"version", version_}});
}

HttpResponse InternalPages::ShowOrMoveClock(const HttpRequest& request) {
  if (request.method == "POST" || request.method == "PUT") {
    const json wish = json::parse(request.body, nullptr, false);
    const auto refuse = [](const std::string& message) {
      return Answer({{"message", message}}, 400);
    };
    if (!wish.is_object())
      return refuse(
          R"(Send a JSON object, e.g. {"advance": "10m"}, {"set": "2026-01-01T00:00:00Z"} or {"freeze": true}.)");
    // All is checked before anything moves.
    std::optional<Time> set;
    std::optional<Duration> advance;
    std::optional<bool> freeze;
    for (const auto& [name, value] : wish.items()) {
      if (name == "set" && value.is_string()) {
        set = ParseIso8601(value.get<std::string>());
        if (!set) return refuse(R"("set" needs a time like 2026-01-01T00:00:00Z.)");
      } else if (name == "advance" && value.is_string()) {
        advance = ParseDuration(value.get<std::string>());
        if (!advance) return refuse(R"("advance" needs a duration like 90s, 10m, 2h or 1d.)");
      } else if (name == "freeze" && value.is_boolean()) {
        freeze = value.get<bool>();
      } else {
        return refuse(
            fmt::format("{} is not understood; use \"advance\", \"set\" and \"freeze\".", name));
      }
    }
    if (freeze && *freeze) clock_.Freeze();
    if (set) clock_.Set(*set);
    if (advance) clock_.Advance(*advance);
    if (freeze && !*freeze) clock_.Resume();
  } else if (request.method != "GET") {
    return Answer({{"message", "GET shows the clock, POST moves it."}}, 405);
  }
  return Answer({{"now", FormatIso8601Millis(clock_.Now())}, {"frozen", clock_.frozen()}});
}

boost::asio::awaitable<HttpResponse> InternalPages::Serve(ports::EndpointRequest request) {
  const std::string& path = request.path;
  if (path == "/_fractus/health" || path == "/_localstack/health") co_return Health();
  if (path == "/_fractus/clock") co_return ShowOrMoveClock(request.http);
  if (path == "/_localstack/info" || path == "/_fractus/info") {
    const json info = {
        {"version", version_}, {"edition", "fractus"}, {"is_license_activated", false},
        {"session_id", ""},    {"machine_id", ""},     {"system", "linux"}};
    co_return Answer(info);
  }
  if (path == "/_localstack/init" || path.starts_with("/_localstack/init/")) {
    const json stages = {{"BOOT", true}, {"START", true}, {"READY", true}, {"SHUTDOWN", false}};
    const json init = {{"completed", stages}, {"scripts", json::array()}};
    co_return Answer(init);
  }
  const json unknown = {{"message", "fractus has no page " + path}};
  co_return Answer(unknown, 404);
}

}  // namespace fractus::http
