// What the room's tests share: a Dynamo over a database in a temporary folder, called as the
// dispatcher calls it.
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "dynamo/dynamo.h"

namespace fractus::dynamo {

class RoomTest : public ::testing::Test {
 protected:
  RoomTest() {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "fractus-dynamo-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
    clock_.Freeze();
    clock_.Set(FromEpochSeconds(1767225600));
    Open();
  }
  ~RoomTest() override {
    Close();
    std::filesystem::remove_all(folder_);
  }

  void Open() {
    database_ =
        std::make_unique<storage::Database>(folder_ + "/data", storage::Durability::kProcess);
    room_ = std::make_unique<Dynamo>(*database_, clock_, ids_, settings_);
    operations_ = room_->Operations();
    operations_.merge(room_->StreamOperations());
  }
  void Close() {
    operations_.clear();
    room_.reset();
    database_.reset();
  }
  void Reopen() {
    Close();
    Open();
  }

  RequestContext Context() const {
    RequestContext context;
    context.request_id = "r";
    context.now = clock_.Now();
    context.region = region_;
    context.base_url = "http://localhost:4566";
    return context;
  }

  // The answer; an error of the operation is a failed test.
  json Call(const std::string& operation, const std::string& input) {
    const auto output = Try(operation, input);
    if (!output)
      ADD_FAILURE() << operation << " " << input << ": " << output.error().code << ": "
                    << output.error().message;
    return output ? *output : json();
  }

  Result<json> Try(const std::string& operation, const std::string& input) {
    const auto& entry = operations_.at(operation);
    if (const auto* raw = std::get_if<service::RawEntry>(&entry)) {
      const auto body = raw->run(Context(), input);
      if (!body) return body.error();
      return json::parse(*body);
    }
    return std::get<service::Operation>(entry)(Request{Context(), json::parse(input)});
  }

  // "Code: message" of an error; "no error" for an answer.
  std::string Error(const std::string& operation, const std::string& input) {
    const auto output = Try(operation, input);
    return output ? "no error" : output.error().code + ": " + output.error().message;
  }
  // Only the message, for a ValidationException.
  std::string Invalid(const std::string& operation, const std::string& input) {
    const std::string error = Error(operation, input);
    const std::string start = "ValidationException: ";
    return error.starts_with(start) ? error.substr(start.size()) : error;
  }

  // A table with a partition key "id" of type S.
  void MakeTable(const std::string& name = "Users") {
    Call("CreateTable", R"({"TableName": ")" + name +
                            R"(", "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}]})");
  }
  // A table "Orders" with keys "user" (S) and "time" (N).
  void MakeSortedTable(const std::string& further = "", const std::string& attributes = "") {
    Call("CreateTable",
         R"({"TableName": "Orders", "BillingMode": "PAY_PER_REQUEST", "AttributeDefinitions": [
        {"AttributeName": "user", "AttributeType": "S"}, {"AttributeName": "time", "AttributeType": "N"})" +
             attributes + R"(], "KeySchema": [{"AttributeName": "user", "KeyType": "HASH"},
        {"AttributeName": "time", "KeyType": "RANGE"}])" +
             further + "}");
  }

  std::string region_ = "us-east-1";
  // Stands still.
  Clock clock_;
  // For the next Open.
  Settings settings_;

 private:
  std::string folder_;
  IdSource ids_{7};
  std::unique_ptr<storage::Database> database_;
  std::unique_ptr<Dynamo> room_;
  service::OperationTable operations_;
};

}  // namespace fractus::dynamo
