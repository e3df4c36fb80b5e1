#include "emulator/cli/commands.h"

#include <fmt/format.h>

#include <chrono>
#include <fstream>
#include <iostream>
#include <set>
#include <thread>

#include "emulator/cli/stack.h"
#include "emulator/core/encoding.h"
#include "emulator/core/json.h"
#include "emulator/http/certificate_authority.h"

namespace fractus::cli {
namespace {

// Real time between two looks at the logs.
constexpr auto kFollowInterval = std::chrono::milliseconds(300);

std::string ReadEvent(const std::string& file) {
  std::string text = "{}";
  if (file == "-") {
    text.assign(std::istreambuf_iterator<char>(std::cin), {});
  } else if (!file.empty()) {
    std::ifstream in(file, std::ios::binary);
    if (!in) throw UserError{fmt::format("Cannot read the event file {}.", file)};
    text.assign(std::istreambuf_iterator<char>(in), {});
  }
  if (!json::accept(text))
    throw UserError{fmt::format("The event {} is not JSON.", file.empty() ? "" : file)};
  return text;
}

// A message's text may not move the cursor of the terminal; its line breaks are indented.
std::string Printable(const std::string& text) {
  std::string printable;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '\n') {
      printable += "\n  ";
    } else if (byte >= 0x20 && byte != 0x7f) {
      printable += c;
    }
  }
  return printable;
}

// "'" inside single quotes of a shell.
std::string Quoted(const std::string& value) {
  std::string quoted = "'";
  for (const char c : value) quoted += c == '\'' ? "'\\''" : std::string(1, c);
  return quoted + "'";
}

std::vector<std::string> LogGroups(const ApiClient& client) {
  std::vector<std::string> names;
  const json groups = json::parse(client.Json("logs", "Logs_20140328.DescribeLogGroups", "{}"));
  for (const auto& group : groups.value("logGroups", json::array()))
    names.push_back(group.at("logGroupName").get<std::string>());
  return names;
}

}  // namespace

int PrintOutputs(const ClientOptions& options, const std::string& stack_name, bool as_json) {
  const ApiClient client(options);
  const auto names = stack_name.empty() ? Stacks(client) : std::vector<std::string>{stack_name};
  if (names.empty())
    throw UserError{"No stack is deployed; deploy one with 'fractus deploy template.yaml'.", 1};
  if (as_json) {
    json document = json::object();
    for (const auto& name : names) {
      document[name] = json::object();
      for (const auto& output : Outputs(client, name)) document[name][output.key] = output.value;
    }
    fmt::print("{}\n", stack_name.empty() ? document.dump(2) : document[stack_name].dump(2));
    return 0;
  }
  for (const auto& name : names) PrintOutputs(Outputs(client, name), name);
  return 0;
}

int InvokeFunction(const ClientOptions& options, const InvokeOptions& invoke) {
  const ApiClient client(options);
  HttpHeaders headers;
  headers.Add("X-Amz-Log-Type", "Tail");
  const HttpResponse response = client.Send(
      "lambda", "POST", "/2015-03-31/functions/" + PercentEncode(invoke.function) + "/invocations",
      std::move(headers), ReadEvent(invoke.event_file));
  if (const auto log = Base64Decode(response.headers.Get("X-Amz-Log-Result")))
    fmt::print(stderr, "{}", *log);
  if (response.status >= 300) {
    const json error = json::parse(response.body, nullptr, false);
    throw UserError{error.is_object()
                        ? error.value("Message", error.value("message", response.body))
                        : response.body,
                    1};
  }
  fmt::print("{}\n", response.body);
  return response.headers.Find("X-Amz-Function-Error") ? 1 : 0;
}

int PrintLogs(const ClientOptions& options, const LogsOptions& logs) {
  const ApiClient client(options);
  // Events that arrive late may be older than what was shown: ids tell what is new.
  std::set<std::string> shown;
  do {
    const auto groups =
        logs.group.empty() ? LogGroups(client) : std::vector<std::string>{logs.group};
    for (const auto& group : groups) {
      json request = {{"logGroupName", group}};
      do {
        const json page =
            json::parse(client.Json("logs", "Logs_20140328.FilterLogEvents", request.dump()));
        for (const auto& event : page.value("events", json::array())) {
          if (!shown.insert(event.at("eventId").get<std::string>()).second) continue;
          const Time time = Time(std::chrono::milliseconds(event.at("timestamp").get<long long>()));
          std::string message = event.at("message").get<std::string>();
          while (message.ends_with('\n')) message.pop_back();
          fmt::print("{} {}{}{}\n", FormatIso8601Millis(time), logs.group.empty() ? group : "",
                     logs.group.empty() ? " " : "", message);
        }
        request["nextToken"] = page.value("nextToken", json());
        if (request["nextToken"].is_null()) break;
      } while (true);
    }
    std::fflush(stdout);
    if (logs.follow) std::this_thread::sleep_for(kFollowInterval);
  } while (logs.follow);
  return 0;
}

int PrintInbox(const ClientOptions& options, const InboxOptions& inbox) {
  const ApiClient client(options);
  const HttpResponse response =
      client.Send("inbox", "GET", "/_fractus/inbox?to=" + PercentEncode(inbox.to), {}, "");
  const json document = json::parse(response.body, nullptr, false);
  if (response.status != 200 || !document.is_object())
    throw UserError{
        fmt::format("{} has no inbox: it answered {}.", options.endpoint, response.status), 1};
  const json& messages = document.at("messages");
  if (inbox.as_json) {
    fmt::print("{}\n", messages.dump(2));
    return 0;
  }
  for (const json& message : messages) {
    const auto text = [&](const char* member) {
      return Printable(message.at(member).get<std::string>());
    };
    const std::string subject = text("subject");
    fmt::print("{} {} to {}{}{}\n", text("time"), text("medium"), text("to"),
               subject.empty() ? "" : ": ", subject);
    fmt::print("  {}\n", text("body"));
  }
  if (messages.empty()) fmt::print(stderr, "There is no message yet.\n");
  return 0;
}

int PrintEnvironment(const ClientOptions& client, bool unset) {
  if (unset) {
    for (const char* name :
         {"AWS_ENDPOINT_URL", "HTTPS_PROXY", "https_proxy", "NO_PROXY", "no_proxy", "AWS_CA_BUNDLE",
          "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE", "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS",
          "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_DEFAULT_REGION", "AWS_REGION"}) {
      fmt::print("unset {}\n", name);
    }
    return 0;
  }
  const http::CertificateAuthority authority(http::StateFolder());
  const std::string ca = authority.certificate_file(), bundle = authority.bundle_file();
  const std::vector<std::pair<std::string, std::string>> exports = {
      {"AWS_ENDPOINT_URL", client.endpoint},
      {"HTTPS_PROXY", client.endpoint},
      {"https_proxy", client.endpoint},
      {"NO_PROXY", "localhost,127.0.0.1,::1,.localhost,.localstack.cloud"},
      {"no_proxy", "localhost,127.0.0.1,::1,.localhost,.localstack.cloud"},
      {"AWS_CA_BUNDLE", ca},
      {"REQUESTS_CA_BUNDLE", bundle},
      {"SSL_CERT_FILE", bundle},
      {"CURL_CA_BUNDLE", bundle},
      {"NODE_EXTRA_CA_CERTS", ca},
      {"AWS_ACCESS_KEY_ID", "test"},
      {"AWS_SECRET_ACCESS_KEY", "test"},
      {"AWS_DEFAULT_REGION", client.region},
      {"AWS_REGION", client.region}};
  for (const auto& [name, value] : exports) fmt::print("export {}={}\n", name, Quoted(value));
  return 0;
}

}  // namespace fractus::cli
