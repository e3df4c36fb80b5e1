// A lambdas room for tests: handlers are functions of the test, time stands still, ids are counted,
// logs are kept.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <filesystem>
#include <functional>
#include <future>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "emulator/core/log.h"
#include "lambdas/lambdas.h"

namespace fractus::lambdas::testing {

// Plays all handlers.
class FakeHost : public RuntimeHost, public HostSource {
 public:
  using Handler = std::function<InvokeOutcome(const InvokeInput& input, const OutputSink& output)>;

  void Handle(Handler handler);
  Result<RuntimeHost*> HostFor(std::string_view runtime) override;
  std::unique_ptr<ExecutionEnvironment> Start(const EnvironmentSpec& spec,
                                              OutputSink output) override;

  std::vector<EnvironmentSpec> Specs() const;
  size_t Started() const { return Specs().size(); }
  // Waits until that many environments have been destroyed.
  void AwaitDestroyed(int count) const;

 private:
  class Instance;

  mutable std::mutex mutex_;
  Handler handler_;
  std::vector<EnvironmentSpec> specs_;
  std::atomic<int> destroyed_ = 0;
};

class FakeLogs : public ports::LogSink {
 public:
  void Write(std::string_view account, std::string_view region, std::string_view group,
             std::string_view stream, std::vector<ports::LogLine> lines) override;
  // All messages of a group, in order, by stream.
  std::vector<std::string> Messages(const std::string& group) const;
  std::vector<std::string> Streams(const std::string& group) const;

 private:
  mutable std::mutex mutex_;
  std::map<std::string, std::vector<std::pair<std::string, std::string>>> groups_;
};

class RoomTest : public ::testing::Test {
 protected:
  RoomTest();
  ~RoomTest() override;

  // Ends the room and starts it again on the same data.
  void Restart();
  Settings RoomSettings() const;

  Result<json> Call(const std::string& operation, json input);
  // The same, with the input as JSON text.
  Result<json> CallText(const std::string& operation, const std::string& input);
  // CreateFunction with a small zip and Python; `more` is merged into the input.
  Result<json> Create(const std::string& name, json more = json::object());

  std::future<Result<json>> InvokeLater(json input);
  Result<json> Invoke(const std::string& name, const std::string& payload = "{}");
  Result<json> InvokeWith(json input);
  Result<ports::InvocationResult> InvokeAs(ports::Invocation invocation);

  std::filesystem::path folder_;
  Clock clock_;
  IdSource ids_{7};
  FakeLogs logs_;
  FakeHost host_;
  BlockingPool blocking_pool_{1};
  boost::asio::io_context io_;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> guard_;
  std::thread net_;
  std::unique_ptr<storage::Database> database_;
  std::unique_ptr<Lambdas> room_;
  service::OperationTable operations_;
};

struct ZipEntry {
  std::string name;
  std::string content;
  // AE_IFREG, AE_IFLNK (content is the target), AE_IFDIR, …
  unsigned type = 0100000;
  unsigned mode = 0644;
};
std::string MakeZip(const std::vector<ZipEntry>& entries);
json Blob(const std::string& bytes);
// Payload as text.
std::string PayloadText(const json& output);

InvokeOutcome Answer(std::string payload);

}  // namespace fractus::lambdas::testing
