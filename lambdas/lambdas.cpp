#include "lambdas/lambdas.h"

#include <fmt/format.h>

#include <filesystem>

#include "lambdas/operations.h"

namespace fractus::lambdas {

Lambdas::Lambdas(storage::Database& database, Clock& clock, IdSource& ids, ports::LogSink& logs,
                 BlockingPool& blocking_pool, HostSource& hosts, const Settings& settings)
    : clock_(clock),
      ids_(ids),
      blocking_pool_(blocking_pool),
      settings_(settings),
      store_(database.OpenRoom("lambda"),
             std::filesystem::absolute(std::filesystem::path(settings.data_folder) / "lambda-code")
                 .lexically_normal()
                 .string()),
      pool_(hosts, clock, ids, logs, settings),
      events_(clock, [this](const QueuedEvent& event,
                            EventQueue::Done done) { StartEvent(event, std::move(done)); }),
      reclaim_planned_(std::make_shared<std::atomic<bool>>(false)) {
  alarm_ = std::make_unique<ClockAlarm>(clock_, [this](Time now) { return Tick(now); });
  pool_.OnIdle([planned = reclaim_planned_, poke = alarm_->Poker()] {
    if (!planned->exchange(true)) poke();
  });
  events_.OnChange(alarm_->Poker());
}

Lambdas::~Lambdas() {
  // First what starts work, then what runs it.
  alarm_.reset();
}

std::optional<Time> Lambdas::Tick(Time now) {
  const auto next_retry = events_.RunDue(now);
  reclaim_planned_->store(false);
  const auto oldest = pool_.RetireIdle(now - settings_.keep_idle);
  if (!oldest) return next_retry;
  reclaim_planned_->store(true);
  // A microsecond later, since what is idle for exactly that long is kept.
  const Time reclaim = *oldest + settings_.keep_idle + Duration(1);
  return next_retry ? std::min(*next_retry, reclaim) : reclaim;
}

service::OperationTable Lambdas::Operations() {
  using ControlOperation = Result<json> (*)(const Control&, const Request&);
  static constexpr std::pair<const char*, ControlOperation> kOperations[] = {
      {"AddPermission", AddPermission},
      {"CreateAlias", CreateAlias},
      {"CreateFunction", CreateFunction},
      {"DeleteAlias", DeleteAlias},
      {"DeleteFunction", DeleteFunction},
      {"DeleteFunctionConcurrency", DeleteFunctionConcurrency},
      {"GetAccountSettings", GetAccountSettings},
      {"GetAlias", GetAlias},
      {"GetFunction", GetFunction},
      {"GetFunctionConcurrency", GetFunctionConcurrency},
      {"GetFunctionConfiguration", GetFunctionConfiguration},
      {"GetPolicy", GetPolicy},
      {"ListAliases", ListAliases},
      {"ListFunctions", ListFunctions},
      {"ListTags", ListTags},
      {"ListVersionsByFunction", ListVersionsByFunction},
      {"PublishVersion", PublishVersion},
      {"PutFunctionConcurrency", PutFunctionConcurrency},
      {"RemovePermission", RemovePermission},
      {"TagResource", TagResource},
      {"UntagResource", UntagResource},
      {"UpdateAlias", UpdateAlias},
      {"UpdateFunctionCode", UpdateFunctionCode},
      {"UpdateFunctionConfiguration", UpdateFunctionConfiguration},
  };
  service::OperationTable table;
  for (const auto& [name, run] : kOperations) {
    table[name] = service::Operation([this, run = run](const Request& request) {
      const Control control{store_, pool_, ids_};
      return run(control, request);
    });
  }
  table["Invoke"] = service::AsyncOperation(
      [this](Request request) { return InvokeOperation(std::move(request)); });
  return table;
}

}  // namespace fractus::lambdas
