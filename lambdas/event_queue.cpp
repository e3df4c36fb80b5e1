#include "lambdas/event_queue.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "emulator/core/log.h"

namespace fractus::lambdas {
namespace {

constexpr std::chrono::minutes kRetryAfter[] = {std::chrono::minutes(1), std::chrono::minutes(2)};
constexpr std::chrono::seconds kFirstThrottleWait{1};
constexpr std::chrono::minutes kLongestThrottleWait{5};
constexpr std::chrono::hours kMostAge{6};

Duration ThrottleWait(int throttles) {
  return std::min<Duration>(kFirstThrottleWait * (1 << std::min(throttles, 10)),
                            kLongestThrottleWait);
}

}  // namespace

// Shared with the runs that are on their way.
struct EventQueue::State : std::enable_shared_from_this<EventQueue::State> {
  struct Lane {
    int running = 0;
    // Somebody is in Pump: a run that is refused at once must not call it again from within.
    bool pumping = false;
    std::deque<QueuedEvent> waiting;
  };

  Clock& clock;
  const Starter start;
  std::mutex mutex;
  bool closed = false;
  std::function<void()> on_change;
  std::map<FunctionId, Lane> lanes;
  std::multimap<Time, QueuedEvent> retries;

  State(Clock& room_clock, Starter starter) : clock(room_clock), start(std::move(starter)) {}

  // Starts what may run of the lane, without the lock held.
  void Pump(const FunctionId& id) {
    {
      const std::lock_guard lock(mutex);
      if (std::exchange(lanes[id].pumping, true)) return;
    }
    for (;;) {
      std::optional<QueuedEvent> event;
      {
        const std::lock_guard lock(mutex);
        Lane& lane = lanes[id];
        if (closed || lane.waiting.empty() || lane.running >= kConcurrency) {
          lane.pumping = false;
          return;
        }
        event = std::move(lane.waiting.front());
        lane.waiting.pop_front();
        ++lane.running;
      }
      auto shared = std::make_shared<QueuedEvent>(*std::move(event));
      start(*shared, [self = shared_from_this(), shared](Result<ports::InvocationResult> result) {
        self->Finished(*shared, result);
      });
    }
  }

  void Finished(QueuedEvent event, const Result<ports::InvocationResult>& result) {
    const FunctionId id = event.function.id;
    bool changed = false;
    {
      const std::lock_guard lock(mutex);
      if (closed) return;
      --lanes[id].running;
      if (const auto wait = RetryIn(event, result)) {
        retries.emplace(clock.Now() + *wait, std::move(event));
        changed = true;
      }
    }
    if (changed && on_change) on_change();
    Pump(id);
  }

  // How long to wait before the event runs again; nothing when it is over.
  std::optional<Duration> RetryIn(QueuedEvent& event,
                                  const Result<ports::InvocationResult>& result) {
    if (result && result->function_error.empty()) return std::nullopt;
    const std::string arn = event.function.Arn();
    if (!result && result.error().code == "ResourceNotFoundException") {
      Log(LogLevel::kWarning, "Event {} for {} was dropped: the function is gone.",
          event.request_id, arn);
      return std::nullopt;
    }
    if (clock.Now() - event.accepted >= kMostAge) {
      Log(LogLevel::kWarning, "Event {} for {} was dropped: it is six hours old.", event.request_id,
          arn);
      return std::nullopt;
    }
    // A refusal is not a failed run: AWS tries again until the event is too old.
    if (!result) return ThrottleWait(event.throttles++);
    if (event.failures < kMostRetries) return kRetryAfter[event.failures++];
    Log(LogLevel::kWarning, "Event {} for {} was dropped: the function failed {} times.",
        event.request_id, arn, kMostRetries + 1);
    return std::nullopt;
  }
};

EventQueue::EventQueue(Clock& clock, Starter start)
    : state_(std::make_shared<State>(clock, std::move(start))) {}

EventQueue::~EventQueue() {
  const std::lock_guard lock(state_->mutex);
  state_->closed = true;
}

void EventQueue::OnChange(std::function<void()> listener) {
  state_->on_change = std::move(listener);
}

void EventQueue::Add(QueuedEvent event) {
  const FunctionId id = event.function.id;
  {
    const std::lock_guard lock(state_->mutex);
    state_->lanes[id].waiting.push_back(std::move(event));
  }
  state_->Pump(id);
}

size_t EventQueue::CountRetries() const {
  const std::lock_guard lock(state_->mutex);
  return state_->retries.size();
}

std::optional<Time> EventQueue::RunDue(Time now) {
  std::vector<FunctionId> due;
  std::optional<Time> next;
  {
    const std::lock_guard lock(state_->mutex);
    auto& retries = state_->retries;
    while (!retries.empty() && retries.begin()->first <= now) {
      auto node = retries.extract(retries.begin());
      due.push_back(node.mapped().function.id);
      state_->lanes[due.back()].waiting.push_back(std::move(node.mapped()));
    }
    if (!retries.empty()) next = retries.begin()->first;
  }
  for (const auto& id : due) state_->Pump(id);
  return next;
}

}  // namespace fractus::lambdas
