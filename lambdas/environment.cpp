#include "lambdas/environment.h"

#include <fmt/format.h>
#include <pthread.h>
#include <sys/resource.h>

#include <algorithm>
#include <vector>

#include "emulator/core/log.h"
#include "lambdas/environment_variables.h"
#include "lambdas/outcome.h"

namespace fractus::lambdas {
namespace {

using Steady = std::chrono::steady_clock;

// Nobody waits any more and the executor may be gone: what the callback holds may not be touched,
// not even to free it.
void LeaveUnanswered(InvocationDone done) {
  static std::mutex mutex;
  static auto* const unanswered = new std::vector<InvocationDone>();
  const std::lock_guard lock(mutex);
  unanswered->push_back(std::move(done));
}

// Differs from AWS: what handlers in process use cannot be told apart: the REPORT line has the peak
// of the whole process, or the function's memory if that is less.
size_t MemoryInProcess(int memory_mb) {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return std::min(static_cast<size_t>(usage.ru_maxrss) << 10, static_cast<size_t>(memory_mb) << 20);
}

}  // namespace

Environment::Environment(std::shared_ptr<EnvironmentOwner> owner, Job first, Announce announce)
    : owner_(std::move(owner)),
      id_(first.work.function->id),
      version_(first.work.version),
      key_(id_.Arn(version_->version)),
      code_revision_(version_->code->revision()),
      announce_(announce),
      job_(std::move(first)) {}

void Environment::Give(Job job) {
  {
    const std::lock_guard lock(mutex_);
    job_ = std::move(job);
  }
  changed_.notify_one();
}

void Environment::Stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_one();
}

void Environment::Run() {
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

void Environment::Load(const Work& work) {
  log_ = std::make_shared<EnvironmentLog>(
      owner_->outlet, id_, version_->log_group,
      NewStreamName(owner_->outlet->Now(), version_->version, owner_->ids));
  EnvironmentSpec spec;
  spec.function_name = id_.name;
  spec.function_arn = id_.Arn();
  spec.version = version_->version;
  spec.handler = version_->handler;
  spec.runtime = version_->runtime;
  spec.code_folder = version_->code->folder();
  spec.variables = EnvironmentVariables(id_, *version_, log_->stream(), owner_->settings);
  spec.variables["_X_AMZN_TRACE_ID"] = work.trace_id;
  spec.memory_mb = version_->memory_mb;
  spec.timeout = std::chrono::seconds(version_->timeout_seconds);
  spec.log_group = version_->log_group;
  spec.log_stream = log_->stream();

  const auto begin = Steady::now();
  auto host = owner_->hosts.HostFor(version_->runtime);
  if (!host) {
    unusable_ = host.error();
    return;
  }
  log_->InitStarted(version_->runtime);
  instance_ = (*host)->Start(spec, [log = log_](std::string_view line) { log->Output(line); });
  init_duration_ = Steady::now() - begin;
  LogFirst(*init_duration_);
}

void Environment::LogFirst(std::chrono::nanoseconds init_duration) {
  if (announce_ == Announce::kNo) return;
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

void Environment::Serve(Job job) {
  Result<ports::InvocationResult> result = ports::InvocationResult();
  Condition condition = Condition::kSpent;
  try {
    if (!log_) Load(job.work);
    if (unusable_) {
      result = *unusable_;
    } else {
      condition = Execute(job.work, result);
    }
  } catch (const std::exception& failure) {
    Log(LogLevel::kError, "{}: {}", id_.name, failure.what());
    result = ApiError{"ServiceException", "The execution environment failed.", 500};
  }
  // Before the caller hears of it, so that the caller's next request finds the environment warm.
  const auto released = owner_->Release(shared_from_this(), job.work, condition);
  if (released != EnvironmentOwner::Released::kIdle) Stop();
  if (released == EnvironmentOwner::Released::kClosed) {
    LeaveUnanswered(std::move(job.done));
    return;
  }
  job.done(std::move(result));
}

Environment::Condition Environment::Execute(Work& work, Result<ports::InvocationResult>& result) {
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
  report.max_memory_bytes =
      outcome.max_memory_bytes != 0 ? outcome.max_memory_bytes : MemoryInProcess(report.memory_mb);
  Describe(outcome, work.request_id, timeout, owner_->outlet->Now(), *log_, report);
  const bool lives =
      outcome.kind == OutcomeKind::kAnswered || outcome.kind == OutcomeKind::kHandlerFailed;

  result = ToResult(std::move(outcome), work.request_id, timeout);
  result->request_id = work.request_id;
  result->executed_version = version_->version;
  result->log_tail = log_->Ended(work.request_id, report);
  return lives ? Condition::kReusable : Condition::kSpent;
}

}  // namespace fractus::lambdas
