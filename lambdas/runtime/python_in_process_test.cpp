#include <thread>

#include "lambdas/runtime/testing/runtime_fixture.h"

namespace fractus::lambdas {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

class PythonInProcessTest : public RuntimeTest {
 protected:
  std::unique_ptr<ExecutionEnvironment> Start(const EnvironmentSpec& spec) {
    return Host(spec.runtime).Start(spec, lines_.Sink());
  }
  // Writes app.py, runs it once.
  InvokeOutcome Run(std::string_view code, std::string event = "{}",
                    std::chrono::milliseconds limit = std::chrono::seconds(20)) {
    Write("app.py", code);
    environment_ = Start(Spec("app.handler"));
    return environment_->Invoke(Input(std::move(event), limit));
  }

  std::unique_ptr<ExecutionEnvironment> environment_;
};

TEST_F(PythonInProcessTest, HandlerGetsTheEventAndItsAnswerIsJsonText) {
  const auto outcome =
      Run("def handler(event, context):\n    return {'got': event}\n", R"({"a":[1,2.5,null]})");
  EXPECT_EQ(outcome.kind, OutcomeKind::kAnswered);
  EXPECT_EQ(outcome.payload, R"({"got": {"a": [1, 2.5, null]}})");
  EXPECT_EQ(environment_->isolation(), Isolation::kInProcess) << environment_->isolation_reason();
  EXPECT_THAT(environment_->isolation_reason(), IsEmpty());
}

TEST_F(PythonInProcessTest, ContextHasAwsMembers) {
  Write("app.py", R"(
def handler(event, context):
    names = ['function_name', 'function_version', 'invoked_function_arn', 'memory_limit_in_mb', 'aws_request_id',
             'log_group_name', 'log_stream_name']
    answer = {name: getattr(context, name) for name in names}
    answer['remaining'] = 4000 < context.get_remaining_time_in_millis() <= 5000
    answer['identity'] = context.identity.cognito_identity_id
    answer['title'] = context.client_context.client.app_title
    return answer
)");
  environment_ = Start(Spec("app.handler"));
  auto input = Input("{}", std::chrono::seconds(5));
  input.client_context = R"({"client": {"app_title": "title"}, "custom": {}})";
  const auto outcome = environment_->Invoke(input);
  EXPECT_EQ(json::parse(outcome.payload),
            json({{"function_name", "probe"},
                  {"function_version", "$LATEST"},
                  {"invoked_function_arn", input.invoked_function_arn},
                  {"memory_limit_in_mb", "128"},
                  {"aws_request_id", input.request_id},
                  {"log_group_name", "/aws/lambda/probe"},
                  {"log_stream_name", "2026/01/01/[$LATEST]00"},
                  {"remaining", true},
                  {"identity", nullptr},
                  {"title", "title"}}));
}

TEST_F(PythonInProcessTest, ExceptionBecomesAwsErrorObjectAndOneLogEvent) {
  const auto outcome = Run("def handler(event, context):\n    raise ValueError('bad \u00fc')\n");
  EXPECT_EQ(outcome.kind, OutcomeKind::kHandlerFailed);
  const auto error = json::parse(outcome.payload);
  EXPECT_EQ(error["errorMessage"], "bad \u00fc");
  EXPECT_EQ(error["errorType"], "ValueError");
  EXPECT_EQ(error["requestId"], "8f507cfc-xmpl-4697-b07a-ac58fc914c95");
  EXPECT_EQ(error["stackTrace"],
            json::array({"  File \"" + folder_ +
                         "/app.py\", line 2, in handler\n    raise ValueError('bad \u00fc')\n"}));
  EXPECT_THAT(
      lines_.Take(),
      ElementsAre(
          "[ERROR] ValueError: bad \u00fc\nTraceback (most recent call last):\n\u00a0\u00a0File "
          "\"" +
          folder_ +
          "/app.py\", line 2, in handler\n\u00a0\u00a0\u00a0\u00a0raise ValueError('bad \u00fc')"));
  // It lives on.
  EXPECT_EQ(environment_->Invoke(Input("{}")).kind, OutcomeKind::kHandlerFailed);
}

TEST_F(PythonInProcessTest, EachKindOfBrokenModuleHasAwsErrorType) {
  Write("broken.py", "def handler(:\n");
  Write("needs.py", "import nowhere_to_be_found\n");
  Write("raises.py", "raise Exception('not today')\n");
  Write("fine.py", "");
  struct Case {
    std::string handler, type, message;
  };
  for (const auto& [handler, type, message] :
       std::vector<Case>{{"missing.handler", "Runtime.ImportModuleError",
                          "Unable to import module 'missing': No module named 'missing'"},
                         {"src/deep.handler", "Runtime.ImportModuleError",
                          "Unable to import module 'src/deep': No module named 'src'"},
                         {"needs.handler", "Runtime.ImportModuleError",
                          "Unable to import module 'needs': No module named 'nowhere_to_be_found'"},
                         {"broken.handler", "Runtime.UserCodeSyntaxError",
                          "Syntax error in module 'broken': invalid syntax (broken.py, line 1)"},
                         {"raises.handler", "Exception", "not today"},
                         {"fine.handler", "Runtime.HandlerNotFound",
                          "Handler 'handler' missing on module 'fine'"},
                         {"nodot", "Runtime.MalformedHandlerName",
                          "Bad handler 'nodot': not enough values to unpack (expected 2, got 1)"},
                         {"sys.handler", "Runtime.BuiltInModuleConflict",
                          "Cannot use built-in module sys as a handler module"}}) {
    const auto environment = Start(Spec(handler));
    EXPECT_THAT(lines_.Take(), Contains(StartsWith("[ERROR] " + type + ": " + message)));
    const auto outcome = environment->Invoke(Input("{}"));
    EXPECT_EQ(outcome.kind, OutcomeKind::kInitFailed) << handler;
    const auto error = json::parse(outcome.payload);
    EXPECT_EQ(error["errorType"], type);
    EXPECT_EQ(error["errorMessage"], message);
    EXPECT_EQ(error["requestId"], "");
  }
}

TEST_F(PythonInProcessTest, AnswerThatIsNoJsonIsAMarshalError) {
  const auto outcome = Run("def handler(event, context):\n    return {1, 2}\n");
  EXPECT_EQ(outcome.kind, OutcomeKind::kHandlerFailed);
  const auto error = json::parse(outcome.payload);
  EXPECT_EQ(error["errorType"], "Runtime.MarshalError");
  EXPECT_EQ(error["errorMessage"],
            "Unable to marshal response: Object of type set is not JSON serializable");
  EXPECT_EQ(error["stackTrace"], json::array());
}

TEST_F(PythonInProcessTest, DecimalsAreNumbersAndNewRuntimesKeepLetters) {
  Write("app.py",
        "from decimal import Decimal\n"
        "def handler(event, context):\n    return {'n': Decimal('1.50'), 'ü': 'ß'}\n");
  EXPECT_EQ(Start(Spec("app.handler"))->Invoke(Input("{}")).payload,
            R"({"n": 1.50, "\u00fc": "\u00df"})");
  auto spec = Spec("app.handler");
  spec.runtime = "python3.13";
  EXPECT_EQ(Start(spec)->Invoke(Input("{}")).payload, R"({"n": 1.50, "ü": "ß"})");
  EXPECT_THAT(lines_.Take(), IsEmpty());
}

TEST_F(PythonInProcessTest, SysExitEndsTheEnvironmentOnly) {
  auto outcome = Run("import sys\ndef handler(event, context):\n    sys.exit(event)\n", "4");
  EXPECT_EQ(outcome.kind, OutcomeKind::kExited);
  EXPECT_EQ(outcome.exit_reason, "exit status 4");
  EXPECT_EQ(json::parse(outcome.payload),
            json({{"errorType", "Runtime.ExitError"},
                  {"errorMessage",
                   "RequestId: 8f507cfc-xmpl-4697-b07a-ac58fc914c95 Error: Runtime "
                   "exited with error: exit status 4"}}));
  outcome = Start(Spec("app.handler"))->Invoke(Input("0"));
  EXPECT_EQ(outcome.exit_reason, "");
  EXPECT_THAT(outcome.payload, HasSubstr("Runtime exited without providing a reason"));
}

TEST_F(PythonInProcessTest, CallsThatEndAProcessEndTheEnvironmentInstead) {
  for (const auto& [call, reason] : std::vector<std::pair<std::string, std::string>>{
           {"os._exit(3)", "exit status 3"},
           {"os.abort()", "signal: aborted"},
           {"os.kill(os.getpid(), 9)", "signal: killed"},
           {"os.kill(0, 15)", "signal: terminated"}}) {
    const auto outcome = Run("import os\ndef handler(event, context):\n    try:\n        " + call +
                             "\n    except Exception:\n        pass\n");
    EXPECT_EQ(outcome.kind, OutcomeKind::kExited) << call;
    EXPECT_EQ(outcome.exit_reason, reason);
  }
  const auto init = Run("import os\nos._exit(1)\n");
  EXPECT_EQ(init.kind, OutcomeKind::kExited);
}

TEST_F(PythonInProcessTest, CodeThatNeverEndsIsInterruptedAtItsDeadline) {
  using std::chrono::milliseconds;
  for (const std::string body :
       {"while True: pass", "time.sleep(1000)", "threading.Event().wait()",
        "threading.Thread(target=time.sleep, args=(1000,)).start() or [t.join() for t in "
        "threading.enumerate() if t != "
        "threading.current_thread()]",
        "a, b = socket.socketpair(); a.recv(1)", "subprocess.run(['sleep', '1000'])",
        "asyncio.run(asyncio.sleep(1000))"}) {
    const auto outcome =
        Run("import asyncio, socket, subprocess, threading, time\n"
            "def handler(event, context):\n    print('on')\n    " +
                body + "\n",
            "{}", milliseconds(250));
    EXPECT_EQ(outcome.kind, OutcomeKind::kTimedOut) << body;
    EXPECT_EQ(json::parse(outcome.payload)["errorType"], "Sandbox.Timedout");
    EXPECT_THAT(outcome.payload, HasSubstr("Error: Task timed out after 3.00 seconds"));
    EXPECT_THAT(lines_.Take(), ElementsAre("on"));
    // It was not stuck, or this would be a worker process.
    EXPECT_EQ(Start(Spec("app.handler"))->isolation(), Isolation::kInProcess) << body;
  }
}

TEST_F(PythonInProcessTest, InitThatNeverEndsTimesOut) {
  Write("app.py", "while True: pass\n");
  auto settings = Settings(HostSettings::Isolate::kWhenNeeded);
  settings.init_limit = std::chrono::milliseconds(80);
  RuntimeHosts hosts(settings);
  const auto environment = hosts.For("python3.11").host->Start(Spec("app.handler"), lines_.Sink());
  EXPECT_EQ(environment->Invoke(Input("{}")).kind, OutcomeKind::kTimedOut);
}

TEST_F(PythonInProcessTest, FunctionsWithTheSameModuleNamesDoNotMix) {
  for (const std::string name : {"red", "blue"}) {
    Write(name + "/src/api/users.py",
          "import os\nfrom src.helper import colour\nCOLOUR = os.environ['COLOUR']\n"
          "def handler(event, context):\n"
          "    import src.late\n"
          "    return [COLOUR, colour, src.late.colour, os.getenv('COLOUR'), os.getcwd(),\n"
          "            __import__('subprocess').check_output('printf $COLOUR', "
          "shell=True).decode()]\n");
    Write(name + "/src/helper.py", "colour = '" + name + "'\n");
    Write(name + "/src/late.py", "colour = '" + name + "'\n");
  }
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&, name = std::string(i % 2 == 0 ? "red" : "blue")] {
      auto spec = Spec("src/api/users.handler", name);
      spec.code_folder += "/" + name;
      spec.variables["COLOUR"] = name;
      const auto environment = Start(spec);
      for (int j = 0; j < 5; ++j) {
        const auto outcome = environment->Invoke(Input("{}"));
        EXPECT_EQ(json::parse(outcome.payload),
                  json({name, name, name, name, spec.code_folder, name}));
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(getenv("COLOUR"), nullptr);
}

TEST_F(PythonInProcessTest, PackagesComeFromTheFolderThenVenvThenLayersThenTheSystem) {
  for (const std::string place : {"code", "code/venv/lib/python3.9/site-packages", "layer/python",
                                  "layer/python/lib/python3.11/site-packages", "code/src"}) {
    const auto name = place.substr(0, 4) == "code" ? place : place;
    Write(place + "/first.py", "place = '" + name + "'\n");
    if (place != "code") Write(place + "/second.py", "place = '" + name + "'\n");
    if (place.starts_with("layer")) Write(place + "/third.py", "place = '" + name + "'\n");
  }
  Write("layer/python/fourth.py", "place = 'layer/python'\n");
  Write("code/app.py",
        "import first, second, third, fourth, json\n"
        "def handler(event, context):\n"
        "    return [m.place for m in (first, second, third, fourth)]\n");
  auto spec = Spec("app.handler");
  spec.code_folder = folder_ + "/code";
  spec.layer_folders = {folder_ + "/layer"};
  EXPECT_EQ(json::parse(Start(spec)->Invoke(Input("{}")).payload),
            json({"code", "code/venv/lib/python3.9/site-packages",
                  "layer/python/lib/python3.11/site-packages", "layer/python"}));
}

TEST_F(PythonInProcessTest, PrintsLinesLogRecordsAndChildrenReachTheLogInOrder) {
  const auto outcome = Run(R"(
import logging, os, subprocess, sys
print('init')
def handler(event, context):
    print('a', 'b')
    logging.getLogger().warning('two\nlines')
    logging.getLogger().info('not shown')
    os.write(1, b'raw\n')
    subprocess.run(['echo', 'child'])
    print('c\nd')
    sys.stderr.write('unfinished')
)");
  EXPECT_EQ(outcome.payload, "null");
  EXPECT_THAT(
      lines_.Take(),
      ElementsAre("init", "a b",
                  AllOf(StartsWith("[WARNING]\t20"),
                        testing::EndsWith("Z\t8f507cfc-xmpl-4697-b07a-ac58fc914c95\ttwo\nlines")),
                  "raw", "child", "c", "d", "unfinished"));
}

TEST_F(PythonInProcessTest, MegabytesOfOutputAndOfEventsPassThrough) {
  const std::string big(6'000'000, 'x');
  const auto outcome = Run(R"(
def handler(event, context):
    for i in range(20000):
        print('%0100d' % i)
    return event
)",
                           json(big).dump());
  EXPECT_EQ(outcome.payload.size(), big.size() + 2);
  EXPECT_EQ(lines_.Take().size(), 20000u);
}

TEST_F(PythonInProcessTest, EventThatIsNoJsonIsAnUnmarshalError) {
  const auto outcome = Run("def handler(event, context):\n    return event\n", "{nonsense");
  EXPECT_EQ(json::parse(outcome.payload)["errorType"], "Runtime.UnmarshalError");
  EXPECT_EQ(environment_->Invoke(Input("\"\\u00fc\\ud83d\\ude00 \u00fc\"")).payload,
            R"("\u00fc\ud83d\ude00 \u00fc")");
}

TEST_F(PythonInProcessTest, HandlerClockFollowsTheEmulators) {
  Write("app.py", R"(
import datetime, threading, time
def handler(event, context):
    later = []
    thread = threading.Thread(target=lambda: later.append(time.time()))
    thread.start()
    thread.join()
    return [time.time(), datetime.datetime.now(datetime.timezone.utc).timestamp(), later[0],
            datetime.datetime.now().isoformat()]
)");
  const auto environment = Start(Spec("app.handler"));
  clock_offset_ = std::chrono::hours(24 * 365);
  auto times = json::parse(environment->Invoke(Input("{}")).payload);
  const double expected = static_cast<double>(time(nullptr)) + 86400.0 * 365;
  for (int i = 0; i < 3; ++i) EXPECT_NEAR(times[i].get<double>(), expected, 60);
  clock_frozen_at_ = std::chrono::seconds(1'767'225'600);
  times = json::parse(environment->Invoke(Input("{}")).payload);
  EXPECT_EQ(times, json({1767225600.0, 1767225600.0, 1767225600.0, "2026-01-01T00:00:00"}));
  clock_offset_.reset();
  clock_frozen_at_.reset();
  times = json::parse(environment->Invoke(Input("{}")).payload);
  EXPECT_NEAR(times[0].get<double>(), static_cast<double>(time(nullptr)), 60);
}

TEST_F(PythonInProcessTest, OneEnvironmentThatComputesDoesNotHoldUpAnother) {
  Write("app.py", "def handler(event, context):\n    while event: pass\n    return 1\n");
  const auto quick = Start(Spec("app.handler"));
  std::thread busy([&] {
    const auto environment = Start(Spec("app.handler"));
    EXPECT_EQ(environment->Invoke(Input("true", std::chrono::milliseconds(700))).kind,
              OutcomeKind::kTimedOut);
  });
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(quick->Invoke(Input("false", std::chrono::milliseconds(500))).payload, "1");
  }
  busy.join();
}

TEST_F(PythonInProcessTest, Boto3LivesInSeveralEnvironmentsAtOnce) {
  Write("app.py", R"(
import boto3, os
table = boto3.resource('dynamodb').Table(os.environ['TABLE'])
def handler(event, context):
    return [table.name, table.meta.client.meta.endpoint_url]
)");
  std::vector<std::thread> threads;
  for (const std::string name : {"one", "two"}) {
    threads.emplace_back([this, name] {
      auto spec = Spec("app.handler", name);
      spec.variables["TABLE"] = name;
      const auto start = std::chrono::steady_clock::now();
      const auto environment = Start(spec);
      const auto cold = std::chrono::steady_clock::now() - start;
      printf("cold start with boto3: %.0f ms\n",
             std::chrono::duration<double, std::milli>(cold).count());
      const auto outcome = environment->Invoke(Input("{}"));
      EXPECT_EQ(outcome.payload,
                "[\"" + name + "\", \"https://dynamodb.us-east-1.amazonaws.com\"]");
      EXPECT_EQ(environment->isolation(), Isolation::kInProcess) << environment->isolation_reason();
    });
  }
  for (auto& thread : threads) thread.join();
}

// These keep one state for all interpreters of a process unless the host sees to it.
TEST_F(PythonInProcessTest, StandardModulesSurviveTheEndOfAnotherEnvironment) {
  Write("app.py", R"(
import asyncio, ctypes, datetime, decimal, numbers, socket, zoneinfo
async def wait(): await asyncio.sleep(0.001)
def handler(event, context):
    asyncio.run(wait())
    day = datetime.datetime.strptime('2024-01-02', '%Y-%m-%d').replace(tzinfo=zoneinfo.ZoneInfo('UTC'))
    try:
        decimal.Context(prec=3, traps=[decimal.Inexact]).create_decimal('1.2345')
    except decimal.Inexact:
        trapped = True
    try:
        socket.getaddrinfo('name', 80, 0, 0, 0, socket.AI_NUMERICHOST)
    except socket.gaierror:
        caught = True
    return [day.isoformat(), trapped, caught, isinstance(decimal.Decimal(1), numbers.Number),
            ctypes.POINTER(ctypes.c_int)(ctypes.c_int(5)).contents.value]
)");
  const auto expected = R"(["2024-01-02T00:00:00+00:00", true, true, true, 5])";
  auto first = Start(Spec("app.handler"));
  EXPECT_EQ(first->Invoke(Input("{}")).payload, expected);
  const auto second = Start(Spec("app.handler"));
  EXPECT_EQ(second->Invoke(Input("{}")).payload, expected);
  EXPECT_EQ(first->Invoke(Input("{}")).payload, expected);
  first.reset();
  EXPECT_EQ(second->Invoke(Input("{}")).payload, expected);
  EXPECT_EQ(Start(Spec("app.handler"))->Invoke(Input("{}")).payload, expected);
  EXPECT_EQ(second->Invoke(Input("{}")).payload, expected);
}

TEST_F(PythonInProcessTest, WarmInvocationsAreQuick) {
  Write("app.py", "def handler(event, context):\n    return event\n");
  const auto start = std::chrono::steady_clock::now();
  const auto environment = Start(Spec("app.handler"));
  const auto cold = std::chrono::steady_clock::now() - start;
  std::vector<double> micros;
  for (int i = 0; i < 2000; ++i) {
    const auto before = std::chrono::steady_clock::now();
    ASSERT_EQ(environment->Invoke(Input(R"({"a":1})")).payload, R"({"a": 1})");
    micros.push_back(
        std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - before)
            .count());
  }
  std::sort(micros.begin(), micros.end());
  printf("cold %.1f ms, warm p50 %.0f us, p99 %.0f us\n",
         std::chrono::duration<double, std::milli>(cold).count(), micros[1000], micros[1980]);
}

}  // namespace
}  // namespace fractus::lambdas
