#include "lambdas/environment_log.h"

#include <fmt/format.h>

#include <cmath>

#include "emulator/auth/digest.h"
#include "emulator/core/encoding.h"
#include "emulator/core/log.h"

namespace fractus::lambdas {
namespace {

constexpr size_t kTailBytes = 4096;
// A log event holds at most 256 KB with an overhead of 26 bytes.
constexpr size_t kMostMessageBytes = 256 * 1024 - 26;
constexpr int kUnbatchedFlushes = 32;
constexpr size_t kBatchLines = 200;
constexpr size_t kBatchBytes = 256 * 1024;
constexpr std::chrono::milliseconds kBatchTime{100};

double Milliseconds(std::chrono::nanoseconds duration) {
  return std::chrono::duration<double, std::milli>(duration).count();
}

// "python3.11" → "python:3.11".
std::string RuntimeTitle(std::string_view runtime) {
  const size_t digit = runtime.find_first_of("0123456789");
  if (digit == std::string_view::npos || runtime.starts_with("provided")) {
    return std::string(runtime);
  }
  return fmt::format("{}:{}", runtime.substr(0, digit), runtime.substr(digit));
}

// Not in the middle of a UTF-8 character.
size_t CutAt(std::string_view text, size_t limit) {
  while (limit > 0 && (static_cast<unsigned char>(text[limit]) & 0xc0) == 0x80) --limit;
  return limit;
}

}  // namespace

Time LogOutlet::Now() const {
  const std::shared_lock lock(mutex_);
  return clock_ ? clock_->Now() : Time();
}

void LogOutlet::Write(const FunctionId& id, const std::string& group, const std::string& stream,
                      std::vector<ports::LogLine> lines) {
  const std::shared_lock lock(mutex_);
  if (!sink_) return;
  try {
    sink_->Write(id.account, id.region, group, stream, std::move(lines));
  } catch (const std::exception& failure) {
    Log(LogLevel::kError, "{}: log lines were lost: {}", id.name, failure.what());
  }
}

void LogOutlet::Close() {
  const std::unique_lock lock(mutex_);
  clock_ = nullptr;
  sink_ = nullptr;
}

void EnvironmentLog::InitStarted(std::string_view runtime) {
  // Differs from AWS: the emulator has its own runtimes, so neither their version nor the ARN's
  // digest is one of AWS's.
  Platform(fmt::format(
      "INIT_START Runtime Version: {}.v0\tRuntime Version ARN: arn:aws:lambda:{}::runtime:{}",
      RuntimeTitle(runtime), id_.region, HexEncode(auth::Sha256(runtime))));
}

void EnvironmentLog::Started(const std::string& request_id, std::string_view version, Tail tail) {
  const std::lock_guard lock(mutex_);
  flushes_ = 0;
  keep_tail_ = tail == Tail::kKeep;
  tail_.clear();
  // Goes out with the first line of output, or with END.
  Add(fmt::format("START RequestId: {} Version: {}\n", request_id, version));
}

void EnvironmentLog::Output(std::string_view text) {
  const std::lock_guard lock(mutex_);
  while (text.size() >= kMostMessageBytes) {
    const size_t cut = CutAt(text, kMostMessageBytes - 1);
    Add(std::string(text.substr(0, cut)));
    text.remove_prefix(cut);
  }
  Add(fmt::format("{}\n", text));
  const bool batch_full = pending_.size() >= kBatchLines || pending_bytes_ >= kBatchBytes;
  if (flushes_ < kUnbatchedFlushes || batch_full ||
      std::chrono::steady_clock::now() - last_flush_ > kBatchTime) {
    Flush();
  }
}

void EnvironmentLog::Platform(std::string text) {
  const std::lock_guard lock(mutex_);
  Add(std::move(text) + "\n");
}

std::string EnvironmentLog::Ended(const std::string& request_id, const InvocationReport& report) {
  const double duration = Milliseconds(report.duration);
  std::string line = fmt::format(
      "REPORT RequestId: {}\tDuration: {:.2f} ms\tBilled Duration: {:.0f} ms\tMemory Size: {} "
      "MB\tMax Memory Used: {} MB\t",
      request_id, duration, std::ceil(duration), report.memory_mb,
      (report.max_memory_bytes + (1u << 20) - 1) >> 20);
  if (report.init_duration) {
    line += fmt::format("Init Duration: {:.2f} ms\t", Milliseconds(*report.init_duration));
  }
  if (!report.status.empty()) line += fmt::format("Status: {}", report.status);
  if (!report.error_type.empty()) line += fmt::format("\tError Type: {}", report.error_type);
  line += '\n';

  const std::lock_guard lock(mutex_);
  Add(fmt::format("END RequestId: {}\n", request_id));
  Add(std::move(line));
  Flush();
  keep_tail_ = false;
  if (tail_.size() > kTailBytes) tail_.erase(0, tail_.size() - kTailBytes);
  return std::move(tail_);
}

void EnvironmentLog::Add(std::string message) {
  if (keep_tail_) {
    tail_ += message;
    if (tail_.size() > 2 * kTailBytes) tail_.erase(0, tail_.size() - kTailBytes);
  }
  pending_bytes_ += message.size();
  ports::LogLine line;
  line.time = outlet_->Now();
  line.message = std::move(message);
  pending_.push_back(std::move(line));
}

void EnvironmentLog::Flush() {
  ++flushes_;
  last_flush_ = std::chrono::steady_clock::now();
  pending_bytes_ = 0;
  outlet_->Write(id_, group_, stream_, std::exchange(pending_, {}));
}

std::string NewStreamName(Time now, std::string_view version, IdSource& ids) {
  std::string day = FormatIso8601(now).substr(0, 10);
  for (char& c : day) c = c == '-' ? '/' : c;
  return fmt::format("{}/[{}]{}", day, version, ids.Hex(32));
}

}  // namespace fractus::lambdas
