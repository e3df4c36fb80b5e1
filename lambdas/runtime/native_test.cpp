#include <thread>

#include "lambdas/runtime/testing/runtime_fixture.h"

namespace fractus::lambdas {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

class NativeTest : public RuntimeTest {
 protected:
  NativeTest() {
    // Beside the test program's folder, built from testing/native_handlers.cpp.
    const auto program = std::filesystem::read_symlink("/proc/self/exe");
    std::filesystem::copy_file(program.parent_path() / "native" / "libruntime_test_handlers.so",
                               folder_ + "/libhandlers.so");
  }
  std::unique_ptr<ExecutionEnvironment> Start(const std::string& handler) {
    auto spec = Spec(handler);
    spec.runtime = "provided.al2023";
    spec.variables["COLOUR"] = "green";
    return Host(spec.runtime).Start(spec, lines_.Sink());
  }
  InvokeOutcome Run(const std::string& handler, std::string event = "{}",
                    std::chrono::milliseconds limit = std::chrono::seconds(20)) {
    return Start(handler)->Invoke(Input(std::move(event), limit));
  }
};

TEST_F(NativeTest, HandlerGetsEventContextAndVariables) {
  EXPECT_EQ(Run("libhandlers.echo", R"({"a":1})").payload, R"({"a":1})");
  EXPECT_THAT(lines_.Take(), ElementsAre("echo for 8f507cfc-xmpl-4697-b07a-ac58fc914c95"));
  EXPECT_EQ(Run("handlers.variable").payload, R"("green")");
}

TEST_F(NativeTest, StaticVariablesBelongToOneEnvironment) {
  const auto one = Start("libhandlers.count"), two = Start("libhandlers.count");
  EXPECT_EQ(one->Invoke(Input("{}")).payload, "1");
  EXPECT_EQ(one->Invoke(Input("{}")).payload, "2");
  EXPECT_EQ(two->Invoke(Input("{}")).payload, "1");
}

TEST_F(NativeTest, ExceptionIsAnErrorObjectWithItsClass) {
  const auto outcome = Run("libhandlers.fail");
  EXPECT_EQ(outcome.kind, OutcomeKind::kHandlerFailed);
  const auto error = json::parse(outcome.payload);
  EXPECT_EQ(error["errorType"], "(anonymous namespace)::OutOfLuck");
  EXPECT_EQ(error["errorMessage"], "nothing goes");
  EXPECT_EQ(error["requestId"], "8f507cfc-xmpl-4697-b07a-ac58fc914c95");
  EXPECT_THAT(lines_.Take(), ElementsAre("[ERROR] (anonymous namespace)::OutOfLuck: nothing goes"));
}

TEST_F(NativeTest, WhatCannotBeLoadedIsAnInitErrorByName) {
  const auto type_of = [&](const std::string& handler) {
    const auto outcome = Run(handler);
    EXPECT_EQ(outcome.kind, OutcomeKind::kInitFailed);
    return json::parse(outcome.payload)["errorType"].get<std::string>();
  };
  EXPECT_EQ(type_of("libhandlers.nothing"), "Runtime.HandlerNotFound");
  EXPECT_EQ(type_of("libmissing.echo"), "Runtime.ImportModuleError");
  EXPECT_EQ(type_of("nodot"), "Runtime.MalformedHandlerName");
  Write("libtext.so", "no ELF");
  const auto outcome = Run("libtext.echo");
  EXPECT_THAT(outcome.payload, HasSubstr("Unable to load 'libtext': " + folder_ + "/libtext.so"));
  Write("bootstrap", "#!/bin/sh\n");
  EXPECT_EQ(type_of("hello.handler"), "Runtime.NotEmulated");
}

TEST_F(NativeTest, HandlerPastItsDeadlineTimesOutWhetherItHeedsThatOrNot) {
  for (const std::string handler : {"libhandlers.patient", "libhandlers.stubborn"}) {
    const auto environment = Start(handler);
    const auto outcome = environment->Invoke(Input("{}", std::chrono::milliseconds(30)));
    EXPECT_EQ(outcome.kind, OutcomeKind::kTimedOut);
    EXPECT_THAT(outcome.payload, HasSubstr("Task timed out after 3.00 seconds"));
    EXPECT_EQ(environment->Invoke(Input("{}")).kind, OutcomeKind::kTimedOut);
  }
}

// As on a busy machine, where the emulator may look at the answer long after the deadline.
TEST_F(NativeTest, AnswerPastTheDeadlineIsATimeoutHoweverLateItIsSeen) {
  const std::string file = folder_ + "/late";
  auto spec = Spec("libhandlers.late");
  spec.runtime = "provided.al2023";
  const auto environment = Host(spec.runtime).Start(spec, [&](std::string_view) {
    while (!std::filesystem::exists(file)) std::this_thread::yield();
  });
  EXPECT_EQ(environment->Invoke(Input(file, std::chrono::milliseconds(30))).kind,
            OutcomeKind::kTimedOut);
  EXPECT_EQ(environment->Invoke(Input(file)).kind, OutcomeKind::kTimedOut);
}

TEST_F(NativeTest, HandlerClockFollowsTheEmulators) {
  clock_frozen_at_ = std::chrono::seconds(1'767'225'600);
  EXPECT_EQ(Run("libhandlers.now").payload, "1767225600");
  clock_frozen_at_.reset();
  EXPECT_THAT(Run("libhandlers.now").payload, testing::Ne("1767225600"));
}

}  // namespace
}  // namespace fractus::lambdas
