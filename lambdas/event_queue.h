// Invocations of type Event: accepted at once, run later, tried again when they fail.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "emulator/core/clock.h"
#include "emulator/ports/function_invoker.h"
#include "lambdas/function_name.h"

namespace fractus::lambdas {

struct QueuedEvent {
  FunctionReference function;
  std::string request_id;
  std::string payload;
  std::string client_context;
  std::string trace_id;
  Time accepted;
  // Failed runs, and refusals for want of concurrency, so far.
  int failures = 0;
  int throttles = 0;
};

// Differs from AWS: the queue is in memory, so events that wait are lost when the emulator ends.
// There are no dead-letter queues and no destinations: an event that is given up is named in the
// emulator's log. Source:
// https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
class EventQueue {
 public:
  // Starts a run; its result, or the refusal, goes to `done`, from any thread, also from within the
  // call.
  using Done = std::function<void(Result<ports::InvocationResult>)>;
  using Starter = std::function<void(const QueuedEvent& event, Done done)>;

  // At most that many events of a function run at the same time; the others wait their turn.
  static constexpr int kConcurrency = 16;
  static constexpr int kMostRetries = 2;

  EventQueue(Clock& clock, Starter start);
  // Events that still run are forgotten.
  ~EventQueue();

  // The time of the next retry changed. Call before the first Add.
  void OnChange(std::function<void()> listener);
  void Add(QueuedEvent event);
  // Starts the retries that are due; returns when the next one is.
  std::optional<Time> RunDue(Time now);
  // How many events wait for their retry.
  size_t CountRetries() const;

 private:
  struct State;

  const std::shared_ptr<State> state_;
};

}  // namespace fractus::lambdas
