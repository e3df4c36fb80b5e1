// A thread that does work when the emulator's clock says so, also when the clock is moved by hand.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <thread>

#include "emulator/core/clock.h"

namespace fractus {

class ClockAlarm {
 public:
  // Does what is due and returns when it wants to be called next; nothing: not before it is poked.
  using Tick = std::function<std::optional<Time>(Time now)>;

  ClockAlarm(Clock& clock, Tick tick);
  // Waits for a running tick.
  ~ClockAlarm();
  ClockAlarm(const ClockAlarm&) = delete;
  ClockAlarm& operator=(const ClockAlarm&) = delete;

  // A function that says there is something new to look at. Thread-safe, does not wait, may outlive
  // the alarm.
  std::function<void()> Poker() const;

 private:
  struct State;

  void Run();

  Clock& clock_;
  const Tick tick_;
  // Shared with the clock's subscription, which outlives us.
  const std::shared_ptr<State> state_;
  std::thread thread_;
};

}  // namespace fractus
