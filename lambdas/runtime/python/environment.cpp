#include "lambdas/runtime/python/environment.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <stdexcept>

namespace fractus::lambdas::python {
namespace {

using nlohmann::json;
using Steady = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr const char* kFrozenReason =
    "another function's code keeps Python's interpreter lock without letting go";

std::string Dump(const json& value) {
  return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

// "A, B and C" is one sentence in the log.
std::string WorkerSentence(const std::string& function, const std::string& why) {
  return fmt::format("{} runs in a worker process: {}", function, why);
}

}  // namespace

PythonEnvironment::PythonEnvironment(Home& home, EnvironmentSpec spec, OutputSink output)
    : home_(home), spec_(std::move(spec)), output_(std::move(output)) {
  Launch(Steady::now() + home_.settings.init_limit);
}

Isolation PythonEnvironment::isolation() const {
  return runner_ ? runner_->isolation() : Isolation::kInProcess;
}

std::optional<std::string> PythonEnvironment::WhyWorker() {
  if (home_.settings.isolation == HostSettings::Isolate::kAlways) return "";
  if (auto reason = home_.WorkerReason(spec_.function_arn)) return reason;
  const Interpreter* interpreter = Home::StartedInterpreter();
  if (interpreter != nullptr && interpreter->Frozen()) return kFrozenReason;
  return std::nullopt;
}

void PythonEnvironment::Launch(Deadline deadline) {
  move_ = false;
  runner_.reset();
  home_.RefreshClock();
  try {
    const auto why = WhyWorker();
    if (!why && LaunchRunner(Isolation::kInProcess, deadline)) return;
    // With isolation for all, a worker process is the usual case and needs no words.
    if (why && !why->empty()) reason_ = WorkerSentence(spec_.function_name, *why);
    LaunchRunner(Isolation::kWorkerProcess, deadline);
  } catch (const std::exception& error) {
    ending_ = InvokeOutcome{OutcomeKind::kInitFailed, {}, {}, 0};
    ending_->payload =
        Dump({{"errorType", "Runtime.StartError"},
              {"errorMessage", std::string("The environment does not start: ") + error.what()},
              {"requestId", ""},
              {"stackTrace", json::array()}});
  }
}

bool PythonEnvironment::LaunchRunner(Isolation isolation, Deadline deadline) {
  const bool in_process = isolation == Isolation::kInProcess;
  runner_ = in_process ? StartInProcess(home_, spec_, output_) : StartWorker(home_, spec_, output_);
  Channel& channel = runner_->channel();
  // What an init prints that is to be repeated in a worker process is not for the log.
  if (in_process) channel.output().Hold();
  Frame frame;
  while (true) {
    const auto waited =
        channel.Receive(frame, std::min(deadline, Steady::now() + milliseconds(250)));
    if (waited == Waited::kDeadline && Steady::now() < deadline) {
      if (!runner_->Frozen()) continue;
      reason_ = WorkerSentence(spec_.function_name, kFrozenReason);
      return false;
    }
    if (waited == Waited::kDone && frame.kind == 'N') continue;
    if (waited == Waited::kDone && frame.kind == 'W') {
      home_.NeedsWorker(spec_.function_arn, frame.content);
      reason_ = WorkerSentence(spec_.function_name, frame.content);
      return false;
    }
    channel.output().Flush();
    channel.output().Release();
    runner_->SetIdle();
    if (waited == Waited::kDone && frame.kind == 'R') return true;
    if (waited == Waited::kDone && frame.kind == 'F') {
      ending_ = InvokeOutcome{OutcomeKind::kInitFailed, frame.content, {}, 0};
    } else if (waited == Waited::kDeadline) {
      ending_ = TimedOut({});
    } else if (waited == Waited::kDone && frame.kind == 'X') {
      ending_ = Exited(frame.content);
    } else {
      ending_ = Exited(runner_->ExitReason());
    }
    return true;
  }
}

InvokeOutcome PythonEnvironment::Invoke(const InvokeInput& input) {
  home_.RefreshClock();
  if (!ending_ && (move_ || runner_->Frozen())) {
    Launch(input.deadline);
  }
  while (!ending_) {
    runner_->SetBusy();
    auto outcome = Await(input);
    if (runner_) runner_->SetIdle();
    if (outcome) return *std::move(outcome);
    Launch(input.deadline);
  }
  return Ending(input);
}

std::optional<InvokeOutcome> PythonEnvironment::Await(const InvokeInput& input) {
  Channel& channel = runner_->channel();
  const auto left = std::chrono::duration_cast<milliseconds>(input.deadline - Steady::now());
  const json header = {{"id", input.request_id},
                       {"arn", input.invoked_function_arn},
                       {"trace", input.trace_id},
                       {"context", input.client_context},
                       {"ms", left.count()}};
  auto waited = channel.Send(Dump(header), input.payload, input.deadline);
  while (waited == Waited::kDone) {
    Frame frame;
    waited = channel.Receive(frame, std::min(input.deadline, Steady::now() + milliseconds(500)));
    if (waited == Waited::kDeadline && Steady::now() < input.deadline) {
      if (runner_->Frozen() && channel.Unread()) return std::nullopt;
      waited = Waited::kDone;
      continue;
    }
    if (waited != Waited::kDone) break;
    const size_t memory = size_t{frame.memory_kb} * 1024;
    switch (frame.kind) {
      case 'N':
        home_.NeedsWorker(spec_.function_arn, frame.content);
        move_ = runner_->isolation() == Isolation::kInProcess;
        continue;
      case 'A':
      case 'E':
        channel.output().Flush();
        return InvokeOutcome{
            frame.kind == 'A' ? OutcomeKind::kAnswered : OutcomeKind::kHandlerFailed,
            std::move(frame.content),
            {},
            memory};
      case 'X':
        ending_ = Exited(frame.content);
        return Ending(input);
      default:
        waited = Waited::kDeadline;
        break;  // 'T': its own clock was ahead of ours
    }
  }
  ending_ = waited == Waited::kDeadline ? TimedOut(input) : Exited(runner_->ExitReason());
  return Ending(input);
}

InvokeOutcome PythonEnvironment::TimedOut(const InvokeInput&) {
  if (!runner_->Stop()) {
    home_.NeedsWorker(spec_.function_arn,
                      "an environment of it was still busy in this process after its deadline");
  }
  runner_->channel().DrainLog();
  runner_->channel().output().Flush();
  return InvokeOutcome{OutcomeKind::kTimedOut, {}, {}, 0};
}

InvokeOutcome PythonEnvironment::Exited(const std::string& reason) {
  runner_->channel().DrainLog();
  runner_->channel().output().Flush();
  InvokeOutcome outcome{OutcomeKind::kExited, {}, reason, 0};
  // A status in process arrives as a number.
  if (!reason.empty() && reason.find_first_not_of("0123456789") == std::string::npos) {
    outcome.exit_reason = reason == "0" ? std::string() : "exit status " + reason;
  }
  return outcome;
}

InvokeOutcome PythonEnvironment::Ending(const InvokeInput& input) const {
  InvokeOutcome outcome = *ending_;
  if (outcome.kind == OutcomeKind::kTimedOut) {
    outcome.payload = Dump(
        {{"errorType", "Sandbox.Timedout"},
         {"errorMessage",
          fmt::format("RequestId: {} Error: Task timed out after {:.2f} seconds", input.request_id,
                      std::chrono::duration<double>(spec_.timeout).count())}});
  } else if (outcome.kind == OutcomeKind::kExited) {
    const std::string how = outcome.exit_reason.empty()
                                ? "Runtime exited without providing a reason"
                                : "Runtime exited with error: " + outcome.exit_reason;
    outcome.payload =
        Dump({{"errorType", "Runtime.ExitError"},
              {"errorMessage", fmt::format("RequestId: {} Error: {}", input.request_id, how)}});
  }
  return outcome;
}

}  // namespace fractus::lambdas::python
