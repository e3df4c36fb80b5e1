#include "lambdas/environment_pool.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <system_error>
#include <thread>
#include <unordered_map>
#include <vector>

#include "emulator/core/log.h"

namespace fractus::lambdas {
namespace {

// How long running handlers may hold up the emulator's end.
constexpr std::chrono::seconds kFarewell{2};

ApiError Throttled(const char* reason) {
  ApiError error{"TooManyRequestsException", "Rate Exceeded.", 429};
  error.extra["Reason"] = reason;
  error.extra["Type"] = "User";
  return error;
}

}  // namespace

struct EnvironmentPool::State : EnvironmentOwner {
  using EnvironmentOwner::EnvironmentOwner;

  struct Slot {
    // Most recently used last.
    std::vector<std::shared_ptr<Environment>> idle;
    // Older versions' environments do not become idle any more.
    uint64_t oldest_generation = 0;
    // Of the version whose first environment has been seen.
    uint64_t announced_generation = 0;

    void Retire(uint64_t older_than) {
      oldest_generation = older_than;
      std::erase_if(idle, [older_than](const std::shared_ptr<Environment>& environment) {
        if (environment->version().generation >= older_than) return false;
        environment->Stop();
        return true;
      });
    }
  };

  std::mutex mutex;
  std::condition_variable thread_ended;
  bool closed = false;
  int threads = 0;
  // By ARN with version; busy counts by ARN and by account and region.
  std::unordered_map<std::string, Slot> slots;
  std::unordered_map<std::string, int> busy;
  std::unordered_map<std::string, int> unreserved_busy;
  std::function<void()> on_idle;

  static std::string AccountKey(const FunctionId& id) { return id.account + id.region; }

  void Leave(const Work& work) {
    if (--busy[work.function->id.Arn()] == 0) busy.erase(work.function->id.Arn());
    if (!work.function->reserved_concurrency) --unreserved_busy[AccountKey(work.function->id)];
  }

  Released Release(const std::shared_ptr<Environment>& environment, const Work& work,
                   Condition condition) override {
    std::function<void()> listener;
    {
      const std::lock_guard lock(mutex);
      if (closed) return Released::kClosed;
      Leave(work);
      Slot& slot = slots[environment->key()];
      if (condition == Condition::kSpent ||
          environment->version().generation < slot.oldest_generation) {
        return Released::kRetired;
      }
      environment->idle_since = outlet->Now();
      slot.idle.push_back(environment);
      listener = on_idle;
    }
    if (listener) listener();
    return Released::kIdle;
  }

  // The environment that was used last and is up to date; stops those that are not.
  std::shared_ptr<Environment> TakeIdle(Slot& slot, const FunctionVersion& version) {
    while (!slot.idle.empty()) {
      auto environment = std::move(slot.idle.back());
      slot.idle.pop_back();
      const FunctionVersion& made_from = environment->version();
      if (made_from.generation >= version.generation &&
          made_from.code->revision() == environment->code_revision()) {
        return environment;
      }
      environment->Stop();
    }
    return nullptr;
  }

  // All slots of a function, whichever the version.
  template <class Visit>
  void ForSlots(const FunctionId& id, Visit visit) {
    const std::string prefix = id.Arn() + ":";
    for (auto& [key, slot] : slots) {
      if (key.starts_with(prefix)) visit(slot);
    }
  }
};

EnvironmentPool::EnvironmentPool(HostSource& hosts, Clock& clock, IdSource& ids,
                                 ports::LogSink& sink, const Settings& settings)
    : state_(std::make_shared<State>(hosts, ids, settings,
                                     std::make_shared<LogOutlet>(clock, sink))) {}

EnvironmentPool::~EnvironmentPool() {
  std::unique_lock lock(state_->mutex);
  state_->closed = true;
  state_->on_idle = nullptr;
  for (auto& [key, slot] : state_->slots) {
    for (const auto& environment : slot.idle) environment->Stop();
    slot.idle.clear();
  }
  state_->thread_ended.wait_for(lock, kFarewell, [this] { return state_->threads == 0; });
  if (state_->threads > 0) {
    Log(LogLevel::kWarning, "{} handlers were still running and were left behind.",
        state_->threads);
  }
  lock.unlock();
  state_->outlet->Close();
}

std::optional<ApiError> EnvironmentPool::Start(Work work, int unreserved, InvocationDone done) {
  const auto function = work.function;
  const FunctionId& id = function->id;
  const auto& reserved = function->reserved_concurrency;
  const std::string arn = id.Arn();
  const std::lock_guard lock(state_->mutex);
  if (state_->closed) return ApiError{"ServiceException", "The emulator is stopping.", 500};
  int& busy = state_->busy[arn];
  int& unreserved_busy = state_->unreserved_busy[State::AccountKey(id)];
  if (reserved && busy >= *reserved) {
    return Throttled("ReservedFunctionConcurrentInvocationLimitExceeded");
  }
  if (!reserved && unreserved_busy >= unreserved) {
    return Throttled("ConcurrentInvocationLimitExceeded");
  }
  ++busy;
  if (!reserved) ++unreserved_busy;

  State::Slot& slot = state_->slots[arn + ":" + work.version->version];
  Job job{std::move(work), std::move(done)};
  if (auto environment = state_->TakeIdle(slot, *job.work.version)) {
    environment->Give(std::move(job));
    return std::nullopt;
  }
  const uint64_t generation = job.work.version->generation;
  const auto announce = slot.announced_generation == generation ? Environment::Announce::kNo
                                                                : Environment::Announce::kYes;
  slot.announced_generation = generation;
  auto environment = std::make_shared<Environment>(state_, std::move(job), announce);
  auto run = [environment, state = state_]() mutable {
    environment->Run();
    environment.reset();
    const std::lock_guard end_lock(state->mutex);
    --state->threads;
    state->thread_ended.notify_all();
  };
  try {
    std::thread(std::move(run)).detach();
    ++state_->threads;
  } catch (const std::system_error&) {
    --busy;
    if (!reserved) --unreserved_busy;
    return ApiError{"ServiceException", "The machine has no thread left for an environment.", 500};
  }
  return std::nullopt;
}

void EnvironmentPool::RetireOlder(const FunctionId& id, const FunctionVersion& version) {
  const std::lock_guard lock(state_->mutex);
  state_->slots[id.Arn(version.version)].Retire(version.generation);
}

void EnvironmentPool::RetireAll(const Function& function) {
  uint64_t newest = function.latest->generation;
  for (const auto& [number, version] : function.versions) {
    newest = std::max(newest, version->generation);
  }
  const std::lock_guard lock(state_->mutex);
  state_->ForSlots(function.id, [newest](State::Slot& slot) { slot.Retire(newest + 1); });
}

std::optional<Time> EnvironmentPool::RetireIdle(Time before) {
  std::optional<Time> oldest;
  const std::lock_guard lock(state_->mutex);
  for (auto& [key, slot] : state_->slots) {
    std::erase_if(slot.idle, [&](const std::shared_ptr<Environment>& environment) {
      if (environment->idle_since < before) {
        environment->Stop();
        return true;
      }
      if (!oldest || environment->idle_since < *oldest) oldest = environment->idle_since;
      return false;
    });
  }
  return oldest;
}

void EnvironmentPool::OnIdle(std::function<void()> listener) {
  const std::lock_guard lock(state_->mutex);
  state_->on_idle = std::move(listener);
}

EnvironmentPool::Count EnvironmentPool::CountOf(const FunctionId& id) const {
  Count count;
  const std::lock_guard lock(state_->mutex);
  if (const auto found = state_->busy.find(id.Arn()); found != state_->busy.end()) {
    count.busy = found->second;
  }
  state_->ForSlots(id,
                   [&](State::Slot& slot) { count.idle += static_cast<int>(slot.idle.size()); });
  return count;
}

}  // namespace fractus::lambdas
