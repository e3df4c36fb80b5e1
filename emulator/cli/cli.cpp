#include "emulator/cli/cli.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <charconv>

#include "emulator/cli/commands.h"
#include "emulator/cli/stack.h"

namespace fractus::cli {
namespace {

// Flags as typed, before they are understood.
struct Raw {
  std::string data, log_level = "info", clock, seed, isolation = "auto", durability = "process",
                    table_delay = "0s", auth = "open", stale_reads = "0s", index_delay = "0s";
  std::vector<std::string> parameters;
};

void AddServeFlags(CLI::App& command, ServeOptions& options, Raw& raw) {
  command
      .add_option("--port", options.port, "Port for HTTP, HTTPS and proxy; 0 takes any free one")
      ->capture_default_str();
  command.add_option("--host", options.host, "Address to listen on")->capture_default_str();
  command.add_option("--data", raw.data,
                     "Folder that keeps everything; without it nothing is kept");
  command.add_option("--region", options.region, "Region of requests that name none")
      ->capture_default_str();
  command.add_option("--account", options.account, "Account of credentials that name none")
      ->capture_default_str();
  command
      .add_option("--log-level", raw.log_level,
                  "debug, info, warning, error or off; warning also ends the request log")
      ->capture_default_str();
  command.add_option("--clock", raw.clock,
                     "Start the clock at this time, e.g. 2026-01-01T00:00:00Z");
  command.add_option("--seed", raw.seed,
                     "Make every id, token, code and key reproducible, e.g. 42");
  command
      .add_option("--isolation", raw.isolation,
                  "auto, or process: run every handler in a worker process")
      ->capture_default_str();
  command
      .add_option("--durability", raw.durability,
                  "process: survives kill -9; fsync: survives power loss")
      ->capture_default_str();
  command
      .add_option("--auth", raw.auth,
                  "open: any signature; strict: signed by test/test or by keys of IAM and STS")
      ->capture_default_str();
  command
      .add_option("--table-delay", raw.table_delay,
                  "How long DynamoDB tables take to be made, changed and deleted, e.g. 5s")
      ->capture_default_str();
  command
      .add_option("--stale-reads", raw.stale_reads,
                  "How far eventually consistent reads of DynamoDB lag behind, e.g. 200ms")
      ->capture_default_str();
  command
      .add_option("--index-delay", raw.index_delay,
                  "How far global indexes of DynamoDB lag behind, e.g. 500ms")
      ->capture_default_str();
  command.add_flag("--throttling", options.throttling,
                   "DynamoDB refuses requests beyond a table's throughput");
  command
      .add_option("--scan-order", options.scan_order,
                  "Order of partitions in scans of new DynamoDB tables: key, insertion, or hash as "
                  "on AWS")
      ->capture_default_str();
  command.add_flag("--offline", options.offline, "The proxy refuses hosts that are not AWS's");
}

void AddClientFlags(CLI::App& command, ClientOptions& options) {
  command.add_option("--endpoint", options.endpoint, "The running emulator")
      ->capture_default_str()
      ->envname("AWS_ENDPOINT_URL");
  command.add_option("--region", options.region, "Region to work in")
      ->capture_default_str()
      ->envname("AWS_REGION");
}

Duration DurationOf(const std::string& flag, const std::string& text) {
  const auto duration = ParseDuration(text);
  if (!duration || *duration < Duration(0))
    throw UserError{fmt::format("{} {} is not a duration like 500ms, 5s or 1m.", flag, text)};
  return *duration;
}

void Understand(const Raw& raw, ServeOptions& options) {
  static const std::map<std::string, LogLevel> kLevels = {
      {"trace", LogLevel::kTrace},     {"debug", LogLevel::kDebug},  {"info", LogLevel::kInfo},
      {"warning", LogLevel::kWarning}, {"warn", LogLevel::kWarning}, {"error", LogLevel::kError},
      {"off", LogLevel::kOff}};
  const auto level = kLevels.find(raw.log_level);
  if (level == kLevels.end())
    throw UserError{
        fmt::format("--log-level {} is not debug, info, warning, error or off.", raw.log_level)};
  options.log_level = level->second;
  if (!raw.data.empty()) options.data = raw.data;
  if (!raw.clock.empty()) {
    options.clock = ParseIso8601(raw.clock);
    if (!options.clock)
      throw UserError{
          fmt::format("--clock {} is not a time like 2026-01-01T00:00:00Z.", raw.clock)};
  }
  if (!raw.seed.empty()) {
    uint64_t seed = 0;
    const auto [end, error] =
        std::from_chars(raw.seed.data(), raw.seed.data() + raw.seed.size(), seed);
    if (error != std::errc() || end != raw.seed.data() + raw.seed.size())
      throw UserError{fmt::format("--seed {} is not a whole number from 0 up.", raw.seed)};
    options.seed = seed;
  }
  if (raw.isolation != "auto" && raw.isolation != "process")
    throw UserError{fmt::format("--isolation {} is neither auto nor process.", raw.isolation)};
  options.worker_processes = raw.isolation == "process";
  if (raw.durability != "process" && raw.durability != "fsync")
    throw UserError{fmt::format("--durability {} is neither process nor fsync.", raw.durability)};
  options.power_loss_safe = raw.durability == "fsync";
  if (raw.auth != "open" && raw.auth != "strict")
    throw UserError{fmt::format("--auth {} is neither open nor strict.", raw.auth)};
  options.strict_auth = raw.auth == "strict";
  options.table_delay = DurationOf("--table-delay", raw.table_delay);
  options.stale_reads = DurationOf("--stale-reads", raw.stale_reads);
  options.index_delay = DurationOf("--index-delay", raw.index_delay);
  if (options.scan_order != "key" && options.scan_order != "hash" &&
      options.scan_order != "insertion") {
    throw UserError{
        fmt::format("--scan-order {} is neither key, hash nor insertion.", options.scan_order)};
  }
  if (options.account.size() != 12 ||
      options.account.find_first_not_of("0123456789") != std::string::npos)
    throw UserError{fmt::format("--account {} is not 12 digits.", options.account)};
}

void Understand(const Raw& raw, StackOptions& options) {
  for (const auto& parameter : raw.parameters) {
    const size_t equals = parameter.find('=');
    if (equals == std::string::npos || equals == 0)
      throw UserError{fmt::format("--parameter {} is not of the form Key=Value.", parameter)};
    options.parameters[parameter.substr(0, equals)] = parameter.substr(equals + 1);
  }
}

void WaitForEnd(boost::asio::io_context& context) {
  context.run();
  PrintLine("Stopping.");
}

std::unique_ptr<RunningEmulator> Start(const StartEmulator& start, const ServeOptions& options) {
  try {
    auto emulator = start(options);
    PrintLine(fmt::format("fractus listens on http://{}:{} (HTTP, HTTPS and proxy)", options.host,
                          emulator->port()));
    return emulator;
  } catch (const std::runtime_error& failure) {
    throw UserError{failure.what()};
  }
}

// A browser and curl reach the deployed API without the proxy by these.
void PrintUrls(const ServeOptions& options, uint16_t port, const std::vector<Output>& outputs) {
  for (const auto& output : outputs) {
    const size_t at = output.value.find(".execute-api.");
    if (!output.value.starts_with("https://") || at == std::string::npos) continue;
    const size_t path = output.value.find('/', at);
    const std::string id = output.value.substr(8, at - 8),
                      rest = path == std::string::npos ? "" : output.value.substr(path);
    PrintLine(fmt::format("  {} without the proxy: http://{}:{}/_aws/execute-api/{}{}", output.key,
                          options.host, port, id, rest));
  }
}

int Up(const StartEmulator& start, const ServeOptions& serve, const StackOptions& stack) {
  const auto file = FindTemplate(stack.template_path);
  CheckTemplate(file);
  boost::asio::io_context context;
  // Before other threads start: a signal that comes early must not end the process in the middle.
  boost::asio::signal_set signals(context, SIGINT, SIGTERM);
  signals.async_wait([](auto, auto) {});
  const auto emulator = Start(start, serve);
  const ApiClient client({fmt::format("http://127.0.0.1:{}", emulator->port()), serve.region});
  Deploy(client, stack);
  const std::string name = stack.stack_name.empty() ? DefaultStackName(file) : stack.stack_name;
  const auto outputs = Outputs(client, name);
  PrintOutputs(outputs, "\nOutputs of " + name);
  PrintUrls(serve, emulator->port(), outputs);
  PrintLine(fmt::format(
      "Other shells: eval \"$(fractus env --endpoint http://127.0.0.1:{})\"   Stop with Ctrl-C.",
      emulator->port()));
  PrintLine("Ready.");
  WaitForEnd(context);
  return 0;
}

int Serve(const StartEmulator& start, const ServeOptions& options) {
  boost::asio::io_context context;
  boost::asio::signal_set signals(context, SIGINT, SIGTERM);
  signals.async_wait([](auto, auto) {});
  const auto emulator = Start(start, options);
  PrintLine("Ready.");
  WaitForEnd(context);
  return 0;
}

}  // namespace

int Run(int argc, char** argv, const StartEmulator& start, const std::string& version) {
  CLI::App app("fractus: AWS on your own machine, for serverless applications.", "fractus");
  app.require_subcommand(1);
  app.footer(
      "Examples:\n"
      "  fractus up                               serve the SAM application of this folder\n"
      "  fractus start --data ./state             an empty emulator that keeps its data\n"
      "  fractus deploy template.yaml --stack-name users --parameter Stage=dev\n"
      "  eval \"$(fractus env)\"                    let AWS CLI, boto3 and curl of this shell "
      "reach it\n"
      "'fractus COMMAND --help' tells more of each.");

  ServeOptions serve;
  ClientOptions client;
  StackOptions stack;
  InvokeOptions invoke;
  LogsOptions logs;
  InboxOptions inbox;
  Raw raw;
  bool as_json = false, unset = false;

  auto* up = app.add_subcommand("up", "Start, deploy a template and serve it until Ctrl-C");
  up->add_option("template", stack.template_path,
                 "Template file, or a folder that holds template.yaml")
      ->capture_default_str();
  up->add_option("--stack-name", stack.stack_name, "Name of the stack; default: the folder's name");
  up->add_option("--parameter", raw.parameters, "A template parameter, Key=Value; may be repeated");
  AddServeFlags(*up, serve, raw);
  up->footer(
      "Examples:\n  fractus up\n  fractus up fixtures/users --port 0\n  fractus up template.yaml "
      "--data ./state --parameter Stage=dev");

  auto* start_command = app.add_subcommand("start", "Start an empty emulator");
  AddServeFlags(*start_command, serve, raw);
  start_command->footer(
      "Examples:\n  fractus start\n  fractus start --data ./state --port 4566\n  fractus start "
      "--clock 2026-01-01T00:00:00Z --seed 42");

  auto* deploy = app.add_subcommand("deploy", "Create or update a stack in a running emulator");
  deploy
      ->add_option("template", stack.template_path,
                   "Template file, or a folder that holds template.yaml")
      ->capture_default_str();
  deploy->add_option("--stack-name", stack.stack_name,
                     "Name of the stack; default: the folder's name");
  deploy->add_option("--parameter", raw.parameters,
                     "A template parameter, Key=Value; may be repeated");
  AddClientFlags(*deploy, client);
  deploy->footer(
      "Examples:\n  fractus deploy\n  fractus deploy template.yaml --stack-name users --parameter "
      "UserPoolAdminGroupName=admins");

  auto* outputs = app.add_subcommand("outputs", "Show the outputs of stacks");
  outputs->add_option("stack", stack.stack_name, "Name of a stack; default: all");
  outputs->add_flag("--json", as_json, "As JSON");
  AddClientFlags(*outputs, client);
  outputs->footer("Examples:\n  fractus outputs\n  fractus outputs users --json");

  auto* invoke_command =
      app.add_subcommand("invoke", "Invoke a function; its log goes to standard error");
  invoke_command->add_option("function", invoke.function, "Name or ARN")->required();
  invoke_command->add_option("-e,--event", invoke.event_file,
                             "File with the event as JSON; - reads standard input; default {}");
  AddClientFlags(*invoke_command, client);
  invoke_command->footer(
      "Examples:\n  fractus invoke users-UsersFunction-ABC -e events/get.json\n  echo '{}' | "
      "fractus invoke echo -e -");

  auto* logs_command = app.add_subcommand("logs", "Show log events");
  logs_command->add_option("group", logs.group, "Name of a log group; default: all");
  logs_command->add_flag("-f,--follow", logs.follow, "Keep printing what arrives");
  AddClientFlags(*logs_command, client);
  logs_command->footer("Examples:\n  fractus logs\n  fractus logs /aws/lambda/echo --follow");

  auto* inbox_command =
      app.add_subcommand("inbox", "Show the e-mails and SMS that services would have sent");
  inbox_command->add_option("address", inbox.to, "E-mail address or phone number; default: all");
  inbox_command->add_flag("--json", inbox.as_json, "As JSON");
  AddClientFlags(*inbox_command, client);
  inbox_command->footer(
      "Examples:\n  fractus inbox\n  fractus inbox jane@example.com --json\nA browser shows it "
      "under /_fractus/inbox of the endpoint.");

  auto* env =
      app.add_subcommand("env", "Print shell exports: endpoint, proxy, CA and test credentials");
  env->add_flag("--unset", unset, "Print the commands that take them back");
  AddClientFlags(*env, client);
  env->footer(
      "Examples:\n  eval \"$(fractus env)\"\n  eval \"$(fractus env --endpoint "
      "http://127.0.0.1:5000)\"\n  eval \"$(fractus env --unset)\"");

  auto* version_command = app.add_subcommand("version", "Print the version");

  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& wanted) {
    return app.exit(wanted);
  } catch (const CLI::RequiredError& error) {
    const bool unknown_command = argc > 1 && app.get_subcommands().empty();
    fmt::print(stderr, "fractus: {}. See 'fractus --help'.\n",
               unknown_command ? fmt::format("{} is not a command", argv[1]) : error.what());
    return 2;
  } catch (const CLI::ParseError& error) {
    fmt::print(stderr, "fractus: {}. See 'fractus --help'.\n", error.what());
    return 2;
  }

  try {
    Understand(raw, serve);
    Understand(raw, stack);
    if (*up) return Up(start, serve, stack);
    if (*start_command) return Serve(start, serve);
    if (*deploy) {
      Deploy(ApiClient(client), stack);
      const std::string name = stack.stack_name.empty()
                                   ? DefaultStackName(FindTemplate(stack.template_path))
                                   : stack.stack_name;
      PrintOutputs(Outputs(ApiClient(client), name), "\nOutputs of " + name);
      return 0;
    }
    if (*outputs) return PrintOutputs(client, stack.stack_name, as_json);
    if (*invoke_command) return InvokeFunction(client, invoke);
    if (*logs_command) return PrintLogs(client, logs);
    if (*inbox_command) return PrintInbox(client, inbox);
    if (*env) return PrintEnvironment(client, unset);
    if (*version_command) fmt::print("fractus {}\n", version);
    return 0;
  } catch (const UserError& error) {
    std::fflush(stdout);
    fmt::print(stderr, "fractus: {}\n", error.message);
    return error.exit_code;
  }
}

}  // namespace fractus::cli
