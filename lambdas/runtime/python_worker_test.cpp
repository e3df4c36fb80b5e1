#include <thread>

#include "lambdas/runtime/testing/runtime_fixture.h"

namespace fractus::lambdas {
namespace {

using std::chrono::milliseconds;
using testing::Contains;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

class PythonWorkerTest : public RuntimeTest {
 protected:
  InvokeOutcome Run(std::string_view code, std::string event = "{}",
                    milliseconds limit = std::chrono::seconds(20)) {
    Write("app.py", code);
    environment_ = WorkerHost().Start(Spec("app.handler"), lines_.Sink());
    return environment_->Invoke(Input(std::move(event), limit));
  }

  std::unique_ptr<ExecutionEnvironment> environment_;
};

TEST_F(PythonWorkerTest, HandlerRunsInAProcessOfItsOwn) {
  const auto outcome = Run(R"(
import os, sys
def handler(event, context):
    print('here')
    return [event, os.getpid(), os.getcwd(), os.getsid(0) == os.getpid(), os.environ['AWS_REGION'], sys.argv,
            'LD_PRELOAD' in os.environ, sorted(int(f) for f in os.listdir('/proc/self/fd'))]
)",
                           R"({"a": "\u00fc"})");
  ASSERT_EQ(outcome.kind, OutcomeKind::kAnswered) << outcome.payload;
  const auto answer = json::parse(outcome.payload);
  EXPECT_EQ(answer[0], json::parse(R"({"a": "\u00fc"})"));
  EXPECT_NE(answer[1], getpid());
  EXPECT_EQ(answer[2], folder_);
  EXPECT_EQ(answer[3], true);
  EXPECT_EQ(answer[4], "us-east-1");
  EXPECT_EQ(answer[5], json::array({""}));
  EXPECT_EQ(answer[6], false);
  // 0 to 2, channel, log, and the folder being listed.
  EXPECT_EQ(answer[7].size(), 6u) << answer[7];
  EXPECT_GT(outcome.max_memory_bytes, 1'000'000u);
  EXPECT_EQ(environment_->isolation(), Isolation::kWorkerProcess);
  EXPECT_THAT(environment_->isolation_reason(), IsEmpty());
  EXPECT_THAT(lines_.Take(), ElementsAre("here"));
}

TEST_F(PythonWorkerTest, EveryWayToDieIsAnExitWithAwsReason) {
  for (const auto& [code, reason] : std::vector<std::pair<std::string, std::string>>{
           {"sys.exit(4)", "exit status 4"},
           {"sys.exit()", ""},
           {"os._exit(3)", "exit status 3"},
           {"os.abort()", "signal: aborted"},
           {"os.kill(os.getpid(), 9)", "signal: killed"},
           {"ctypes.string_at(0)", "signal: segmentation fault"}}) {
    const auto outcome =
        Run("import ctypes, os, sys\ndef handler(event, context):\n"
            "    print('last words')\n    " +
            code + "\n");
    EXPECT_EQ(outcome.kind, OutcomeKind::kExited) << code;
    EXPECT_EQ(outcome.exit_reason, reason);
    EXPECT_THAT(lines_.Take(), ElementsAre("last words"));
    EXPECT_EQ(environment_->Invoke(Input("{}")).kind, OutcomeKind::kExited);
  }
  EXPECT_EQ(Run("import os\nos._exit(5)\n").exit_reason, "exit status 5");
}

TEST_F(PythonWorkerTest, CodeThatNeverEndsIsKilledWithItsChildren) {
  for (const std::string body : {"while True: pass", "time.sleep(1000)", "sum(range(10 ** 13))",
                                 "re.match('(a+)+b', 'a' * 60)",
                                 "subprocess.run('sleep 1000 & echo $!; wait', shell=True)"}) {
    const auto outcome =
        Run("import re, subprocess, time\ndef handler(event, context):\n    " + body + "\n", "{}",
            milliseconds(400));
    EXPECT_EQ(outcome.kind, OutcomeKind::kTimedOut) << body;
  }
  const auto lines = lines_.Take();
  ASSERT_EQ(lines.size(), 1u);
  const pid_t child = std::stoi(lines[0]);
  // A killed process may be a zombie for a moment.
  bool gone = false;
  for (int i = 0; i < 200 && !gone; ++i) {
    std::ifstream status("/proc/" + std::to_string(child) + "/stat");
    std::string pid, name, state;
    gone = !(status >> pid >> name >> state) || state == "Z";
    if (!gone) std::this_thread::sleep_for(milliseconds(5));
  }
  EXPECT_TRUE(gone);
}

TEST_F(PythonWorkerTest, MemoryIsLimited) {
  const auto outcome = Run("def handler(event, context):\n    return len(bytearray(600 << 20))\n");
  EXPECT_EQ(outcome.kind, OutcomeKind::kHandlerFailed);
  EXPECT_EQ(json::parse(outcome.payload)["errorType"], "MemoryError");
}

TEST_F(PythonWorkerTest, ErrorsLogsAndLargeEventsAreAsInProcess) {
  auto outcome = Run(R"(
import logging
def handler(event, context):
    logging.getLogger().error('two\nlines')
    if event == 1: raise KeyError('k')
    return event
)",
                     "1");
  EXPECT_EQ(outcome.kind, OutcomeKind::kHandlerFailed);
  EXPECT_EQ(json::parse(outcome.payload)["errorMessage"], "'k'");
  EXPECT_THAT(lines_.Take(), ElementsAre(EndsWith("\ttwo\nlines"),
                                         StartsWith("[ERROR] KeyError: 'k'\nTraceback")));
  const std::string big = json(std::string(6'000'000, 'x')).dump();
  EXPECT_EQ(environment_->Invoke(Input(big)).payload, big);
  outcome = Run("import nowhere\n");
  EXPECT_EQ(outcome.kind, OutcomeKind::kInitFailed);
  EXPECT_EQ(json::parse(outcome.payload)["errorType"], "Runtime.ImportModuleError");
}

TEST_F(PythonWorkerTest, WorkersHaveTheirOwnRandomNumbersAndTheEmulatorsClock) {
  Write("app.py", R"(
import datetime, random, time, boto3
def handler(event, context):
    return [random.random(), time.time(), datetime.datetime.now().isoformat()]
)");
  const auto one = WorkerHost().Start(Spec("app.handler"), lines_.Sink());
  const auto two = WorkerHost().Start(Spec("app.handler"), lines_.Sink());
  clock_frozen_at_ = std::chrono::seconds(1'767'225'600);
  const auto first = json::parse(one->Invoke(Input("{}")).payload);
  const auto second = json::parse(two->Invoke(Input("{}")).payload);
  EXPECT_NE(first[0], second[0]);
  EXPECT_EQ(first[1], 1767225600.0);
  EXPECT_EQ(second[2], "2026-01-01T00:00:00");
  clock_frozen_at_.reset();
  EXPECT_NEAR(json::parse(one->Invoke(Input("{}")).payload)[1].get<double>(),
              static_cast<double>(time(nullptr)), 60);
}

TEST_F(PythonWorkerTest, FunctionThatBringsItsOwnBoto3GetsIt) {
  Write("boto3/__init__.py", "mine = True\n");
  const auto outcome = Run("import boto3\ndef handler(event, context):\n    return boto3.mine\n");
  EXPECT_EQ(outcome.payload, "true") << outcome.payload;
}

// What moves a function from the emulator's process to one of its own.
class PythonMoveTest : public RuntimeTest {
 protected:
  std::unique_ptr<ExecutionEnvironment> Start(std::string_view code) {
    Write("app.py", code);
    return Host("python3.11").Start(Spec("app.handler"), lines_.Sink());
  }
};

TEST_F(PythonMoveTest, ModuleThatCannotLiveInASubInterpreterRunsInAWorkerAtOnce) {
  Write("numpy/__init__.py", "");
  Write("lazy.py",
        "print('init')\nraise ImportError('PyO3 modules may only be initialized once per "
        "interpreter process')\n");
  auto environment =
      Start("def handler(event, context):\n    import numpy, os\n    return os.getpid()\n");
  EXPECT_EQ(environment->isolation(), Isolation::kWorkerProcess);
  EXPECT_THAT(environment->isolation_reason(),
              HasSubstr("probe runs in a worker process: its packages include numpy"));
  EXPECT_NE(environment->Invoke(Input("{}")).payload, std::to_string(getpid()));
  std::filesystem::remove_all(folder_ + "/numpy");

  auto spec = Spec("lazy.handler", "lazy");
  environment = Host("python3.11").Start(spec, lines_.Sink());
  EXPECT_EQ(environment->isolation(), Isolation::kWorkerProcess);
  EXPECT_THAT(environment->isolation_reason(), HasSubstr("PyO3 modules"));
  // Once, from the worker.
  EXPECT_THAT(
      lines_.Take(),
      ElementsAre("init", StartsWith("[ERROR] Runtime.ImportModuleError: Unable to import")));
}

TEST_F(PythonMoveTest, MultiprocessingAndOwnTimeZonesNeedAWorker) {
  auto environment = Start(R"(
import multiprocessing
def work(pipe): pipe.send(7)
def handler(event, context):
    near, far = multiprocessing.Pipe()
    process = multiprocessing.get_context('fork').Process(target=work, args=(far,))
    process.start()
    process.join()
    return near.recv()
)");
  EXPECT_EQ(environment->isolation(), Isolation::kWorkerProcess);
  EXPECT_EQ(environment->Invoke(Input("{}")).payload, "7");
  Write("app.py",
        "import datetime\ndef handler(event, context):\n"
        "    return datetime.datetime.fromtimestamp(0).hour\n");
  auto spec = Spec("app.handler", "zone");
  spec.variables["TZ"] = "Asia/Tokyo";
  environment = Host("python3.11").Start(spec, lines_.Sink());
  EXPECT_THAT(environment->isolation_reason(), HasSubstr("time zone"));
  EXPECT_EQ(environment->Invoke(Input("{}")).payload, "9");
}

TEST_F(PythonMoveTest, RefusalInsideAHandlerMovesTheEnvironmentBeforeItsNextInvocation) {
  const auto environment = Start(
      "import os\ndef handler(event, context):\n"
      "    pid = os.fork()\n    if pid == 0: os._exit(0)\n"
      "    return os.waitpid(pid, 0)[1]\n");
  EXPECT_EQ(environment->isolation(), Isolation::kInProcess);
  EXPECT_EQ(environment->Invoke(Input("{}")).kind, OutcomeKind::kHandlerFailed);
  EXPECT_EQ(environment->Invoke(Input("{}")).payload, "0");
  EXPECT_EQ(environment->isolation(), Isolation::kWorkerProcess);
  EXPECT_THAT(environment->isolation_reason(), HasSubstr("os.fork"));
}

TEST_F(PythonMoveTest, FunctionThatWasStuckPastItsDeadlineGetsAWorker) {
  // select without descriptors waits in C, where nothing reaches it.
  const auto code =
      "import select\ndef handler(event, context):\n"
      "    if event: select.select([], [], [], 2)\n    return 1\n";
  auto environment = Start(code);
  EXPECT_EQ(environment->Invoke(Input("true", milliseconds(50))).kind, OutcomeKind::kTimedOut);
  environment = Start(code);
  EXPECT_EQ(environment->isolation(), Isolation::kWorkerProcess);
  EXPECT_THAT(environment->isolation_reason(), HasSubstr("after its deadline"));
  EXPECT_EQ(environment->Invoke(Input("false")).payload, "1");
}

TEST_F(PythonMoveTest, OthersGoOnInWorkersWhileOneHoldsTheInterpreterLock) {
  const auto code =
      "def handler(event, context):\n"
      "    return sum(range(15 * 10 ** 7)) if event else 1\n";
  const auto other = Start(code);
  std::thread holder([&] {
    const auto environment = Host("python3.11").Start(Spec("app.handler", "holder"), {});
    EXPECT_EQ(environment->Invoke(Input("true", milliseconds(300))).kind, OutcomeKind::kTimedOut);
  });
  holder.join();
  EXPECT_EQ(other->Invoke(Input("false")).payload, "1");
  EXPECT_THAT(other->isolation_reason(), HasSubstr("interpreter lock"));
}

}  // namespace
}  // namespace fractus::lambdas
