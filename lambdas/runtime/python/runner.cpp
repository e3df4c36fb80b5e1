#include "lambdas/runtime/python/runner.h"

#include <fmt/format.h>
#include <signal.h>
#include <string.h>
#include <sys/random.h>
#include <sys/wait.h>

#include <nlohmann/json.hpp>
#include <stdexcept>

#include "lambdas/runtime/python/sources.h"

namespace fractus::lambdas::python {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;

// Interrupted Python code usually ends within 20 ms.
constexpr milliseconds kStopGrace{300};

// Python's own state is the process's, so this is too.
std::mutex process_mutex;
Interpreter* process_interpreter = nullptr;

std::string RandomToken() {
  unsigned char bytes[12] = {};
  if (getrandom(bytes, sizeof bytes, 0) < 0) throw std::runtime_error("getrandom");
  std::string token;
  for (const auto byte : bytes) token += fmt::format("{:02x}", byte);
  return token;
}

class InProcessRunner : public Runner {
 public:
  InProcessRunner(std::unique_ptr<Channel> channel, Interpreter& interpreter,
                  std::shared_ptr<Tenant> tenant)
      : Runner(std::move(channel)), interpreter_(interpreter), tenant_(std::move(tenant)) {}
  // The channel closes, and the tenant ends as soon as it sees that; code that runs does not look.
  ~InProcessRunner() override {
    if (tenant_->Busy()) interpreter_.Interrupt(tenant_);
    tenant_->SetIdle();
  }

  Isolation isolation() const override { return Isolation::kInProcess; }
  void SetBusy() override { tenant_->SetBusy(); }
  void SetIdle() override { tenant_->SetIdle(); }
  bool Frozen() const override { return interpreter_.Frozen(); }

  bool Stop() override {
    tenant_->SetBusy();  // so that the GIL goes round while it is interrupted
    interpreter_.Interrupt(tenant_);
    const auto limit = std::chrono::steady_clock::now() + kStopGrace;
    Frame frame;
    while (true) {
      const auto waited = channel_->Receive(frame, limit);
      if (waited == Waited::kDeadline) return false;
      // Any frame but a remark is the handler's last word.
      if (waited == Waited::kClosed || frame.kind != 'N') return true;
    }
  }

  // Only code that closes descriptors it does not own gets here.
  std::string ExitReason() override { return "exit status 1"; }

 private:
  Interpreter& interpreter_;
  const std::shared_ptr<Tenant> tenant_;
};

class WorkerRunner : public Runner {
 public:
  WorkerRunner(std::unique_ptr<Channel> channel, Zygote& zygote, pid_t pid)
      : Runner(std::move(channel)), zygote_(zygote), pid_(pid) {}
  ~WorkerRunner() override { Kill(); }

  Isolation isolation() const override { return Isolation::kWorkerProcess; }

  bool Stop() override {
    Kill();
    return true;
  }

  std::string ExitReason() override {
    if (pid_ == 0) return "signal: killed";
    const int status = zygote_.Reap(pid_, milliseconds(200));
    // Processes that it started are in its group.
    kill(-pid_, SIGKILL);
    pid_ = 0;
    if (WIFSIGNALED(status)) {
      std::string name = strsignal(WTERMSIG(status));
      name[0] = static_cast<char>(tolower(static_cast<unsigned char>(name[0])));
      return "signal: " + name;
    }
    const int code = WEXITSTATUS(status);
    return code == 0 ? std::string() : fmt::format("exit status {}", code);
  }

 private:
  void Kill() {
    if (pid_ == 0) return;
    kill(-pid_, SIGKILL);
    // Before it has become the leader of a group.
    kill(pid_, SIGKILL);
    zygote_.Reap(pid_, milliseconds(1000));
    pid_ = 0;
  }

  Zygote& zygote_;
  pid_t pid_;
};

}  // namespace

Home::Home(HostSettings host_settings)
    : settings(std::move(host_settings)),
      warm_zygote(Zygote::Kind::kWarm, settings, shared_clock),
      bare_zygote(Zygote::Kind::kBare, settings, shared_clock) {
  if (settings.isolation == HostSettings::Isolate::kAlways) warm_zygote.Prepare();
}

Interpreter& Home::ProcessInterpreter() {
  const std::lock_guard lock(process_mutex);
  if (process_interpreter == nullptr) process_interpreter = new Interpreter(InProcessText());
  return *process_interpreter;
}

Interpreter* Home::StartedInterpreter() {
  const std::lock_guard lock(process_mutex);
  return process_interpreter;
}

std::optional<std::string> Home::WorkerReason(const std::string& function_arn) {
  const std::lock_guard lock(mutex_);
  const auto found = worker_reasons_.find(function_arn);
  if (found == worker_reasons_.end()) return std::nullopt;
  return found->second;
}

void Home::NeedsWorker(const std::string& function_arn, const std::string& reason) {
  const std::lock_guard lock(mutex_);
  worker_reasons_[function_arn] = reason;
}

std::string BootConfig(const EnvironmentSpec& spec, const HostSettings& settings,
                       const std::string& token) {
  const json config = {{"function_name", spec.function_name},
                       {"version", spec.version},
                       {"handler", spec.handler},
                       {"runtime", spec.runtime},
                       {"code", spec.code_folder},
                       {"layers", spec.layer_folders},
                       {"variables", spec.variables},
                       {"memory_mb", spec.memory_mb},
                       {"log_group", spec.log_group},
                       {"log_stream", spec.log_stream},
                       {"endpoint", settings.endpoint},
                       {"ca_file", settings.ca_file},
                       {"token", token}};
  return config.dump(-1, ' ', true, json::error_handler_t::replace);
}

std::unique_ptr<Runner> StartInProcess(Home& home, const EnvironmentSpec& spec, OutputSink output) {
  const std::string token = RandomToken();
  FarEnds ends;
  auto channel = std::make_unique<Channel>(LineCutter(token, std::move(output)), ends);
  Interpreter& interpreter = Home::ProcessInterpreter();
  auto tenant =
      interpreter.Start(BootConfig(spec, home.settings, token), std::move(ends), spec.code_folder);
  return std::make_unique<InProcessRunner>(std::move(channel), interpreter, std::move(tenant));
}

std::unique_ptr<Runner> StartWorker(Home& home, const EnvironmentSpec& spec, OutputSink output) {
  const std::string token = RandomToken();
  FarEnds ends;
  auto channel = std::make_unique<Channel>(LineCutter(token, std::move(output)), ends);
  const std::string config = BootConfig(spec, home.settings, token);
  Zygote* zygote = &home.warm_zygote;
  auto spawned = zygote->Spawn(config, ends);
  if (spawned.vendored) {
    zygote = &home.bare_zygote;
    spawned = zygote->Spawn(config, ends);
  }
  if (spawned.pid == 0) throw std::runtime_error("no worker process: " + spawned.problem);
  return std::make_unique<WorkerRunner>(std::move(channel), *zygote, spawned.pid);
}

}  // namespace fractus::lambdas::python
