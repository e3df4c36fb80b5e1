// How the lambdas room runs customer code: a RuntimeHost makes ExecutionEnvironments of one kind of
// runtime. Hosts are plugins (shared objects beside the binary), loaded when the first function
// that needs them is invoked.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fractus::lambdas {

// All that an environment needs to know of its function. Fixed for the environment's life.
struct EnvironmentSpec {
  std::string function_name;
  std::string function_arn;  // unqualified
  std::string version = "$LATEST";
  std::string handler;  // "src/api/users.lambda_handler"
  std::string runtime;  // "python3.9", "provided.al2023"
  // Folder that holds the unpacked code or, for a local folder, the folder itself. Never written
  // to.
  std::string code_folder;
  // Unpacked layer folders in order (what AWS shows below /opt).
  std::vector<std::string> layer_folders;
  // The complete environment as AWS gives it (AWS_REGION, AWS_LAMBDA_FUNCTION_NAME,
  // LAMBDA_TASK_ROOT …) plus the function's own variables plus AWS_ENDPOINT_URL, HTTPS_PROXY and CA
  // variables.
  std::map<std::string, std::string> variables;
  int memory_mb = 128;
  std::chrono::milliseconds timeout{3000};
  std::string log_group;
  std::string log_stream;
};

struct InvokeInput {
  std::string request_id;
  std::string payload;         // JSON text of the event
  std::string client_context;  // JSON text or empty
  std::string invoked_function_arn;
  std::string trace_id;
  // Real time, whatever the virtual clock shows.
  std::chrono::steady_clock::time_point deadline;
};

enum class OutcomeKind {
  kAnswered,       // payload is the handler's answer
  kHandlerFailed,  // payload is the error object {errorMessage, errorType, requestId?, stackTrace};
                   // the environment lives on
  kInitFailed,     // the same for an import or start that failed (Runtime.ImportModuleError,
                   // Runtime.HandlerNotFound, …)
  kExited,    // the code ended its process or interpreter: payload is AWS's Runtime.ExitError; the
              // environment is gone
  kTimedOut,  // the deadline passed: payload is AWS's Sandbox.Timedout; the environment is gone
};

struct InvokeOutcome {
  OutcomeKind kind = OutcomeKind::kAnswered;
  std::string payload;
  // For kExited: "exit status 4", "signal: segmentation fault"; empty when the status was 0.
  std::string exit_reason;
  // Bytes used at most, for the REPORT line; 0 when unknown.
  size_t max_memory_bytes = 0;
};

// Where an environment lives, for the log line and for `/_fractus` pages.
enum class Isolation { kInProcess, kWorkerProcess };

// One runtime instance: runs one invocation at a time.
class ExecutionEnvironment {
 public:
  virtual ~ExecutionEnvironment() = default;

  // Blocks until the handler answers, fails or the deadline passes; called from one thread at a
  // time, always the same one. After kExited, kTimedOut or kInitFailed the environment is only good
  // for destruction.
  virtual InvokeOutcome Invoke(const InvokeInput& input) = 0;
  virtual Isolation isolation() const = 0;
  // A sentence for the log when this environment is not of the host's usual isolation: why a worker
  // process had to be used.
  virtual std::string isolation_reason() const { return {}; }
};

// Text the code wrote, one call per line or write, without a final line break. Called from any
// thread.
using OutputSink = std::function<void(std::string_view line)>;

struct HostSettings {
  enum class Isolate { kWhenNeeded, kAlways };
  Isolate isolation = Isolate::kWhenNeeded;
  // "host:port" of the emulator's listener, for the redirection hooks, and the local CA's
  // certificate file.
  std::string endpoint;
  std::string ca_file;
  // The clock as handlers see it; nothing while the machine's time is shown. Read before each
  // invocation.
  std::function<std::optional<std::chrono::microseconds>()> clock_offset;
  // Since 1970: the time at which the clock stands still; nothing while it runs. Goes before the
  // offset.
  std::function<std::optional<std::chrono::microseconds>()> clock_frozen_at = {};
  // How long an init (the import of the module) may take; after that the environment has timed out.
  std::chrono::milliseconds init_limit{10'000};
};

// Makes environments of one runtime kind. Thread-safe. Outlives its environments. Plugins are never
// unloaded.
class RuntimeHost {
 public:
  virtual ~RuntimeHost() = default;

  // Starts an environment and runs the code's init (import of the module). Blocks; called on the
  // thread that will call Invoke. Always returns an environment: one whose init failed reports
  // kInitFailed (or kExited) from its first Invoke.
  virtual std::unique_ptr<ExecutionEnvironment> Start(const EnvironmentSpec& spec,
                                                      OutputSink output) = 0;

  // Waits, at most that long, until the threads of environments that were destroyed are gone;
  // before the process ends.
  virtual void Settle(std::chrono::milliseconds limit) { (void)limit; }
};

// What a plugin exports, as `extern "C" fractus::lambdas::RuntimeHost* fractus_runtime_host(const
// HostSettings&, int interface_version)`: a new host, which the caller deletes; null when the
// version is not kRuntimeInterfaceVersion.
inline constexpr int kRuntimeInterfaceVersion = 1;
using RuntimeHostEntry = RuntimeHost* (*)(const HostSettings& settings, int interface_version);

}  // namespace fractus::lambdas
