// A deployed API with functions that are C++ lambdas, for tests.
#pragma once

#include <fmt/format.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>

#include "gateway/execute/execution.h"
#include "gateway/test_gateway.h"

namespace fractus::gateway::execute {

class FakeInvoker : public ports::FunctionInvoker {
 public:
  using Handler = std::function<Result<ports::InvocationResult>(const json& event)>;

  boost::asio::awaitable<Result<ports::InvocationResult>> Invoke(
      ports::Invocation invocation) override {
    calls.push_back(invocation);
    const std::string name = invocation.function.substr(invocation.function.rfind(':') + 1);
    if (name == "never") {
      boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor,
                                      std::chrono::hours(1));
      co_await timer.async_wait(boost::asio::use_awaitable);
    }
    const auto found = functions.find(name);
    if (found == functions.end()) {
      co_return ApiError{"ResourceNotFoundException", "Function not found: " + name, 404};
    }
    co_return found->second(json::parse(invocation.payload));
  }

  int Count(const std::string& name) const {
    return static_cast<int>(std::count_if(
        calls.begin(), calls.end(),
        [&](const ports::Invocation& call) { return call.function.ends_with(":" + name); }));
  }

  std::map<std::string, Handler> functions;
  std::vector<ports::Invocation> calls;
};

class FakeLogSink : public ports::LogSink {
 public:
  void Write(std::string_view account, std::string_view region, std::string_view group,
             std::string_view stream, std::vector<ports::LogLine> added) override {
    for (auto& line : added) {
      lines.push_back(fmt::format("{} {} {} {} {}", account, region, group, stream, line.message));
    }
  }

  std::vector<std::string> lines;
};

class ExecutionTest : public GatewayTest {
 protected:
  ExecutionTest() : execution_(gateway_->deployed_apis(), invoker_, logs_, clock_, ids_, pool_) {
    clock_.Freeze();
    clock_.Set(*ParseIso8601("2026-01-02T03:04:05.678Z"));
  }
  ~ExecutionTest() override { pool_.Stop(); }

  // Makes an API of Swagger paths and deploys it as the stage Prod; the id is "api1".
  void DeployApi(const json& description) {
    Ok("CreateRestApi", {{"name", "test"}, {"tags", {{"_custom_id_", "api1"}}}});
    Redeploy(description);
  }
  void Redeploy(const json& description) {
    Ok("PutRestApi", {{"restApiId", "api1"}, {"mode", "overwrite"}, {"body", description.dump()}});
    deployment_ = Ok("CreateDeployment", {{"restApiId", "api1"}, {"stageName", "Prod"}})
                      .at("id")
                      .get<std::string>();
  }
  void PatchStage(const char* operations) {
    Ok("UpdateStage", {{"restApiId", "api1"},
                       {"stageName", "Prod"},
                       {"patchOperations", json::parse(operations)}});
  }

  static json Lambda(const std::string& function) {
    return {{"x-amazon-apigateway-integration",
             {{"type", "aws_proxy"}, {"httpMethod", "POST"}, {"uri", LambdaUri(function)}}}};
  }
  // {"/path": {"get": function}} as a description.
  static json Description(const json& paths) {
    json description = {{"swagger", "2.0"}, {"info", {{"title", "test"}, {"version", "1"}}}};
    description["paths"] = json::object();
    for (const auto& [path, methods] : paths.items()) {
      description["paths"][path] = json::object();
      for (const auto& [verb, function] : methods.items()) {
        description["paths"][path][verb] =
            function.is_string() ? Lambda(function.get<std::string>()) : function;
      }
    }
    return description;
  }

  // A function that answers with this.
  void Function(const std::string& name, const json& answer) {
    invoker_.functions[name] = [answer](const json&) -> Result<ports::InvocationResult> {
      ports::InvocationResult result;
      result.payload = answer.dump();
      return result;
    };
  }
  // A function that raises this error.
  void FailingFunction(const std::string& name, const std::string& message) {
    invoker_.functions[name] = [message](const json&) -> Result<ports::InvocationResult> {
      ports::InvocationResult result;
      result.payload = json{{"errorMessage", message}, {"errorType", "Exception"}}.dump();
      result.function_error = "Unhandled";
      return result;
    };
  }

  HttpResponse Send(const std::string& method, const std::string& target,
                    std::vector<HttpHeaders::Field> headers = {}, std::string body = "") {
    ports::EndpointRequest request;
    request.id = api_id_;
    const size_t question = target.find('?');
    request.path = target.substr(0, question);
    request.http.method = method;
    request.http.path = request.path;
    if (question != std::string::npos) request.http.query = target.substr(question + 1);
    for (auto& [name, value] : headers) request.http.headers.Add(name, value);
    request.http.body = std::move(body);
    request.http.host = "api1.execute-api.us-east-1.amazonaws.com";
    request.http.scheme = Scheme::kHttps;
    request.context.now = clock_.Now();
    request.context.request_id = "request-1";
    request.context.source_ip = "203.0.113.9";

    boost::asio::io_context io;
    auto answer =
        boost::asio::co_spawn(io, execution_.Serve(std::move(request)), boost::asio::use_future);
    while (answer.wait_for(std::chrono::seconds(0)) != std::future_status::ready) {
      io.restart();
      io.run_one_for(std::chrono::seconds(20));
    }
    return answer.get();
  }

  // The event of the last invocation.
  json LastEvent() const { return json::parse(invoker_.calls.back().payload); }

  Clock clock_;
  BlockingPool pool_{1};
  FakeInvoker invoker_;
  FakeLogSink logs_;
  std::string api_id_ = "api1";
  std::string deployment_;
  Execution execution_;
};

}  // namespace fractus::gateway::execute
