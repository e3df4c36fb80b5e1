// One execution environment: a runtime instance, its log and the thread on which it runs.
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "emulator/core/id_source.h"
#include "emulator/ports/function_invoker.h"
#include "lambdas/environment_log.h"
#include "lambdas/function.h"
#include "lambdas/host_source.h"
#include "lambdas/settings.h"

namespace fractus::lambdas {

// One invocation to run.
struct Work {
  std::shared_ptr<const Function> function;
  std::shared_ptr<const FunctionVersion> version;
  // As the caller named the function: with the qualifier, if there was one.
  std::string invoked_arn;
  std::string request_id;
  std::string payload;
  // JSON text or empty.
  std::string client_context;
  std::string trace_id;
  EnvironmentLog::Tail tail = EnvironmentLog::Tail::kDrop;
};

// The invocation's result, or why no environment could be had. Called on the environment's thread,
// which it must not block.
using InvocationDone = std::function<void(Result<ports::InvocationResult>)>;

struct Job {
  Work work;
  InvocationDone done;
};

class Environment;

// What environments stand on, and whom they tell that they are free again. Shared by all
// environments of a room.
class EnvironmentOwner {
 public:
  EnvironmentOwner(HostSource& host_source, IdSource& id_source, const Settings& room_settings,
                   std::shared_ptr<LogOutlet> log_outlet)
      : hosts(host_source),
        ids(id_source),
        settings(room_settings),
        outlet(std::move(log_outlet)) {}
  virtual ~EnvironmentOwner() = default;

  HostSource& hosts;
  IdSource& ids;
  const Settings settings;
  const std::shared_ptr<LogOutlet> outlet;

  enum class Condition { kReusable, kSpent };
  // kIdle: the environment may be given work again, at once. kRetired: it is to end. kClosed:
  // nobody waits for results any more.
  enum class Released { kIdle, kRetired, kClosed };
  // The environment's invocation is over. Called on its thread.
  virtual Released Release(const std::shared_ptr<Environment>& environment, const Work& work,
                           Condition condition) = 0;
};

class Environment : public std::enable_shared_from_this<Environment> {
 public:
  // Whether the log shall name the way in which the code was loaded.
  enum class Announce { kYes, kNo };

  Environment(std::shared_ptr<EnvironmentOwner> owner, Job first, Announce announce);

  // The function's ARN with the version.
  const std::string& key() const { return key_; }
  const FunctionVersion& version() const { return *version_; }
  uint64_t code_revision() const { return code_revision_; }
  // The owner's, guarded by its lock.
  Time idle_since{};

  // The thread: returns after Stop.
  void Run();
  // The environment must be idle.
  void Give(Job job);
  // The thread ends once it has nothing to do.
  void Stop();

 private:
  using Condition = EnvironmentOwner::Condition;

  void Load(const Work& work);
  void Serve(Job job);
  Condition Execute(Work& work, Result<ports::InvocationResult>& result);
  void LogFirst(std::chrono::nanoseconds init_duration);

  const std::shared_ptr<EnvironmentOwner> owner_;
  const FunctionId id_;
  const std::shared_ptr<const FunctionVersion> version_;
  const std::string key_;
  const uint64_t code_revision_;
  const Announce announce_;

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

}  // namespace fractus::lambdas
