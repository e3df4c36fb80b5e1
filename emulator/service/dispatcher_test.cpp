#include "emulator/service/dispatcher.h"

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>

#include "emulator/auth/sign.h"

namespace fractus::service {
namespace {

class DispatcherTest : public testing::Test {
 protected:
  DispatcherTest() : pool_(1), dispatcher_(catalog_, pool_) {
    dispatcher_.Mount("logs",
                      {{"CreateLogGroup", Operation([](const Request& request) -> Result<json> {
                          if (request.Text("logGroupName") == "taken")
                            return ApiError{"ResourceAlreadyExistsException",
                                            "The specified log group already exists"};
                          if (request.Text("logGroupName") == "broken")
                            throw std::runtime_error("disk full");
                          return json::object();
                        })},
                       {"CreateLogStream", AsyncOperation([this](Request request) {
                          return NameOnPool(std::move(request));
                        })}});
    dispatcher_.Mount(
        "dynamodb", {{"GetItem", RawEntry{[](const RequestContext&, std::string_view body)
                                              -> Result<std::string> { return std::string(body); },
                                          RunOn::kNetworkThread}}});
  }
  ~DispatcherTest() override { pool_.Stop(); }

  // As an operation that waits for a handler: it leaves its thread and comes back.
  boost::asio::awaitable<Result<json>> NameOnPool(Request request) {
    auto name = [&] { return request.Text("logStreamName"); };
    const std::string text = co_await pool_.Run(std::move(name));
    if (text == "taken") co_return ApiError{"ResourceAlreadyExistsException", "taken"};
    co_return json{{"name", text}};
  }

  HttpResponse Call(const std::string& service, const std::string& target,
                    const std::string& body) {
    HttpRequest request;
    request.method = "POST";
    request.path = "/";
    request.body = body;
    request.headers.Add("X-Amz-Target", target);
    request.headers.Add("Content-Type", "application/x-amz-json-1.0");
    return Send(service, request);
  }

  HttpResponse Send(const std::string& service, const HttpRequest& request) {
    if (auto response = dispatcher_.HandleInline(service, request, context_))
      return *std::move(response);
    boost::asio::io_context loop;
    HttpResponse answer;
    const auto run = [&]() -> boost::asio::awaitable<void> {
      answer = co_await dispatcher_.Handle(service, request, context_);
    };
    boost::asio::co_spawn(loop, run, [](std::exception_ptr) {});
    loop.run();
    return answer;
  }

  model::Catalog catalog_;
  BlockingPool pool_;
  Dispatcher dispatcher_;
  RequestContext context_;
};

TEST_F(DispatcherTest, AnOperationIsValidatedRunAndAnswered) {
  EXPECT_EQ(Call("logs", "Logs_20140328.CreateLogGroup", R"({"logGroupName":"a"})").status, 200);
  const auto invalid = Call("logs", "Logs_20140328.CreateLogGroup", "{}");
  EXPECT_EQ(invalid.status, 400);
  EXPECT_EQ(json::parse(invalid.body)["__type"], "InvalidParameterException");
  EXPECT_EQ(json::parse(Call("logs", "Logs_20140328.CreateLogGroup", R"({"logGroupName":"taken"})")
                            .body)["__type"],
            "ResourceAlreadyExistsException");
}

TEST_F(DispatcherTest, WhatIsNotEmulatedFailsByName) {
  const auto operation =
      Call("logs", "Logs_20140328.StartQuery", R"({"startTime":1,"endTime":2,"queryString":"x"})");
  EXPECT_EQ(operation.status, 501);
  EXPECT_NE(operation.body.find("logs:StartQuery"), std::string::npos);
  const auto service = Call("kinesis", "Kinesis_20131202.PutRecord", "{}");
  EXPECT_EQ(service.status, 501);
  EXPECT_NE(service.body.find("kinesis"), std::string::npos);
}

TEST_F(DispatcherTest, AnExceptionIsOurFaultAndAnswered500) {
  const auto response =
      Call("logs", "Logs_20140328.CreateLogGroup", R"({"logGroupName":"broken"})");
  EXPECT_EQ(response.status, 500);
  EXPECT_EQ(response.body.find("disk full"), std::string::npos);
}

TEST_F(DispatcherTest, ARawOperationSeesTheBytes) {
  const auto response = Call("dynamodb", "DynamoDB_20120810.GetItem", "[anything]");
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.body, "[anything]");
}

TEST_F(DispatcherTest, DynamoDbSaysThatItIsHealthy) {
  HttpRequest request;
  request.method = "GET";
  request.path = "/";
  EXPECT_EQ(Send("", request).body, "healthy: dynamodb.us-east-1.amazonaws.com ");
  request.path = "/else";
  EXPECT_EQ(Send("", request).status, 404);
}

class Nobody : public ports::IdentityDirectory {
 public:
  std::optional<ports::Credential> FindCredential(std::string_view) const override {
    return std::nullopt;
  }
  std::optional<ports::Role> FindRole(std::string_view, std::string_view) const override {
    return std::nullopt;
  }
};

TEST_F(DispatcherTest, SignaturesAreCheckedWhenTheyAreRequired) {
  const Nobody nobody;
  const Clock clock;
  dispatcher_.RequireSignatures(nobody, clock);
  context_.now = clock.Now();
  HttpRequest request;
  request.method = "POST";
  request.path = "/";
  request.host = "localhost:4566";
  request.body = "{}";
  request.headers.Add("X-Amz-Target", "DynamoDB_20120810.GetItem");
  request.headers.Add("Content-Type", "application/x-amz-json-1.0");
  const auto signed_by = [&](const std::string& key, const std::string& secret) {
    HttpRequest signed_request = request;
    auth::SignRequest(signed_request, {key, secret, "us-east-1", "dynamodb"}, context_.now);
    return Send("dynamodb", signed_request);
  };
  EXPECT_EQ(signed_by("test", "test").status, 200);
  EXPECT_EQ(signed_by("111122223333", "test").status, 200);
  EXPECT_NE(signed_by("test", "other").body.find("#InvalidSignatureException"), std::string::npos);
  EXPECT_NE(signed_by("AKIAIOSFODNN7EXAMPLE", "test").body.find("#UnrecognizedClientException"),
            std::string::npos);
  EXPECT_NE(Send("dynamodb", request).body.find("#MissingAuthenticationTokenException"),
            std::string::npos);
}

TEST_F(DispatcherTest, AnotherServiceCallsThroughThePort) {
  EXPECT_TRUE(dispatcher_.Call("logs", "CreateLogGroup", {{"logGroupName", "a"}}, context_));
  EXPECT_EQ(
      dispatcher_
          .Call("logs", "CreateLogGroup", {{"logGroupName", "a"}, {"colour", "red"}}, context_)
          .error()
          .code,
      "ValidationException");
  json stream = {{"logGroupName", "a"}, {"logStreamName", "b"}};
  EXPECT_EQ(*dispatcher_.Call("logs", "CreateLogStream", stream, context_), json({{"name", "b"}}));
  stream["logStreamName"] = "taken";
  EXPECT_EQ(dispatcher_.Call("logs", "CreateLogStream", stream, context_).error().code,
            "ResourceAlreadyExistsException");
  EXPECT_EQ(dispatcher_.Call("logs", "StartQuery", json::object(), context_).error().http_status,
            501);
}

}  // namespace
}  // namespace fractus::service
