// What the tests of this room share: a database in a temporary folder, a clock that stands still,
// seeded ids.
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "cognito/cognito.h"
#include "emulator/core/encoding.h"

namespace fractus::cognito {

// Handlers by function name, and the events they got.
class FakeFunctions : public ports::FunctionInvoker {
 public:
  // Gets the event, answers the event; a text answers a raised error of that message.
  using Handler = std::function<std::variant<json, std::string>(json event)>;

  std::map<std::string, Handler> handlers;
  std::vector<json> events;

  boost::asio::awaitable<Result<ports::InvocationResult>> Invoke(
      ports::Invocation invocation) override {
    EXPECT_EQ(invocation.principal, "cognito-idp.amazonaws.com");
    const auto found = handlers.find(invocation.function);
    if (found == handlers.end()) {
      co_return ApiError{"ResourceNotFoundException", "Function not found: " + invocation.function};
    }
    events.push_back(json::parse(invocation.payload));
    const auto answer = found->second(events.back());
    ports::InvocationResult result;
    if (const auto* event = std::get_if<json>(&answer)) {
      result.payload = event->dump();
    } else {
      result.function_error = "Unhandled";
      result.payload = json{{"errorMessage", std::get<std::string>(answer)}}.dump();
    }
    co_return result;
  }
};

class FakeMailbox : public ports::Mailbox {
 public:
  void Deliver(const Message& message) override { messages.push_back(message); }

  std::vector<Message> messages;
};

class CognitoTest : public testing::Test {
 protected:
  CognitoTest() {
    std::string name = (std::filesystem::temp_directory_path() / "cognito-XXXXXX").string();
    folder_ = mkdtemp(name.data());
    clock_.Set(*ParseIso8601("2026-01-01T00:00:00Z"));
    clock_.Freeze();
    Open();
  }

  ~CognitoTest() override {
    Close();
    std::filesystem::remove_all(folder_);
  }

  void Open(uint64_t seed = 42) {
    database_ = std::make_unique<storage::Database>(folder_, storage::Durability::kProcess);
    ids_ = std::make_unique<IdSource>(seed);
    cognito_ = std::make_unique<Cognito>(*database_, clock_, *ids_, functions_, mailbox_, blocking_pool_);
    operations_ = cognito_->Operations();
  }

  void Close() {
    operations_.clear();
    cognito_.reset();
    database_.reset();
  }

  Result<json> Call(std::string_view operation, json input) {
    Request request;
    request.context.now = clock_.Now();
    request.context.access_key = "test";
    request.input = std::move(input);
    const auto found = operations_.find(operation);
    if (found == operations_.end()) return ApiError("NotImplemented", std::string(operation));
    if (const auto* plain = std::get_if<service::Operation>(&found->second))
      return (*plain)(request);
    boost::asio::io_context io;
    auto task = std::get<service::AsyncOperation>(found->second)(std::move(request));
    auto answer = boost::asio::co_spawn(io, std::move(task), boost::asio::use_future);
    io.run();
    return answer.get();
  }

  // The output of a call that must succeed.
  json Do(std::string_view operation, json input) {
    auto output = Call(operation, std::move(input));
    if (output) return *output;
    ADD_FAILURE() << operation << ": " << output.error().code << ": " << output.error().message;
    return json::object();
  }

  // "Code: message" of a call that must fail.
  std::string Refusal(std::string_view operation, json input) {
    const auto output = Call(operation, std::move(input));
    if (!output) return output.error().code + ": " + output.error().message;
    return "it succeeded: " + output->dump();
  }

  std::string MakePool(json input = json::object()) {
    if (!input.contains("PoolName")) input["PoolName"] = "test";
    return Do("CreateUserPool", std::move(input)).at("UserPool").at("Id").get<std::string>();
  }

  // A pool whose users sign in by e-mail; name and email are required.
  std::string MakeEmailPool() {
    return MakePool({{"UsernameAttributes", {"email"}},
                     {"AutoVerifiedAttributes", {"email"}},
                     {"Schema",
                      {{{"Name", "name"},
                        {"AttributeDataType", "String"},
                        {"Mutable", true},
                        {"Required", true}},
                       {{"Name", "email"},
                        {"AttributeDataType", "String"},
                        {"Mutable", true},
                        {"Required", true}}}}});
  }

  std::string MakeClient(const std::string& pool, json input = json::object()) {
    input["UserPoolId"] = pool;
    input["ClientName"] = "app";
    if (!input.contains("ExplicitAuthFlows")) {
      input["ExplicitAuthFlows"] = {"ALLOW_USER_PASSWORD_AUTH", "ALLOW_ADMIN_USER_PASSWORD_AUTH",
                                    "ALLOW_REFRESH_TOKEN_AUTH"};
    }
    return Do("CreateUserPoolClient", std::move(input))
        .at("UserPoolClient")
        .at("ClientId")
        .get<std::string>();
  }

  // A confirmed user with that password; returns the sub.
  std::string MakeUser(const std::string& pool, const std::string& client,
                       const std::string& username, json attributes = json::array()) {
    const json output = Do("SignUp", {{"ClientId", client},
                                      {"Username", username},
                                      {"Password", kPassword},
                                      {"UserAttributes", std::move(attributes)}});
    Do("AdminConfirmSignUp", {{"UserPoolId", pool}, {"Username", username}});
    return output.value("UserSub", std::string());
  }

  static json PasswordAuth(const std::string& client, const std::string& username,
                           const std::string& password = kPassword) {
    return {{"ClientId", client},
            {"AuthFlow", "USER_PASSWORD_AUTH"},
            {"AuthParameters", {{"USERNAME", username}, {"PASSWORD", password}}}};
  }

  json SignIn(const std::string& client, const std::string& username) {
    return Do("InitiateAuth", PasswordAuth(client, username))
        .value("AuthenticationResult", json::object());
  }

  static json Claims(const json& token) {
    return json::parse(*Base64UrlDecode(Split(token.get<std::string>(), '.').at(1)));
  }

  static json Header(const json& token) {
    return json::parse(*Base64UrlDecode(Split(token.get<std::string>(), '.').at(0)));
  }

  // The newest code or password that was sent to that address.
  std::string CodeFor(const std::string& to) {
    const auto& sent = mailbox_.messages;
    const auto newest = std::find_if(sent.rbegin(), sent.rend(),
                                     [&](const Message& message) { return message.to == to; });
    return newest == sent.rend() ? "" : newest->code;
  }

  static constexpr char kPassword[] = "Secret-Pass1";

  std::string folder_;
  Clock clock_;
  FakeFunctions functions_;
  FakeMailbox mailbox_;
  BlockingPool blocking_pool_{2};
  std::unique_ptr<storage::Database> database_;
  std::unique_ptr<IdSource> ids_;
  std::unique_ptr<Cognito> cognito_;
  service::OperationTable operations_;
};

}  // namespace fractus::cognito
