#include <Python.h>
#include <marshal.h>
// Python.h first, as it asks for.
#include <signal.h>
#include <unistd.h>

#include <cstdlib>
#include <stdexcept>
#include <thread>

#include "lambdas/runtime/python/gil_request.h"
#include "lambdas/runtime/python/interpreter.h"
#include "lambdas/runtime/python/sources.h"

namespace fractus::lambdas::python {
namespace {

using Steady = std::chrono::steady_clock;
using std::chrono::milliseconds;

// How often the GIL is made to change hands while interpreters compete for it.
constexpr milliseconds kTick{4};
constexpr milliseconds kRequestEvery{2};
constexpr int kQuietTicks = 25;
constexpr milliseconds kInterruptEvery{20};
constexpr milliseconds kInterruptFor{30'000};
constexpr int64_t kFrozenAfterMillis = 1000;

int64_t SteadyMillis() {
  return std::chrono::duration_cast<milliseconds>(Steady::now().time_since_epoch()).count();
}

bool InitializePython(std::string& problem) {
  // A handler's clock is UTC, as on AWS. libc's time zone belongs to the process: set it before
  // Python reads it.
  setenv("TZ", "UTC", 1);
  tzset();
  const auto failed = [&](PyStatus status) {
    if (!PyStatus_Exception(status)) return false;
    problem = status.err_msg != nullptr ? status.err_msg : "Python could not be started";
    return true;
  };
  PyPreConfig before;
  PyPreConfig_InitIsolatedConfig(&before);
  before.utf8_mode = 1;
  if (failed(Py_PreInitialize(&before))) return false;
  PyConfig config;
  PyConfig_InitIsolatedConfig(&config);
  config.site_import = 0;
  config.install_signal_handlers = 0;
  config.write_bytecode = 0;
  config.pathconfig_warnings = 0;
  PyStatus status = PyConfig_SetString(&config, &config.program_name, L"/usr/bin/python3");
  if (!PyStatus_Exception(status)) status = Py_InitializeFromConfig(&config);
  PyConfig_Clear(&config);
  return !failed(status);
}

PyObject* CompileToBytes(const std::string& text) {
  PyObject* code = Py_CompileString(text.c_str(), kBootFile, Py_file_input);
  if (code == nullptr) return nullptr;
  PyObject* bytes = PyMarshal_WriteObjectToString(code, Py_MARSHAL_VERSION);
  Py_DECREF(code);
  return bytes;
}

}  // namespace

Interpreter::Interpreter(const std::string& boot_text) {
  Tenant::InstallInterruptSignal();
  std::promise<std::string> problem;
  auto answer = problem.get_future();
  std::thread([this, boot_text, problem = std::move(problem)]() mutable {
    KeeperMain(boot_text, std::move(problem));
  }).detach();
  if (const auto text = answer.get(); !text.empty()) throw std::runtime_error(text);
}

std::shared_ptr<Tenant> Interpreter::Start(std::string config, FarEnds ends, std::string folder) {
  auto tenant =
      std::make_shared<Tenant>(*this, std::move(config), std::move(ends), std::move(folder));
  ++alive_;
  tenant->SetBusy();
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  // Deep recursion in C code of a handler (JSON, repr) has no other limit.
  pthread_attr_setstacksize(&attributes, 16 << 20);
  auto argument = std::make_unique<std::shared_ptr<Tenant>>(tenant);
  const auto main = [](void* given) -> void* {
    const std::unique_ptr<std::shared_ptr<Tenant>> self(
        static_cast<std::shared_ptr<Tenant>*>(given));
    (*self)->Main(*self);
    return nullptr;
  };
  std::unique_lock lock(tenant->mutex_);
  const int result = pthread_create(&tenant->thread_, &attributes, main, argument.get());
  pthread_attr_destroy(&attributes);
  if (result != 0) {
    --alive_;
    tenant->SetIdle();
    throw std::runtime_error("the system gives no thread for another environment");
  }
  argument.release();
  tenant->changed_.wait(lock, [&] { return tenant->separated_; });
  // The new thread has them in a table of its own; in ours they would keep the pipes open.
  if (tenant->own_descriptors_) tenant->ends_ = FarEnds();
  return tenant;
}

void Interpreter::Interrupt(const std::shared_ptr<Tenant>& tenant) {
  const std::lock_guard lock(mutex_);
  tenant->interrupt_until_ = Steady::now() + kInterruptFor;
  interrupts_ = true;
  wake_.notify_one();
}

bool Interpreter::Frozen() const {
  const int64_t since = waiting_since_.load();
  return since != 0 && SteadyMillis() - since > kFrozenAfterMillis;
}

void Interpreter::WakeKeeper() {
  if (!keeper_asleep_.load() || alive_.load() < 2) return;
  const std::lock_guard lock(mutex_);
  wake_.notify_one();
}

void Interpreter::Register(const std::shared_ptr<Tenant>& tenant, _is* interpreter,
                           _object* timed_out) {
  const std::lock_guard lock(mutex_);
  tenant->interpreter_ = interpreter;
  tenant->timed_out_ = timed_out;
  tenants_.insert(tenant);
  // Interrupted before there was anything to interrupt.
  if (tenant->interrupt_until_ > Steady::now()) {
    interrupts_ = true;
    wake_.notify_one();
  }
}

void Interpreter::Unregister(const std::shared_ptr<Tenant>& tenant) {
  const std::lock_guard lock(mutex_);
  tenants_.erase(tenant);
}

void Interpreter::Abandon(const std::shared_ptr<Tenant>& tenant) {
  const std::lock_guard lock(mutex_);
  tenant->abandoned_ = true;
  tenants_.insert(tenant);
}

void Interpreter::KeeperMain(const std::string& boot_text, std::promise<std::string> answer) {
  std::string problem;
  if (!InitializePython(problem)) return answer.set_value(problem);
  main_ = PyInterpreterState_Get();
  LoadSharedModules();
  boot_code_bytes_ = CompileToBytes(boot_text);
  if (boot_code_bytes_ == nullptr) {
    PyErr_Print();
    problem = "boot.py does not compile";
  }
  PyThreadState* state = PyEval_SaveThread();
  answer.set_value(problem);
  if (!problem.empty()) return;
  std::thread([this] { RequesterMain(); }).detach();

  int quiet_ticks = 0;
  while (true) {
    {
      std::unique_lock lock(mutex_);
      const auto competing = [this] { return busy_.load() > 0 && alive_.load() > 1; };
      quiet_ticks = competing() ? 0 : quiet_ticks + 1;
      if (interrupts_) {
        wake_.wait_for(lock, competing() ? kTick : kInterruptEvery);
      } else if (quiet_ticks < kQuietTicks) {
        wake_.wait_for(lock, kTick);
      } else {
        keeper_asleep_.store(true);
        wake_.wait(lock, [&] { return interrupts_ || competing(); });
        keeper_asleep_.store(false);
        quiet_ticks = 0;
      }
      keeper_waits_ = true;
      request_.notify_one();
    }
    waiting_since_.store(SteadyMillis());
    PyEval_RestoreThread(state);
    waiting_since_.store(0);
    {
      // While the GIL is held: nobody may be asked for it once nobody waits for it any more.
      const std::lock_guard lock(mutex_);
      keeper_waits_ = false;
    }
    InterruptTenants(Steady::now());
    PyEval_SaveThread();
  }
}

void Interpreter::RequesterMain() {
  // Once would not do: the GIL may go to another interpreter, which has then forgotten that it was
  // asked.
  std::unique_lock lock(mutex_);
  while (true) {
    request_.wait(lock, [this] { return keeper_waits_; });
    for (const auto& tenant : tenants_) fractus_request_gil(tenant->interpreter_);
    request_.wait_for(lock, kRequestEvery, [this] { return !keeper_waits_; });
  }
}

void Interpreter::LoadSharedModules() {
  // Built into libpython, with one state for all interpreters: initialized once, they are copied
  // into each. An interpreter that ends would delete what is copied, and the next one would
  // initialize them again under those alive.
  for (const char* name : {"_datetime", "_socket"}) {
    PyObject* module = PyImport_ImportModule(name);
    if (module != nullptr) shared_modules_.push_back(PyModule_GetDef(module));
    PyErr_Clear();
  }
  // datetime keeps the _strptime module of the interpreter that first calls strptime, even when
  // that is gone.
  PyRun_SimpleString("import datetime\ndatetime.datetime.strptime('0', '%S')\n");
}

void Interpreter::ProtectSharedModules() {
  for (PyModuleDef* module : shared_modules_) {
    if (PyState_FindModule(module) != nullptr) PyState_RemoveModule(module);
  }
}

void Interpreter::InterruptTenants(Steady::time_point now) {
  const std::lock_guard lock(mutex_);
  if (!interrupts_) return;
  interrupts_ = false;
  for (const auto& tenant : tenants_) {
    if (tenant->interrupt_until_ < now) continue;
    interrupts_ = true;
    fractus_raise_in_threads(tenant->interpreter_, tenant->timed_out_);
    if (tenant->abandoned_) continue;
    // Ends its waits, and its waits for children. Registered tenants' threads are alive.
    pthread_kill(tenant->thread_, Tenant::InterruptSignal());
    char path[64];
    snprintf(path, sizeof path, "/proc/self/task/%d/children",
             static_cast<int>(tenant->thread_id_));
    if (FILE* children = fopen(path, "re")) {
      int pid = 0;
      while (fscanf(children, "%d", &pid) == 1) kill(pid, SIGKILL);
      fclose(children);
    }
  }
}

}  // namespace fractus::lambdas::python
