#include "lambdas/runtime/native/environment.h"

#include <fmt/format.h>

#include <atomic>
#include <nlohmann/json.hpp>
#include <thread>

namespace fractus::lambdas::native {
namespace {

using nlohmann::json;
using Steady = std::chrono::steady_clock;
using std::chrono::milliseconds;

// How long a handler that looks at Cancelled() may take to return.
constexpr milliseconds kStopGrace{50};

std::atomic<size_t> alive{0};

std::string ErrorObject(const std::string& type, const std::string& message,
                        const std::string& request_id) {
  const json error = {{"errorMessage", message},
                      {"errorType", type},
                      {"requestId", request_id},
                      {"stackTrace", json::array()}};
  return error.dump(-1, ' ', false, json::error_handler_t::replace);
}

// One log event for each failure, as other runtimes write it.
std::string ErrorLine(const std::string& type, const std::string& message) {
  return fmt::format("[ERROR] {}: {}", type, message);
}

}  // namespace

struct NativeEnvironment::Shared {
  explicit Shared(const EnvironmentSpec& given) : spec(given) {}

  const EnvironmentSpec spec;

  std::mutex mutex;
  std::condition_variable to_thread, to_caller;
  LoadedHandler handler;
  bool loaded = false;
  bool leave = false;
  std::optional<InvokeInput> work;
  std::optional<InvokeOutcome> outcome;
  std::vector<std::string> lines;
  std::atomic<bool> cancelled{false};

  void Line(std::string_view text) {
    const std::lock_guard lock(mutex);
    lines.emplace_back(text);
    to_caller.notify_one();
  }
};

namespace {

// What `emulator` points to during an invocation.
template <class Shared>
struct Invocation {
  Shared& shared;
  const InvokeInput& input;
  InvokeOutcome outcome;
};

}  // namespace

size_t NativeEnvironment::Alive() { return alive.load(); }

NativeEnvironment::NativeEnvironment(const HostSettings& settings, const HandlerClock& clock,
                                     const EnvironmentSpec& spec, OutputSink output)
    : settings_(settings),
      clock_(clock),
      output_(std::move(output)),
      shared_(std::make_shared<Shared>(spec)) {
  clock_.Refresh(settings_);
  ++alive;
  std::thread([shared = shared_, clock] {
    ThreadMain(shared, clock);
    --alive;
  }).detach();
  std::unique_lock lock(shared_->mutex);
  // Constructors of static objects run while it is loaded.
  const bool loaded =
      shared_->to_caller.wait_for(lock, settings.init_limit, [&] { return shared_->loaded; });
  PassOnLines(lock);
  if (!loaded) {
    ending_ = InvokeOutcome{OutcomeKind::kTimedOut, {}, {}, 0};
  } else if (shared_->handler.function == nullptr) {
    const auto& handler = shared_->handler;
    ending_ = InvokeOutcome{
        OutcomeKind::kInitFailed, ErrorObject(handler.error_type, handler.problem, ""), {}, 0};
    if (output_) output_(ErrorLine(handler.error_type, handler.problem));
  }
}

NativeEnvironment::~NativeEnvironment() {
  const std::lock_guard lock(shared_->mutex);
  shared_->leave = true;
  shared_->cancelled = true;
  shared_->to_thread.notify_one();
}

void NativeEnvironment::PassOnLines(std::unique_lock<std::mutex>& lock) {
  const auto lines = std::exchange(shared_->lines, {});
  lock.unlock();
  for (const auto& line : lines) {
    if (output_) output_(line);
  }
  lock.lock();
}

InvokeOutcome NativeEnvironment::Invoke(const InvokeInput& input) {
  clock_.Refresh(settings_);
  if (!ending_) {
    std::unique_lock lock(shared_->mutex);
    shared_->work = input;
    shared_->to_thread.notify_one();
    const auto done = [&] { return shared_->outcome.has_value(); };
    const auto news = [&] { return done() || !shared_->lines.empty(); };
    while (!done() && shared_->to_caller.wait_until(lock, input.deadline, news)) {
      if (!done()) PassOnLines(lock);
    }
    const bool in_time = done() && shared_->outcome->kind != OutcomeKind::kTimedOut;
    if (!in_time) {
      shared_->cancelled = true;
      shared_->to_caller.wait_for(lock, kStopGrace, done);
      ending_ = InvokeOutcome{OutcomeKind::kTimedOut, {}, {}, 0};
    }
    PassOnLines(lock);
    if (!ending_) {
      auto outcome = *std::exchange(shared_->outcome, {});
      if (outcome.kind == OutcomeKind::kHandlerFailed && output_) {
        const auto error = json::parse(outcome.payload, nullptr, false);
        output_(ErrorLine(error.value("errorType", ""), error.value("errorMessage", "")));
      }
      return outcome;
    }
  }
  InvokeOutcome outcome = *ending_;
  if (outcome.kind == OutcomeKind::kTimedOut) {
    const json error = {
        {"errorType", "Sandbox.Timedout"},
        {"errorMessage",
         fmt::format("RequestId: {} Error: Task timed out after {:.2f} seconds", input.request_id,
                     std::chrono::duration<double>(shared_->spec.timeout).count())}};
    outcome.payload = error.dump();
  }
  return outcome;
}

void NativeEnvironment::ThreadMain(const std::shared_ptr<Shared>& shared,
                                   const HandlerClock& clock) {
  using Call = Invocation<Shared>;
  clock.Follow();
  const auto loaded = LoadHandler(shared->spec.code_folder, shared->spec.handler);
  std::unique_lock lock(shared->mutex);
  shared->handler = loaded;
  shared->loaded = true;
  shared->to_caller.notify_one();
  while (true) {
    shared->to_thread.wait(lock, [&] { return shared->leave || shared->work; });
    if (shared->leave || loaded.function == nullptr) return;
    const InvokeInput input = *std::exchange(shared->work, {});
    lock.unlock();

    Call call{*shared, input, {OutcomeKind::kAnswered, "null", {}, 0}};
    const EnvironmentSpec& spec = shared->spec;
    fractus_invocation invocation{};
    invocation.size = sizeof invocation;
    invocation.abi = FRACTUS_NATIVE_ABI;
    invocation.emulator = &call;
    invocation.event = input.payload.c_str();
    invocation.event_size = input.payload.size();
    invocation.request_id = input.request_id.c_str();
    invocation.function_arn = input.invoked_function_arn.c_str();
    invocation.function_name = spec.function_name.c_str();
    invocation.function_version = spec.version.c_str();
    invocation.log_group = spec.log_group.c_str();
    invocation.log_stream = spec.log_stream.c_str();
    invocation.client_context = input.client_context.c_str();
    invocation.trace_id = input.trace_id.c_str();
    invocation.memory_limit_mb = spec.memory_mb;
    invocation.answer = [](const fractus_invocation* of, const char* text, size_t size) {
      static_cast<Call*>(of->emulator)->outcome = {
          OutcomeKind::kAnswered, std::string(text, size), {}, 0};
    };
    invocation.fail = [](const fractus_invocation* of, const char* type, const char* message) {
      auto& failed = *static_cast<Call*>(of->emulator);
      failed.outcome = {
          OutcomeKind::kHandlerFailed, ErrorObject(type, message, failed.input.request_id), {}, 0};
    };
    invocation.log = [](const fractus_invocation* of, const char* text, size_t size) {
      static_cast<Call*>(of->emulator)->shared.Line({text, size});
    };
    invocation.variable = [](const fractus_invocation* of, const char* name) -> const char* {
      const auto& variables = static_cast<Call*>(of->emulator)->shared.spec.variables;
      const auto found = variables.find(name);
      return found == variables.end() ? nullptr : found->second.c_str();
    };
    invocation.remaining_ms = [](const fractus_invocation* of) -> int64_t {
      const auto left = static_cast<Call*>(of->emulator)->input.deadline - Steady::now();
      return std::max<int64_t>(0, std::chrono::duration_cast<milliseconds>(left).count());
    };
    invocation.cancelled = [](const fractus_invocation* of) -> int {
      const auto& asked = *static_cast<Call*>(of->emulator);
      return asked.shared.cancelled || Steady::now() >= asked.input.deadline ? 1 : 0;
    };
    loaded.function(&invocation);
    // The moment it returned decides, not the one at which the caller looks.
    if (Steady::now() >= input.deadline) call.outcome.kind = OutcomeKind::kTimedOut;

    lock.lock();
    shared->outcome = std::move(call.outcome);
    shared->to_caller.notify_one();
  }
}

}  // namespace fractus::lambdas::native
