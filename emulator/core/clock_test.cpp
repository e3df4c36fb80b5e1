#include "emulator/core/clock.h"

#include <gtest/gtest.h>

namespace fractus {
namespace {

using namespace std::chrono_literals;

TEST(ClockTest, AFrozenClockStandsStillAndMovesOnlyWhenTold) {
  Clock clock;
  clock.Freeze();
  clock.Set(*ParseIso8601("2026-01-01T00:00:00Z"));
  EXPECT_EQ(FormatIso8601(clock.Now()), "2026-01-01T00:00:00Z");
  clock.Advance(10min);
  EXPECT_EQ(FormatIso8601(clock.Now()), "2026-01-01T00:10:00Z");
}

TEST(ClockTest, ARunningClockKeepsItsOffset) {
  Clock clock;
  EXPECT_FALSE(clock.moved());
  clock.Set(*ParseIso8601("2030-06-01T12:00:00Z"));
  EXPECT_TRUE(clock.moved());
  EXPECT_GE(clock.Now(), *ParseIso8601("2030-06-01T12:00:00Z"));
  EXPECT_LT(clock.Now(), *ParseIso8601("2030-06-01T13:00:00Z"));
}

TEST(ClockTest, SubscribersHearOfEveryMove) {
  Clock clock;
  int moves = 0;
  clock.OnMove([&] { ++moves; });
  clock.Freeze();
  clock.Advance(1s);
  clock.Set(Time{});
  clock.Resume();
  EXPECT_EQ(moves, 4);
}

TEST(ClockTest, TimesAreReadInAllTheFormsOfIso8601ThatClientsSend) {
  const Time time = *ParseIso8601("2026-11-21T03:04:05Z");
  EXPECT_EQ(ParseIso8601("2026-11-21T03:04:05.250Z"), time + 250ms);
  EXPECT_EQ(ParseIso8601("2026-11-21T05:04:05+02:00"), time);
  EXPECT_EQ(ParseIso8601("2026-11-20T22:04:05-0500"), time);
  EXPECT_EQ(ParseIso8601("2026-11-21"), std::chrono::floor<std::chrono::days>(time));
  for (const char* wrong : {"", "yesterday", "2026-13-01T00:00:00Z", "2026-02-30",
                            "2026-11-21T25:00:00Z", "2026-11-21T03:04:05X"}) {
    EXPECT_FALSE(ParseIso8601(wrong)) << wrong;
  }
}

TEST(ClockTest, DurationsAreSumsOfTheirParts) {
  EXPECT_EQ(ParseDuration("10m"), Duration(10min));
  EXPECT_EQ(ParseDuration("1h30m"), Duration(90min));
  EXPECT_EQ(ParseDuration("-500ms"), Duration(-500ms));
  EXPECT_EQ(ParseDuration("2d"), Duration(48h));
  for (const char* wrong : {"", "10", "m", "10x", "1.5h"})
    EXPECT_FALSE(ParseDuration(wrong)) << wrong;
}

TEST(ClockTest, DatesHaveTheFormOfHeadersAndAccessLogs) {
  const Time time = *ParseIso8601("2026-01-02T03:04:05.678Z");
  EXPECT_EQ(FormatHttpDate(time), "Fri, 02 Jan 2026 03:04:05 GMT");
  EXPECT_EQ(FormatCommonLogDate(time), "02/Jan/2026:03:04:05 +0000");
  EXPECT_EQ(FormatIso8601Millis(time), "2026-01-02T03:04:05.678Z");
  EXPECT_EQ(EpochSeconds(time), 1767323045.678);
}

}  // namespace
}  // namespace fractus
