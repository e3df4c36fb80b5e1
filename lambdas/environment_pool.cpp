#include "lambdas/environment_pool.h"

#include <fmt/format.h>
#include <pthread.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <system_error>
#include <thread>
#include <unordered_map>
#include <vector>

#include "emulator/core/log.h"
#include "lambdas/environment_variables.h"
#include "lambdas/outcome.h"

namespace fractus::lambdas {
namespace {

using Steady = std::chrono::steady_clock;

// How long running handlers may hold up the emulator's end.
constexpr std::chrono::seconds kFarewell{2};

ApiError Throttled(const char* reason) {
  ApiError error{"TooManyRequestsException", "Rate Exceeded.", 429};
  error.extra["Reason"] = reason;
  error.extra["Type"] = "User";
  return error;
}

struct Job {
  Work work;
  EnvironmentPool::Done done;
};

// Nobody waits any more and the executor may be gone: what the callback holds may not be touched,
// not even to free it.
void LeaveUnanswered(EnvironmentPool::Done done) {
  static std::mutex mutex;
  static auto* const unanswered = new std::vector<EnvironmentPool::Done>();
  const std::lock_guard lock(mutex);
  unanswered->push_back(std::move(done));
}

}  // namespace

// A runtime instance and its thread. The thread keeps it alive.
class EnvironmentPool::Environment : public std::enable_shared_from_this<Environment> {
 public:
  Environment(std::shared_ptr<State> state, Job first);

  const std::string& key() const { return key_; }
  const FunctionVersion& version() const { return *version_; }
  uint64_t code_revision() const { return code_revision_; }

  // Members that the pool's lock guards.
  Time idle_since{};
  bool first_of_version = false;

  // The environment must be idle.
  void Give(Job job);
  // The thread ends once it has nothing to do.
  void Stop();
  void Run();

 private:
  enum class After { kReuse, kEnd };

  void Load(const Work& work);
  void Serve(Job job);
  After Execute(Work& work, Result<ports::InvocationResult>& result);
  void LogFirst(std::chrono::nanoseconds init_duration);

  const std::shared_ptr<State> state_;
  const FunctionId id_;
  const std::shared_ptr<const FunctionVersion> version_;
  const std::string key_;
  const uint64_t code_revision_;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<Job> job_;
  bool stopping_ = false;

  // The thread's own.
  std::shared_ptr<EnvironmentLog> log_;
  std::unique_ptr<ExecutionEnvironment> instance_;
  std::optional<ApiError> unusable_;
  std::optional<std::chrono::nanoseconds> init_duration_;
};

struct EnvironmentPool::State {
  State(HostSource& host_source, IdSource& id_source, const Settings& room_settings)
      : hosts(host_source), ids(id_source), settings(room_settings) {}

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

  HostSource& hosts;
  IdSource& ids;
  const Settings settings;
  std::shared_ptr<LogOutlet> outlet;

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

  enum class Released { kIdle, kRetired, kClosed };

  // The environment's invocation is over.
  Released Release(const std::shared_ptr<Environment>& environment, const Work& work, bool reuse) {
    std::function<void()> listener;
    {
      const std::lock_guard lock(mutex);
      if (closed) return Released::kClosed;
      Leave(work);
      Slot& slot = slots[environment->key()];
      if (!reuse || environment->version().generation < slot.oldest_generation) {
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

EnvironmentPool::Environment::Environment(std::shared_ptr<State> state, Job first)
    : state_(std::move(state)),
      id_(first.work.function->id),
      version_(first.work.version),
      key_(id_.Arn(version_->version)),
      code_revision_(version_->code->revision()),
      job_(std::move(first)) {}

void EnvironmentPool::Environment::Give(Job job) {
  {
    const std::lock_guard lock(mutex_);
    job_ = std::move(job);
  }
  changed_.notify_one();
}

void EnvironmentPool::Environment::Stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_one();
}

void EnvironmentPool::Environment::Run() {
  pthread_setname_np(pthread_self(), ("fn:" + id_.name).substr(0, 15).c_str());
  for (;;) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return job_ || stopping_; });
    if (!job_) break;
    Job job = *std::move(job_);
    job_.reset();
    lock.unlock();
    Serve(std::move(job));
  }
  instance_.reset();
}

void EnvironmentPool::Environment::Load(const Work& work) {
  log_ = std::make_shared<EnvironmentLog>(
      state_->outlet, id_, version_->log_group,
      NewStreamName(state_->outlet->Now(), version_->version, state_->ids));
  EnvironmentSpec spec;
  spec.function_name = id_.name;
  spec.function_arn = id_.Arn();
  spec.version = version_->version;
  spec.handler = version_->handler;
  spec.runtime = version_->runtime;
  spec.code_folder = version_->code->folder();
  spec.variables = EnvironmentVariables(id_, *version_, log_->stream(), state_->settings);
  spec.variables["_X_AMZN_TRACE_ID"] = work.trace_id;
  spec.memory_mb = version_->memory_mb;
  spec.timeout = std::chrono::seconds(version_->timeout_seconds);
  spec.log_group = version_->log_group;
  spec.log_stream = log_->stream();

  const auto begin = Steady::now();
  auto host = state_->hosts.HostFor(version_->runtime);
  if (!host) {
    unusable_ = host.error();
    return;
  }
  log_->InitStarted(version_->runtime);
  instance_ = (*host)->Start(spec, [log = log_](std::string_view line) { log->Output(line); });
  init_duration_ = Steady::now() - begin;
  LogFirst(*init_duration_);
}

void EnvironmentPool::Environment::LogFirst(std::chrono::nanoseconds init_duration) {
  if (!first_of_version) return;
  const std::string how =
      fmt::format("({}, {} ms)", version_->runtime,
                  std::chrono::duration_cast<std::chrono::milliseconds>(init_duration).count());
  if (instance_->isolation() == Isolation::kInProcess) {
    Log(LogLevel::kInfo, "{}: loaded in process {}", id_.name, how);
    return;
  }
  const std::string reason = instance_->isolation_reason();
  Log(LogLevel::kInfo, "{}: loaded in a worker process {}{}{}", id_.name, how,
      reason.empty() ? "" : ": ", reason);
}

void EnvironmentPool::Environment::Serve(Job job) {
  Result<ports::InvocationResult> result = ports::InvocationResult();
  After after = After::kEnd;
  try {
    if (!log_) Load(job.work);
    if (unusable_) {
      result = *unusable_;
    } else {
      after = Execute(job.work, result);
    }
  } catch (const std::exception& failure) {
    Log(LogLevel::kError, "{}: {}", id_.name, failure.what());
    result = ApiError{"ServiceException", "The execution environment failed.", 500};
  }
  // Before the caller hears of it, so that the caller's next request finds the environment warm.
  const auto released = state_->Release(shared_from_this(), job.work, after == After::kReuse);
  if (released != State::Released::kIdle) Stop();
  if (released == State::Released::kClosed) {
    LeaveUnanswered(std::move(job.done));
    return;
  }
  job.done(std::move(result));
}

EnvironmentPool::Environment::After EnvironmentPool::Environment::Execute(
    Work& work, Result<ports::InvocationResult>& result) {
  const std::chrono::seconds timeout(version_->timeout_seconds);
  InvokeInput input;
  input.request_id = work.request_id;
  input.payload = std::move(work.payload);
  input.client_context = std::move(work.client_context);
  input.invoked_function_arn = std::move(work.invoked_arn);
  input.trace_id = std::move(work.trace_id);

  log_->Started(work.request_id, version_->version, work.tail);
  const auto begin = Steady::now();
  input.deadline = begin + timeout;
  InvokeOutcome outcome = instance_->Invoke(input);

  InvocationReport report;
  report.duration = Steady::now() - begin;
  report.init_duration = std::exchange(init_duration_, std::nullopt);
  report.memory_mb = version_->memory_mb;
  report.max_memory_bytes = outcome.max_memory_bytes;
  Describe(outcome, work.request_id, timeout, state_->outlet->Now(), *log_, report);
  const bool lives =
      outcome.kind == OutcomeKind::kAnswered || outcome.kind == OutcomeKind::kHandlerFailed;

  result = ToResult(std::move(outcome), work.request_id, timeout);
  result->request_id = work.request_id;
  result->executed_version = version_->version;
  result->log_tail = log_->Ended(work.request_id, report);
  return lives ? After::kReuse : After::kEnd;
}

EnvironmentPool::EnvironmentPool(HostSource& hosts, Clock& clock, IdSource& ids,
                                 ports::LogSink& sink, const Settings& settings)
    : state_(std::make_shared<State>(hosts, ids, settings)) {
  state_->outlet = std::make_shared<LogOutlet>(clock, sink);
}

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

std::optional<ApiError> EnvironmentPool::Start(Work work, int unreserved, Done done) {
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
  auto environment = std::make_shared<Environment>(state_, std::move(job));
  environment->first_of_version = slot.announced_generation != generation;
  slot.announced_generation = generation;
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
