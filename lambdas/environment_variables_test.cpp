#include "lambdas/environment_variables.h"

#include "lambdas/testing_room.h"

namespace fractus::lambdas {
namespace {

class EnvironmentVariablesTest : public testing::RoomTest {};

// Source: recorded test_introspection_invoke[python3.11], without AWS_LAMBDA_RUNTIME_API, which a
// host sets that has one, and PYTHONPATH, which is the Python host's.
TEST_F(EnvironmentVariablesTest, HandlerFindsAwsVariablesTheWayToTheEmulatorAndItsOwn) {
  json more = json::object();
  more["Environment"]["Variables"]["TABLE"] = "t";
  more["MemorySize"] = 1024;
  ASSERT_TRUE(Create("echo", more));
  ASSERT_TRUE(Invoke("echo"));
  const auto spec = host_.Specs().at(0);
  auto variables = spec.variables;
  EXPECT_THAT(variables["_X_AMZN_TRACE_ID"], ::testing::StartsWith("Root=1-"));
  variables.erase("_X_AMZN_TRACE_ID");
  const std::string& root = spec.code_folder;
  const std::map<std::string, std::string> expected{
      {"AWS_ACCESS_KEY_ID", "000000000000"},
      {"AWS_CA_BUNDLE", "/ca/local.pem"},
      {"AWS_DEFAULT_REGION", "us-east-1"},
      {"AWS_ENDPOINT_URL", "http://127.0.0.1:4566"},
      {"AWS_EXECUTION_ENV", "AWS_Lambda_python3.11"},
      {"AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "1024"},
      {"AWS_LAMBDA_FUNCTION_NAME", "echo"},
      {"AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"},
      {"AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand"},
      {"AWS_LAMBDA_LOG_GROUP_NAME", "/aws/lambda/echo"},
      {"AWS_LAMBDA_LOG_STREAM_NAME", spec.log_stream},
      {"AWS_REGION", "us-east-1"},
      {"AWS_SECRET_ACCESS_KEY", "test"},
      {"AWS_SESSION_TOKEN", "test"},
      {"AWS_XRAY_CONTEXT_MISSING", "LOG_ERROR"},
      {"AWS_XRAY_DAEMON_ADDRESS", "127.0.0.1:2000"},
      {"CURL_CA_BUNDLE", "/ca/all.pem"},
      {"HTTPS_PROXY", "http://127.0.0.1:4566"},
      {"LAMBDA_RUNTIME_DIR", "/var/runtime"},
      {"LAMBDA_TASK_ROOT", root},
      {"LANG", "en_US.UTF-8"},
      {"LD_LIBRARY_PATH", "/var/lang/lib:/lib64:/usr/lib64:/var/runtime:/var/runtime/lib:" + root +
                              ":" + root + "/lib:/opt/lib"},
      {"NODE_EXTRA_CA_CERTS", "/ca/local.pem"},
      {"NO_PROXY", "localhost,127.0.0.1,::1"},
      {"PATH", "/var/lang/bin:/usr/local/bin:/usr/bin/:/bin:/opt/bin"},
      {"PWD", root},
      {"REQUESTS_CA_BUNDLE", "/ca/all.pem"},
      {"SHLVL", "0"},
      {"SSL_CERT_FILE", "/ca/all.pem"},
      {"TABLE", "t"},
      {"TZ", ":UTC"},
      {"_AWS_XRAY_DAEMON_ADDRESS", "127.0.0.1"},
      {"_AWS_XRAY_DAEMON_PORT", "2000"},
      {"_HANDLER", "app.handler"},
      {"https_proxy", "http://127.0.0.1:4566"},
      {"no_proxy", "localhost,127.0.0.1,::1"},
  };
  EXPECT_EQ(variables, expected);
}

TEST_F(EnvironmentVariablesTest, CustomRuntimesHaveNoExecutionEnvironment) {
  ASSERT_TRUE(Create("echo", json::parse(R"({"Runtime": "provided.al2023"})")));
  // The fake host does not run it; what matters is how it was configured.
  const auto function = CallText("GetFunction", R"({"FunctionName": "echo"})");
  ASSERT_TRUE(function);
  std::vector<testing::ZipEntry> entries(1);
  entries[0].name = "bootstrap";
  const auto code = *Code::FromZip(testing::MakeZip(entries), folder_ / "x", ids_);
  const auto version = FunctionVersion::Make(kLatest, function->at("Configuration"), code);
  const auto variables = EnvironmentVariables(FunctionId{"1", "r", "echo"}, *version, "s", {});
  EXPECT_FALSE(variables.contains("AWS_EXECUTION_ENV"));
  EXPECT_FALSE(variables.contains("AWS_ENDPOINT_URL"));
  EXPECT_FALSE(variables.contains("SSL_CERT_FILE"));
}

}  // namespace
}  // namespace fractus::lambdas
