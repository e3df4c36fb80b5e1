// A control plane with a database of its own, for tests.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>

#include "emulator/storage/database.h"
#include "gateway/gateway.h"

namespace fractus::gateway {

class GatewayTest : public ::testing::Test {
 protected:
  GatewayTest() {
    std::string name = (std::filesystem::temp_directory_path() / "fractus-gateway-XXXXXX").string();
    folder_ = mkdtemp(name.data());
    Open();
  }
  ~GatewayTest() override {
    gateway_.reset();
    database_.reset();
    std::filesystem::remove_all(folder_);
  }

  void Open() {
    gateway_.reset();
    database_.reset();
    database_ = std::make_unique<storage::Database>(folder_ + "/data", storage::Durability::kNone);
    gateway_ = std::make_unique<Gateway>(*database_, ids_);
    operations_ = gateway_->Operations();
  }

  Result<json> Call(const std::string& operation, json input) {
    Request request;
    request.context.now = *ParseIso8601("2026-01-02T03:04:05Z");
    request.input = std::move(input);
    return std::get<service::Operation>(operations_.at(operation))(request);
  }

  json Ok(const std::string& operation, json input) {
    auto answer = Call(operation, std::move(input));
    if (!answer) {
      ADD_FAILURE() << operation << ": " << answer.error().code << ": " << answer.error().message;
      return json::object();
    }
    return *answer;
  }

  // "NotFoundException: Invalid Method identifier specified"
  std::string Error(const std::string& operation, json input) {
    const auto answer = Call(operation, std::move(input));
    return answer ? "no error: " + answer->dump()
                  : answer.error().code + ": " + answer.error().message;
  }

  json Import(const json& description) {
    return Ok("ImportRestApi", {{"body", description.dump()}});
  }

  static std::string LambdaUri(const std::string& function) {
    return "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/"
           "arn:aws:lambda:us-east-1:000000000000:function:" +
           function + "/invocations";
  }

  IdSource ids_{7};
  std::string folder_;
  std::unique_ptr<storage::Database> database_;
  std::unique_ptr<Gateway> gateway_;
  service::OperationTable operations_;
};

}  // namespace fractus::gateway
