#include <Python.h>
#include <marshal.h>
// Python.h first, as it asks for.
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <thread>

#include "lambdas/runtime/python/gil_request.h"
#include "lambdas/runtime/python/interpreter.h"

namespace fractus::lambdas::python {
namespace {

using std::chrono::milliseconds;

// Where the environment's ends lie in the thread's own table.
constexpr int kOwnChannel = 3;
constexpr int kOwnLog = 4;

thread_local bool own_descriptors = false;

void OnInterrupt(int) {
  if (!own_descriptors) return;
  const int error = errno;
  for (int number = kOwnLog + 1; number < 1024; ++number) shutdown(number, SHUT_RDWR);
  errno = error;
}

// The emulator's signals are handled with its descriptors, so not on a thread that has others.
void MaskSignals(int how) {
  sigset_t set;
  sigemptyset(&set);
  for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2, SIGCHLD, SIGWINCH,
                           SIGALRM, SIGTSTP, SIGTTIN, SIGTTOU}) {
    sigaddset(&set, number);
  }
  pthread_sigmask(how, &set, nullptr);
}

PyObject* FollowClock(PyObject*, PyObject*) {
  HandlerClock().Follow();
  Py_RETURN_NONE;
}

// Child processes inherit the mask, and should not have this one.
PyObject* AllowSignals(PyObject*, PyObject* allow) {
  MaskSignals(PyObject_IsTrue(allow) == 1 ? SIG_UNBLOCK : SIG_BLOCK);
  Py_RETURN_NONE;
}

PyMethodDef methods[] = {{"follow_clock", FollowClock, METH_NOARGS, nullptr},
                         {"allow_signals", AllowSignals, METH_O, nullptr}};

}  // namespace

int Tenant::InterruptSignal() { return SIGRTMIN + 9; }

void Tenant::InstallInterruptSignal() {
  struct sigaction action {};
  action.sa_handler = OnInterrupt;
  // No SA_RESTART: waits are to be cut short.
  sigaction(InterruptSignal(), &action, nullptr);
  // Code that writes to a closed connection gets an error, as in a Python process.
  struct sigaction broken_pipe {};
  sigaction(SIGPIPE, nullptr, &broken_pipe);
  if (broken_pipe.sa_handler == SIG_DFL) signal(SIGPIPE, SIG_IGN);
}

Tenant::Tenant(Interpreter& home, std::string config, FarEnds ends, std::string folder)
    : home_(home), config_(std::move(config)), folder_(std::move(folder)), ends_(std::move(ends)) {}

bool Tenant::WaitEnded(milliseconds limit) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, limit, [this] { return ended_.load(); });
}

void Tenant::SetBusy() {
  if (!busy_.exchange(true)) ++home_.busy_;
  home_.WakeKeeper();
}

void Tenant::SetIdle() {
  if (busy_.exchange(false)) --home_.busy_;
}

void Tenant::Main(const std::shared_ptr<Tenant>& self) {
  SeparateThread();
  home_.clock_.Follow();
  if (EnterInterpreter()) {
    RunCode(self);
    LeaveInterpreter(self);
  }
  if (own_descriptors) {
    // Threads that the code left behind share the table.
    for (const int number : {0, 1, 2, kOwnChannel, kOwnLog}) close(number);
  } else {
    ends_ = FarEnds();
  }
  SetIdle();
  --home_.alive_;
  const std::lock_guard lock(mutex_);
  ended_ = true;
  changed_.notify_all();
}

void Tenant::SeparateThread() {
  thread_id_ = static_cast<pid_t>(syscall(SYS_gettid));
  MaskSignals(SIG_BLOCK);
  sigset_t interrupt;
  sigemptyset(&interrupt);
  sigaddset(&interrupt, InterruptSignal());
  pthread_sigmask(SIG_UNBLOCK, &interrupt, nullptr);

  channel_number_ = ends_.channel.get();
  log_number_ = ends_.log.get();
  // Not allowed in some containers: then the code shares the emulator's descriptors and folder.
  if (unshare(CLONE_FILES | CLONE_FS) == 0) {
    own_descriptors = true;
    const int channel = fcntl(channel_number_, F_DUPFD_CLOEXEC, 10);
    const int log = fcntl(log_number_, F_DUPFD_CLOEXEC, 10);
    const int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
    dup2(null, 0);
    dup2(log, 1);
    dup2(log, 2);
    channel_number_ = dup3(channel, kOwnChannel, O_CLOEXEC);
    log_number_ = dup3(log, kOwnLog, O_CLOEXEC);
    // Otherwise the emulator's sockets and files would stay open as long as this thread lives.
    syscall(SYS_close_range, kOwnLog + 1, ~0U, 0);
    // A folder that is not there is an error of the import that follows.
    if (chdir(folder_.c_str()) != 0) errno = 0;
  }
  const std::lock_guard lock(mutex_);
  own_descriptors_ = own_descriptors;
  separated_ = true;
  changed_.notify_all();
}

bool Tenant::EnterInterpreter() {
  const std::lock_guard births(home_.births_and_deaths_);
  PyThreadState* borrowed = PyThreadState_New(home_.main_);
  PyEval_AcquireThread(borrowed);
  first_state_ = Py_NewInterpreter();
  PyInterpreterState* made = first_state_ != nullptr ? first_state_->interp : nullptr;
  PyThreadState_Swap(borrowed);
  PyThreadState_Clear(borrowed);
  PyThreadState_DeleteCurrent();
  if (made == nullptr) return false;
  // threading takes the thread that imports it for the main thread, and that thread's end for the
  // end of the main thread: so it is imported by the state that lives longest.
  PyEval_AcquireThread(first_state_);
  Py_XDECREF(PyImport_ImportModule("threading"));
  PyErr_Clear();
  PyEval_ReleaseThread(first_state_);
  // The first state that this system thread notes belongs to the new interpreter: extension modules
  // that call PyGILState_Ensure then find it. Otherwise they would wait for the main interpreter's
  // turn, holding the GIL.
  state_ = PyThreadState_New(made);
  PyEval_AcquireThread(state_);
  return true;
}

void Tenant::RunCode(const std::shared_ptr<Tenant>& self) {
  PyObject* bytes = home_.boot_code_bytes_;
  PyObject* code =
      PyMarshal_ReadObjectFromString(PyBytes_AS_STRING(bytes), PyBytes_GET_SIZE(bytes));
  PyObject* module = PyImport_AddModule("_fractus_boot");  // borrowed
  if (code == nullptr || module == nullptr) return PyErr_Print();
  PyObject* names = PyModule_GetDict(module);  // borrowed
  PyDict_SetItemString(names, "__builtins__", PyEval_GetBuiltins());
  for (PyMethodDef& method : methods) {
    PyObject* function = PyCFunction_New(&method, nullptr);
    PyDict_SetItemString(names, method.ml_name, function);
    Py_XDECREF(function);
  }
  PyObject* result = PyEval_EvalCode(code, names, names);
  Py_DECREF(code);
  if (result == nullptr) return PyErr_Print();
  Py_DECREF(result);
  home_.Register(self, state_->interp, PyDict_GetItemString(names, "TaskTimedOut"));
  result = PyObject_CallFunction(PyDict_GetItemString(names, "run_in_process"), "sii",
                                 config_.c_str(), channel_number_, log_number_);
  Py_XDECREF(result);
  PyErr_Clear();
}

bool Tenant::OthersAlive() const {
  for (PyThreadState* thread = PyInterpreterState_ThreadHead(state_->interp); thread != nullptr;
       thread = PyThreadState_Next(thread)) {
    if (thread != state_ && thread != first_state_) return true;
  }
  return false;
}

void Tenant::LeaveInterpreter(const std::shared_ptr<Tenant>& self) {
  home_.Unregister(self);
  // An interruption that has not yet come about.
  Py_CLEAR(state_->async_exc);
  // Ending an interpreter in which another thread lives aborts the process.
  for (int i = 0; OthersAlive() && i < 20; ++i) {
    PyObject* names = PyModule_GetDict(PyImport_AddModule("_fractus_boot"));
    fractus_raise_in_threads(state_->interp, PyDict_GetItemString(names, "TaskTimedOut"));
    Py_CLEAR(state_->async_exc);
    PyEval_ReleaseThread(state_);
    std::this_thread::sleep_for(milliseconds(10));
    PyEval_AcquireThread(state_);
  }
  if (OthersAlive()) {
    // Its memory is lost; its threads go on by themselves.
    home_.Abandon(self);
    PyEval_ReleaseThread(state_);
    return;
  }
  if (PyObject* threading = PyImport_ImportModule("threading")) {
    Py_XDECREF(PyObject_CallMethod(threading, "_shutdown", nullptr));
    Py_DECREF(threading);
  }
  PyErr_Clear();
  PyEval_ReleaseThread(state_);
  const std::lock_guard deaths(home_.births_and_deaths_);
  PyEval_AcquireThread(state_);
  PyThreadState_Clear(first_state_);
  PyThreadState_Delete(first_state_);
  home_.ProtectSharedModules();
  Py_EndInterpreter(state_);
  // The GIL is still held, by nobody: give it back by way of the main interpreter.
  PyThreadState* borrowed = PyThreadState_New(home_.main_);
  PyThreadState_Swap(borrowed);
  PyThreadState_Clear(borrowed);
  PyThreadState_DeleteCurrent();
}

}  // namespace fractus::lambdas::python
