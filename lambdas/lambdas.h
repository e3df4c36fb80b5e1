// AWS Lambda: functions, their invocation, and the execution environments they run in.
#pragma once

#include <atomic>
#include <memory>
#include <string>

#include "emulator/core/blocking_pool.h"
#include "emulator/core/clock.h"
#include "emulator/core/clock_alarm.h"
#include "emulator/core/id_source.h"
#include "emulator/ports/function_invoker.h"
#include "emulator/ports/log_sink.h"
#include "emulator/service/operation_table.h"
#include "emulator/storage/database.h"
#include "lambdas/environment_pool.h"
#include "lambdas/event_queue.h"
#include "lambdas/function_store.h"
#include "lambdas/host_source.h"
#include "lambdas/settings.h"

namespace fractus::lambdas {

// All references must outlive it. Destroy it after the network threads have stopped and before
// their executor goes: callers that still wait for a handler are never answered then.
class Lambdas : public ports::FunctionInvoker {
 public:
  Lambdas(storage::Database& database, Clock& clock, IdSource& ids, ports::LogSink& logs,
          BlockingPool& blocking_pool, HostSource& hosts, const Settings& settings);
  ~Lambdas() override;

  // For the model "lambda".
  service::OperationTable Operations();

  boost::asio::awaitable<Result<ports::InvocationResult>> Invoke(
      ports::Invocation invocation) override;

  // Environments of the function that run and that wait, for tests and the emulator's own pages.
  EnvironmentPool::Count CountOf(const FunctionId& id) const { return pool_.CountOf(id); }
  // Events that failed and wait to be tried again.
  size_t CountRetries() const { return events_.CountRetries(); }

 private:
  // What both ways to invoke a function end in.
  struct Call {
    FunctionReference reference;
    std::string request_id;
    std::string payload;
    // JSON text or empty.
    std::string client_context;
    EnvironmentLog::Tail tail = EnvironmentLog::Tail::kDrop;
  };

  boost::asio::awaitable<Result<json>> InvokeOperation(Request request);
  boost::asio::awaitable<Result<ports::InvocationResult>> Run(Call call);
  void StartEvent(const QueuedEvent& event, EventQueue::Done done);
  Result<Work> Prepare(const FunctionReference& reference) const;
  int Unreserved(const FunctionId& id) const;
  std::string NewTraceId(Time now);
  std::optional<Time> Tick(Time now);

  Clock& clock_;
  IdSource& ids_;
  BlockingPool& blocking_pool_;
  const Settings settings_;
  FunctionStore store_;
  EnvironmentPool pool_;
  EventQueue events_;
  // False while the alarm does not know of idle environments: only then one that becomes idle pokes
  // it.
  std::shared_ptr<std::atomic<bool>> reclaim_planned_;
  std::unique_ptr<ClockAlarm> alarm_;
};

}  // namespace fractus::lambdas
