#include "emulator/core/clock_alarm.h"

#include <condition_variable>
#include <mutex>

namespace fractus {

struct ClockAlarm::State {
  std::mutex mutex;
  std::condition_variable changed;
  bool poked = false;
  bool stopping = false;

  void Poke() {
    {
      const std::lock_guard lock(mutex);
      poked = true;
    }
    changed.notify_all();
  }
};

ClockAlarm::ClockAlarm(Clock& clock, Tick tick)
    : clock_(clock), tick_(std::move(tick)), state_(std::make_shared<State>()) {
  clock_.OnMove([state = state_] { state->Poke(); });
  thread_ = std::thread([this] { Run(); });
}

ClockAlarm::~ClockAlarm() {
  {
    const std::lock_guard lock(state_->mutex);
    state_->stopping = true;
  }
  state_->changed.notify_all();
  thread_.join();
}

std::function<void()> ClockAlarm::Poker() const {
  return [state = state_] { state->Poke(); };
}

void ClockAlarm::Run() {
  std::unique_lock lock(state_->mutex);
  while (!state_->stopping) {
    state_->poked = false;
    lock.unlock();
    const auto next = tick_(clock_.Now());
    const bool frozen = clock_.frozen();
    const Duration left = next ? *next - clock_.Now() : Duration::zero();
    lock.lock();
    const auto woken = [this] { return state_->poked || state_->stopping; };
    // A clock that stands still wakes us only by being moved.
    if (!next || (frozen && left > Duration::zero())) {
      state_->changed.wait(lock, woken);
    } else if (left > Duration::zero()) {
      state_->changed.wait_for(lock, left, woken);
    }
  }
}

}  // namespace fractus
