#include "emulator/core/clock_alarm.h"

#include <gtest/gtest.h>

#include <atomic>

namespace fractus::lambdas {
namespace {

TEST(ClockAlarmTest, WakesWhenAClockThatStandsStillIsMovedFarEnough) {
  Clock clock;
  clock.Freeze();
  const Time due = clock.Now() + std::chrono::minutes(1);
  std::atomic<bool> rung = false;
  std::atomic<int> ticks = 0;
  ClockAlarm alarm(clock, [&](Time now) -> std::optional<Time> {
    ++ticks;
    ticks.notify_all();
    if (now < due) return due;
    rung = true;
    rung.notify_all();
    return std::nullopt;
  });
  ticks.wait(0);
  clock.Advance(std::chrono::seconds(30));
  EXPECT_FALSE(rung);
  clock.Advance(std::chrono::seconds(30));
  rung.wait(false);
}

TEST(ClockAlarmTest, PokingCallsAgain) {
  Clock clock;
  std::atomic<int> ticks = 0;
  ClockAlarm alarm(clock, [&](Time) -> std::optional<Time> {
    ++ticks;
    ticks.notify_all();
    return std::nullopt;
  });
  ticks.wait(0);
  const int before = ticks;
  alarm.Poker()();
  ticks.wait(before);
}

TEST(ClockAlarmTest, PokerAndClockOutliveTheAlarm) {
  Clock clock;
  std::function<void()> poke;
  {
    ClockAlarm alarm(clock, [](Time) { return std::optional<Time>(); });
    poke = alarm.Poker();
  }
  poke();
  clock.Advance(std::chrono::hours(1));
}

}  // namespace
}  // namespace fractus::lambdas
