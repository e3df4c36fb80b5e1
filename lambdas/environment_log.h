// The log of one execution environment: what its code writes, between the lines that the platform
// adds.
#pragma once

#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/ports/log_sink.h"
#include "lambdas/function.h"

namespace fractus::lambdas {

// The clock and the log service as environment threads reach them. A handler that does not end can
// outlive the emulator's services; it is cut off from them here.
class LogOutlet {
 public:
  LogOutlet(Clock& clock, ports::LogSink& sink) : clock_(&clock), sink_(&sink) {}

  Time Now() const;
  void Write(const FunctionId& id, const std::string& group, const std::string& stream,
             std::vector<ports::LogLine> lines);
  // Nothing is written after this returns.
  void Close();

 private:
  mutable std::shared_mutex mutex_;
  Clock* clock_;
  ports::LogSink* sink_;
};

// What the REPORT line says.
struct InvocationReport {
  std::chrono::nanoseconds duration{0};
  // Of the start of the environment, when this was its first invocation.
  std::optional<std::chrono::nanoseconds> init_duration;
  int memory_mb = 128;
  size_t max_memory_bytes = 0;
  // "timeout", "error" or empty.
  std::string status;
  // With "error": "Runtime.ExitError".
  std::string error_type;
};

// Thread-safe: the handler's own threads write too. Lines appear in the log service at once while
// there are few, and in batches when there are many; all are there when Ended returns.
class EnvironmentLog {
 public:
  EnvironmentLog(std::shared_ptr<LogOutlet> outlet, FunctionId id, std::string group,
                 std::string stream)
      : outlet_(std::move(outlet)),
        id_(std::move(id)),
        group_(std::move(group)),
        stream_(std::move(stream)) {}

  const std::string& stream() const { return stream_; }

  void InitStarted(std::string_view runtime);
  enum class Tail { kKeep, kDrop };
  void Started(const std::string& request_id, std::string_view version, Tail tail);
  // A line of the code's output.
  void Output(std::string_view text);
  // A line of the platform, complete but for its line break.
  void Platform(std::string text);
  // END and REPORT; returns the last 4 KB since Started when they were to be kept.
  std::string Ended(const std::string& request_id, const InvocationReport& report);

 private:
  void Add(std::string message);
  void Flush();

  const std::shared_ptr<LogOutlet> outlet_;
  const FunctionId id_;
  const std::string group_;
  const std::string stream_;
  std::mutex mutex_;
  std::vector<ports::LogLine> pending_;
  size_t pending_bytes_ = 0;
  int flushes_ = 0;
  std::chrono::steady_clock::time_point last_flush_;
  bool keep_tail_ = false;
  std::string tail_;
};

// "2026/01/02/[$LATEST]0123…": a new stream's name.
std::string NewStreamName(Time now, std::string_view version, IdSource& ids);

}  // namespace fractus::lambdas
