// Functions written to a temporary folder and run by real hosts.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "lambdas/runtime/runtime_hosts.h"

namespace fractus::lambdas {

using nlohmann::json;

// The log of one environment.
class Lines {
 public:
  OutputSink Sink() {
    return [this](std::string_view line) {
      const std::lock_guard lock(mutex_);
      lines_.emplace_back(line);
    };
  }
  std::vector<std::string> Take() {
    const std::lock_guard lock(mutex_);
    return std::exchange(lines_, {});
  }

 private:
  std::mutex mutex_;
  std::vector<std::string> lines_;
};

class RuntimeTest : public testing::Test {
 protected:
  RuntimeTest() {
    std::string name = testing::TempDir() + "fractus-runtime-XXXXXX";
    folder_ = mkdtemp(name.data());
  }
  ~RuntimeTest() override {
    Hosts().Settle(std::chrono::seconds(10));
    std::filesystem::remove_all(folder_);
  }

  // One for all tests: Python is started once per process, by each kind of settings.
  static RuntimeHosts& Hosts() {
    static RuntimeHosts hosts(Settings(HostSettings::Isolate::kWhenNeeded));
    return hosts;
  }
  static RuntimeHost& Host(std::string_view runtime) {
    const auto choice = Hosts().For(runtime);
    if (choice.host == nullptr) throw std::runtime_error(choice.problem);
    return *choice.host;
  }
  // A second host from the same plugin, for which every environment is a worker process.
  static RuntimeHost& WorkerHost() {
    static RuntimeHosts hosts(Settings(HostSettings::Isolate::kAlways));
    const auto choice = hosts.For("python3.11");
    if (choice.host == nullptr) throw std::runtime_error(choice.problem);
    return *choice.host;
  }
  static HostSettings Settings(HostSettings::Isolate isolation) {
    HostSettings settings;
    settings.isolation = isolation;
    settings.clock_offset = [] { return clock_offset_; };
    settings.clock_frozen_at = [] { return clock_frozen_at_; };
    settings.init_limit = std::chrono::seconds(20);
    return settings;
  }

  // A file of the function's code.
  void Write(const std::string& path, std::string_view text) {
    const auto file = std::filesystem::path(folder_) / path;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file) << text;
  }

  EnvironmentSpec Spec(const std::string& handler, const std::string& name = "probe") {
    EnvironmentSpec spec;
    spec.function_name = name;
    // A test's function is unlike any other's: the host remembers by ARN what needs a worker
    // process.
    spec.function_arn = "arn:aws:lambda:us-east-1:000000000000:function:" + name + folder_;
    spec.handler = handler;
    spec.runtime = "python3.11";
    spec.code_folder = folder_;
    spec.variables = {{"AWS_REGION", "us-east-1"},   {"AWS_DEFAULT_REGION", "us-east-1"},
                      {"AWS_ACCESS_KEY_ID", "test"}, {"AWS_SECRET_ACCESS_KEY", "test"},
                      {"LAMBDA_TASK_ROOT", folder_}, {"PATH", "/usr/bin:/bin"}};
    spec.log_group = "/aws/lambda/" + name;
    spec.log_stream = "2026/01/01/[$LATEST]00";
    return spec;
  }

  static InvokeInput Input(std::string payload,
                           std::chrono::milliseconds limit = std::chrono::seconds(20)) {
    InvokeInput input;
    input.request_id = "8f507cfc-xmpl-4697-b07a-ac58fc914c95";
    input.payload = std::move(payload);
    input.invoked_function_arn = "arn:aws:lambda:us-east-1:000000000000:function:probe:live";
    input.deadline = std::chrono::steady_clock::now() + limit;
    return input;
  }

  static inline std::optional<std::chrono::microseconds> clock_offset_;
  static inline std::optional<std::chrono::microseconds> clock_frozen_at_;
  std::string folder_;
  Lines lines_;
};

}  // namespace fractus::lambdas
