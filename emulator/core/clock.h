// The one clock: every service reads time here, so that a user or a test can move it.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fractus {

using Time = std::chrono::sys_time<std::chrono::microseconds>;
using Duration = std::chrono::microseconds;

// Runs with the machine's time plus an offset, or stands still. Thread-safe.
class Clock {
 public:
  // Shows the machine's time, or starts at `start` and runs on from there.
  explicit Clock(std::optional<Time> start = std::nullopt);

  Time Now() const;
  // Moves time forward (or back, when negative).
  void Advance(Duration by);
  // Sets the time; keeps running or standing still as before.
  void Set(Time to);
  // Time stands still until Resume.
  void Freeze();
  void Resume();
  bool frozen() const;
  // False while the clock simply shows the machine's time.
  bool moved() const;
  // The machine's time plus this is Now(), unless frozen.
  Duration offset() const;

  // Called after every move, without a lock held, by the thread that moved the clock. Subscribers
  // live as long as the clock.
  void OnMove(std::function<void()> subscriber);

 private:
  // What the clock shows: the machine's time plus `by`, or, frozen, `by` since 1970.
  struct State {
    bool frozen = false;
    Duration by{0};
  };
  State Load() const;
  void Store(State state);
  void Notify();

  // One word, so that reading the time takes no lock: `by` times two, plus one when frozen.
  std::atomic<int64_t> state_{0};
  // Held by those who move the clock.
  mutable std::mutex mutex_;
  std::vector<std::function<void()>> subscribers_;
};

// "2026-01-02T03:04:05Z", optionally with a fraction; nothing for any other text.
std::optional<Time> ParseIso8601(std::string_view text);
// "90s", "10m", "2h", "1d", "500ms", also combined ("1h30m"), also negative; nothing for any other
// text.
std::optional<Duration> ParseDuration(std::string_view text);

// "2026-01-02T03:04:05Z".
std::string FormatIso8601(Time time);
// "2026-01-02T03:04:05.678Z".
std::string FormatIso8601Millis(Time time);
// "Fri, 02 Jan 2026 03:04:05 GMT", as in HTTP headers.
std::string FormatHttpDate(Time time);
// "02/Jan/2026:03:04:05 +0000", as in access logs.
std::string FormatCommonLogDate(Time time);

// Seconds since 1970 with millisecond precision: the form of a timestamp in an output tree.
double EpochSeconds(Time time);
long long EpochMillis(Time time);
Time FromEpochSeconds(double seconds);

}  // namespace fractus
