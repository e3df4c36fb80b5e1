// For tests: an ApiCaller that records what CloudFormation asks of other services and answers
// plausibly.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "emulator/model/catalog.h"
#include "emulator/model/validate.h"
#include "emulator/ports/api_caller.h"

namespace fractus::cloudformation {

class FakeApi : public ports::ApiCaller {
 public:
  struct Recorded {
    std::string operation;  // "dynamodb:CreateTable"
    json input;
  };

  Result<json> Call(std::string_view service, std::string_view operation, json input,
                    const RequestContext& context) override {
    const std::string name = std::string(service) + ":" + std::string(operation);
    const std::lock_guard lock(mutex_);
    calls_.push_back({name, input});
    if (const auto failure = failures_.find(name); failure != failures_.end())
      return failure->second;
    const auto* model = catalog.Find(service);
    const auto* found = model ? model->FindOperation(operation) : nullptr;
    if (!found) return ApiError{"NotImplemented", name + " is not emulated"};
    if (found->input) {
      if (auto wrong = Wrong(*found->input, input)) return *wrong;
    }
    return Answer(name, input, context);
  }

  // From now on the operation fails.
  void Fail(const std::string& operation, ApiError error) {
    const std::lock_guard lock(mutex_);
    failures_.insert_or_assign(operation, std::move(error));
  }
  void Recover(const std::string& operation) {
    const std::lock_guard lock(mutex_);
    failures_.erase(operation);
  }

  std::vector<Recorded> Calls(const std::string& operation = "") {
    const std::lock_guard lock(mutex_);
    std::vector<Recorded> found;
    for (const auto& call : calls_) {
      if (operation.empty() || call.operation == operation) found.push_back(call);
    }
    return found;
  }
  std::vector<std::string> Names() {
    std::vector<std::string> names;
    for (const auto& call : Calls()) names.push_back(call.operation);
    return names;
  }
  void Forget() {
    const std::lock_guard lock(mutex_);
    calls_.clear();
  }

  model::Catalog catalog;

 private:
  // As the dispatcher does it: unknown members and malformed inputs are refused.
  static std::optional<ApiError> Wrong(const model::Shape& shape, const json& input) {
    for (const auto& [member, value] : input.items()) {
      if (!shape.Find(member)) return ApiError{"ValidationException", "unknown member " + member};
    }
    if (const auto finding = model::Validate(shape, input))
      return ApiError{"ValidationException", *finding};
    return std::nullopt;
  }

  json Answer(const std::string& name, const json& input, const RequestContext& context) {
    const std::string scope = context.region + ":" + context.account + ":";
    const std::string number = std::to_string(++made_);
    const auto text = [&input](const char* member) { return input.value(member, ""); };
    if (name == "dynamodb:DescribeTable") {
      return {
          {"Table", {{"TableArn", "arn:aws:dynamodb:" + scope + "table/" + text("TableName")}}}};
    }
    if (name == "lambda:CreateFunction") {
      return {{"FunctionArn", "arn:aws:lambda:" + scope + "function:" + text("FunctionName")}};
    }
    if (name == "iam:CreateRole" || name == "iam:GetRole") {
      return {{"Role",
               {{"Arn", "arn:aws:iam::" + context.account + ":role/" + text("RoleName")},
                {"RoleId", "AROA"}}}};
    }
    if (name == "apigateway:ImportRestApi" || name == "apigateway:CreateRestApi")
      return {{"id", "api" + number}};
    if (name == "apigateway:GetResources")
      return {{"items", json::array({{{"id", "root"}, {"path", "/"}}})}};
    if (name == "apigateway:CreateDeployment") return {{"id", "dep" + number}};
    if (name == "apigateway:GetStage") return {{"deploymentId", "another"}};
    if (name == "cognito-idp:CreateUserPool")
      return {{"UserPool", {{"Id", context.region + "_Pool" + number}}}};
    if (name == "cognito-idp:CreateUserPoolClient") {
      return {{"UserPoolClient",
               {{"ClientId", "client" + number}, {"ClientName", text("ClientName")}}}};
    }
    if (name == "cognito-idp:UpdateUserPoolClient") {
      return {
          {"UserPoolClient", {{"ClientId", text("ClientId")}, {"ClientName", text("ClientName")}}}};
    }
    if (name == "sns:CreateTopic") return {{"TopicArn", "arn:aws:sns:" + scope + text("Name")}};
    return json::object();
  }

  std::mutex mutex_;
  std::vector<Recorded> calls_;
  std::map<std::string, ApiError> failures_;
  int made_ = 0;
};

}  // namespace fractus::cloudformation
