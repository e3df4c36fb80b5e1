// Python inside the emulator's process: one sub-interpreter, with a thread of its own, for each
// execution environment.
#pragma once

#include <pthread.h>
#include <sys/types.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <future>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "lambdas/runtime/handler_clock.h"
#include "lambdas/runtime/python/channel.h"

// Python.h's own names, so that only interpreter.cpp needs it.
struct _is;
struct _ts;
struct _object;
struct PyModuleDef;

namespace fractus::lambdas::python {

class Interpreter;

// A sub-interpreter and its thread. The thread has its own table of file descriptors and its own
// current folder where the system allows, so that what the code opens, closes or writes to 1 and 2
// stays among its own.
class Tenant {
 public:
  // For Interpreter only.
  Tenant(Interpreter& home, std::string config, FarEnds ends, std::string folder);

  // The thread has come to its end.
  bool Ended() const { return ended_.load(); }
  bool WaitEnded(std::chrono::milliseconds limit);
  // The tenant runs code somebody waits for.
  void SetBusy();
  void SetIdle();
  bool Busy() const { return busy_.load(); }

 private:
  friend class Interpreter;

  void Main(const std::shared_ptr<Tenant>& self);
  // Own descriptors, own folder, own signals. Tells the starting thread.
  void SeparateThread();
  // False when Python could not make an interpreter.
  bool EnterInterpreter();
  void RunCode(const std::shared_ptr<Tenant>& self);
  void LeaveInterpreter(const std::shared_ptr<Tenant>& self);
  // Threads that the code started and that have not ended. With the GIL.
  bool OthersAlive() const;
  // Its handler shuts all sockets of the thread, so that blocking calls return.
  static int InterruptSignal();
  static void InstallInterruptSignal();

  Interpreter& home_;
  const std::string config_;
  const std::string folder_;
  FarEnds ends_;
  int channel_number_ = -1;
  int log_number_ = -1;
  pthread_t thread_{};
  pid_t thread_id_ = 0;

  std::mutex mutex_;
  std::condition_variable changed_;
  bool separated_ = false;
  bool own_descriptors_ = false;
  std::atomic<bool> ended_{false};
  std::atomic<bool> busy_{false};

  // Guarded by Interpreter::mutex_.
  _is* interpreter_ = nullptr;
  _object* timed_out_ = nullptr;
  std::chrono::steady_clock::time_point interrupt_until_{};
  bool abandoned_ = false;

  _ts* first_state_ = nullptr;
  _ts* state_ = nullptr;
};

// The process's Python. Never destroyed: extension modules could not stand it.
class Interpreter {
 public:
  // Starts Python on a thread of its own. Throws std::runtime_error when it cannot be started.
  explicit Interpreter(const std::string& boot_text);

  // Starts a thread that makes a sub-interpreter and runs boot.py with that configuration (JSON
  // text).
  std::shared_ptr<Tenant> Start(std::string config, FarEnds ends, std::string folder);
  // Raises TaskTimedOut in the tenant, ends its waits and children, again and again until it has
  // ended.
  void Interrupt(const std::shared_ptr<Tenant>& tenant);
  // Somebody has held the GIL for long without letting go: no Python code can run in this process.
  bool Frozen() const;
  // How many tenants' threads are alive.
  size_t Alive() const { return alive_.load(); }

 private:
  friend class Tenant;

  // Keeps the GIL going round between interpreters, and interrupts.
  void KeeperMain(const std::string& boot_text, std::promise<std::string> problem);
  // Asks whoever holds the GIL for it, as long as the keeper waits for it.
  void RequesterMain();
  void InterruptTenants(std::chrono::steady_clock::time_point now);
  void Register(const std::shared_ptr<Tenant>& tenant, _is* interpreter, _object* timed_out);
  void Unregister(const std::shared_ptr<Tenant>& tenant);
  // The tenant's own thread ends, but others of its interpreter go on for ever.
  void Abandon(const std::shared_ptr<Tenant>& tenant);
  // The keeper looks whether interpreters compete for the GIL.
  void WakeKeeper();
  // Imports into the main interpreter, which never ends, what all interpreters share. With its GIL.
  void LoadSharedModules();
  // Before the current interpreter ends: its end must not take the shared modules along.
  void ProtectSharedModules();

  HandlerClock clock_;
  _is* main_ = nullptr;
  _object* boot_code_bytes_ = nullptr;
  std::vector<PyModuleDef*> shared_modules_;

  // Taken after the GIL where both are needed.
  std::mutex mutex_;
  std::condition_variable wake_;
  std::condition_variable request_;
  bool keeper_waits_ = false;
  std::set<std::shared_ptr<Tenant>> tenants_;
  std::atomic<int> busy_{0};
  std::atomic<size_t> alive_{0};
  bool interrupts_ = false;
  // The keeper waits until it is woken.
  std::atomic<bool> keeper_asleep_{false};
  // Only one interpreter is made or ended at a time. Taken before the GIL.
  std::mutex births_and_deaths_;
  // Steady milliseconds since when the keeper waits for the GIL; 0 when it does not.
  std::atomic<int64_t> waiting_since_{0};
};

}  // namespace fractus::lambdas::python
