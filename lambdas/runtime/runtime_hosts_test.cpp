#include "lambdas/runtime/testing/runtime_fixture.h"

namespace fractus::lambdas {
namespace {

using testing::HasSubstr;

TEST(RuntimeHostsTest, RuntimesThatAreNotEmulatedAreRefusedByName) {
  RuntimeHosts hosts({});
  for (const std::string runtime : {"nodejs18.x", "java17", "ruby3.2", "dotnet8", "go1.x"}) {
    const auto choice = hosts.For(runtime);
    EXPECT_EQ(choice.host, nullptr);
    EXPECT_EQ(choice.problem, "runtime " + runtime + " is not emulated yet");
  }
}

TEST(RuntimeHostsTest, AnotherPythonThanTheMachinesIsNotedOnce) {
  RuntimeHosts hosts({});
  EXPECT_THAT(hosts.For("python3.9").note, HasSubstr("Python 3.11"));
  EXPECT_EQ(hosts.For("python3.9").note, "");
  EXPECT_EQ(hosts.For("python3.11").note, "");
  EXPECT_EQ(hosts.For("python3.9").host, hosts.For("python3.12").host);
}

TEST(RuntimeHostsTest, AMissingPluginIsNamedWithThePlacesSearched) {
  RuntimeHosts hosts({}, "/nowhere");
  const auto choice = hosts.For("python3.11");
  EXPECT_EQ(choice.host, nullptr);
  EXPECT_EQ(choice.problem, "fractus_python.so is missing; looked for it in /nowhere");
}

}  // namespace
}  // namespace fractus::lambdas
