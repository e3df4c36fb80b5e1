// The fixture of the small services' tests: a database in a temporary folder, a clock that stands
// still, counting ids.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <string>
#include <variant>

#include "emulator/core/clock.h"
#include "emulator/core/id_source.h"
#include "emulator/service/operation_table.h"
#include "emulator/storage/database.h"

namespace fractus {

template <class Service>
class ServiceTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (std::filesystem::temp_directory_path() / "fractus_XXXXXX").string();
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    folder_ = name;
    clock_.Freeze();
    clock_.Set(*ParseIso8601("2026-01-02T03:04:05Z"));
    Open();
  }

  void TearDown() override {
    Close();
    std::filesystem::remove_all(folder_);
  }

  void Open() {
    database_ =
        std::make_unique<storage::Database>(folder_ + "/data", storage::Durability::kProcess);
    service_ = std::make_unique<Service>(*database_, clock_, ids_);
    operations_ = service_->Operations();
  }

  void Close() {
    operations_.clear();
    service_.reset();
    database_.reset();
  }

  // As if the emulator had been stopped and started again with the same folder.
  void Restart() {
    Close();
    Open();
  }

  Result<json> Try(std::string_view operation, json input = json::object()) {
    const auto found = operations_.find(operation);
    if (found == operations_.end()) {
      ADD_FAILURE() << "no operation " << operation;
      return ApiError{"NotImplemented", std::string(operation)};
    }
    Request request;
    request.context = context_;
    request.context.now = clock_.Now();
    request.input = std::move(input);
    return std::get<service::Operation>(found->second)(request);
  }

  // The output of a call that must succeed.
  json Call(std::string_view operation, json input = json::object()) {
    auto output = Try(operation, std::move(input));
    if (!output) {
      ADD_FAILURE() << operation << ": " << output.error().code << ": " << output.error().message;
      return json::object();
    }
    return *std::move(output);
  }

  // The error of a call that must fail.
  ApiError Fail(std::string_view operation, json input = json::object()) {
    auto output = Try(operation, std::move(input));
    if (output) {
      ADD_FAILURE() << operation << " succeeded: " << output->dump();
      return {};
    }
    return output.error();
  }

  std::string folder_;
  Clock clock_;
  IdSource ids_{1};
  RequestContext context_;
  std::unique_ptr<storage::Database> database_;
  std::unique_ptr<Service> service_;
  service::OperationTable operations_;
};

}  // namespace fractus
