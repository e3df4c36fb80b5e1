#include "emulator/core/clock.h"

#include <dlfcn.h>
#include <fmt/format.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <cctype>
#include <cmath>

namespace fractus {
namespace {

// The C library's own clock_gettime, which reads the kernel's shared page: the one that a plain
// call binds to is interposed for handler code and would show the moved time.
using ClockGetTime = int (*)(clockid_t, timespec*);

ClockGetTime FindClockGetTime() {
  void* library = dlopen("libc.so.6", RTLD_LAZY | RTLD_NOLOAD);
  void* symbol = library ? dlsym(library, "clock_gettime") : nullptr;
  return reinterpret_cast<ClockGetTime>(symbol);
}

Time MachineTime() {
  static const ClockGetTime kClockGetTime = FindClockGetTime();
  timespec now{};
  if (kClockGetTime) {
    kClockGetTime(CLOCK_REALTIME, &now);
  } else {
    syscall(SYS_clock_gettime, CLOCK_REALTIME, &now);
  }
  return Time(std::chrono::seconds(now.tv_sec) + std::chrono::microseconds(now.tv_nsec / 1000));
}

struct CivilTime {
  int year;
  unsigned month, day, weekday;
  int hour, minute, second, millis;
};

CivilTime ToCivil(Time time) {
  const auto days = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(days);
  const std::chrono::hh_mm_ss clock(std::chrono::floor<std::chrono::milliseconds>(time - days));
  return {int(date.year()),
          unsigned(date.month()),
          unsigned(date.day()),
          std::chrono::weekday(days).c_encoding(),
          int(clock.hours().count()),
          int(clock.minutes().count()),
          int(clock.seconds().count()),
          int(clock.subseconds().count())};
}

constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                   "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr const char* kWeekdays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};

std::optional<int> Digits(std::string_view text, size_t at, size_t count) {
  if (at + count > text.size()) return std::nullopt;
  int value = 0;
  for (size_t i = at; i < at + count; ++i) {
    if (!std::isdigit(static_cast<unsigned char>(text[i]))) return std::nullopt;
    value = value * 10 + (text[i] - '0');
  }
  return value;
}

}  // namespace

Clock::Clock(std::optional<Time> start) {
  if (start) Store({false, *start - MachineTime()});
}

Clock::State Clock::Load() const {
  const int64_t word = state_.load(std::memory_order_acquire);
  return {(word & 1) != 0, Duration(word >> 1)};
}

void Clock::Store(State state) {
  state_.store(state.by.count() * 2 + (state.frozen ? 1 : 0), std::memory_order_release);
}

Time Clock::Now() const {
  const State state = Load();
  return state.frozen ? Time(state.by) : MachineTime() + state.by;
}

void Clock::Advance(Duration by) {
  {
    const std::lock_guard lock(mutex_);
    const State state = Load();
    Store({state.frozen, state.by + by});
  }
  Notify();
}

void Clock::Set(Time to) {
  {
    const std::lock_guard lock(mutex_);
    const bool stands = Load().frozen;
    Store({stands, stands ? to.time_since_epoch() : to - MachineTime()});
  }
  Notify();
}

void Clock::Freeze() {
  {
    const std::lock_guard lock(mutex_);
    if (!Load().frozen) Store({true, Now().time_since_epoch()});
  }
  Notify();
}

void Clock::Resume() {
  {
    const std::lock_guard lock(mutex_);
    const State state = Load();
    if (state.frozen) Store({false, Time(state.by) - MachineTime()});
  }
  Notify();
}

bool Clock::frozen() const { return Load().frozen; }

bool Clock::moved() const {
  const State state = Load();
  return state.frozen || state.by != Duration::zero();
}

Duration Clock::offset() const {
  const State state = Load();
  return state.frozen ? Time(state.by) - MachineTime() : state.by;
}

void Clock::OnMove(std::function<void()> subscriber) {
  const std::lock_guard lock(mutex_);
  subscribers_.push_back(std::move(subscriber));
}

void Clock::Notify() {
  std::vector<std::function<void()>> subscribers;
  {
    const std::lock_guard lock(mutex_);
    subscribers = subscribers_;
  }
  for (const auto& subscriber : subscribers) subscriber();
}

std::optional<Time> ParseIso8601(std::string_view text) {
  const auto year = Digits(text, 0, 4), month = Digits(text, 5, 2), day = Digits(text, 8, 2);
  if (!year || !month || !day || text[4] != '-' || text[7] != '-') return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(*year),
                                         std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok()) return std::nullopt;
  Time time = std::chrono::sys_days(date);
  if (text.size() == 10) return time;
  const auto hour = Digits(text, 11, 2), minute = Digits(text, 14, 2), second = Digits(text, 17, 2);
  if (!hour || !minute || !second || (text[10] != 'T' && text[10] != ' ') || text[13] != ':' ||
      text[16] != ':' || *hour > 23 || *minute > 59 || *second > 60) {
    return std::nullopt;
  }
  time += std::chrono::hours(*hour) + std::chrono::minutes(*minute) + std::chrono::seconds(*second);
  size_t at = 19;
  if (at < text.size() && text[at] == '.') {
    Duration unit = std::chrono::seconds(1);
    for (++at; at < text.size() && std::isdigit(static_cast<unsigned char>(text[at])); ++at) {
      unit /= 10;
      time += unit * (text[at] - '0');
    }
  }
  const auto zone = text.substr(at);
  if (zone.empty() || zone == "Z" || zone == "z") return time;
  const auto zone_hour = Digits(zone, 1, 2);
  const auto zone_minute = Digits(zone, zone.size() == 6 ? 4 : 3, 2);
  if ((zone[0] != '+' && zone[0] != '-') || !zone_hour || !zone_minute) return std::nullopt;
  const Duration shift = std::chrono::hours(*zone_hour) + std::chrono::minutes(*zone_minute);
  return zone[0] == '+' ? time - shift : time + shift;
}

std::optional<Duration> ParseDuration(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  if (text.empty()) return std::nullopt;
  Duration total{0};
  while (!text.empty()) {
    size_t digits = 0;
    long long number = 0;
    while (digits < text.size() && digits < 12 &&
           std::isdigit(static_cast<unsigned char>(text[digits]))) {
      number = number * 10 + (text[digits++] - '0');
    }
    if (digits == 0) return std::nullopt;
    text.remove_prefix(digits);
    if (text.starts_with("ms")) {
      total += std::chrono::milliseconds(number);
      text.remove_prefix(2);
      continue;
    }
    if (text.empty()) return std::nullopt;
    switch (text.front()) {
      case 's':
        total += std::chrono::seconds(number);
        break;
      case 'm':
        total += std::chrono::minutes(number);
        break;
      case 'h':
        total += std::chrono::hours(number);
        break;
      case 'd':
        total += std::chrono::days(number);
        break;
      default:
        return std::nullopt;
    }
    text.remove_prefix(1);
  }
  return negative ? -total : total;
}

std::string FormatIso8601(Time time) {
  const auto t = ToCivil(time);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", t.year, t.month, t.day, t.hour,
                     t.minute, t.second);
}

std::string FormatIso8601Millis(Time time) {
  const auto t = ToCivil(time);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", t.year, t.month, t.day, t.hour,
                     t.minute, t.second, t.millis);
}

std::string FormatHttpDate(Time time) {
  const auto t = ToCivil(time);
  return fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT", kWeekdays[t.weekday], t.day,
                     kMonths[t.month - 1], t.year, t.hour, t.minute, t.second);
}

std::string FormatCommonLogDate(Time time) {
  const auto t = ToCivil(time);
  return fmt::format("{:02}/{}/{:04}:{:02}:{:02}:{:02} +0000", t.day, kMonths[t.month - 1], t.year,
                     t.hour, t.minute, t.second);
}

double EpochSeconds(Time time) { return static_cast<double>(EpochMillis(time)) / 1000.0; }

long long EpochMillis(Time time) {
  return std::chrono::floor<std::chrono::milliseconds>(time).time_since_epoch().count();
}

Time FromEpochSeconds(double seconds) {
  return Time(Duration(static_cast<long long>(std::floor(seconds * 1e6))));
}

}  // namespace fractus
