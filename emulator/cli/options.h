// What the user asked for on the command line.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "emulator/core/clock.h"
#include "emulator/core/log.h"

namespace fractus::cli {

// Flags that `up` and `start` share.
struct ServeOptions {
  std::string host = "127.0.0.1";
  uint16_t port = 4566;
  // Nothing: a folder that is thrown away at the end.
  std::optional<std::filesystem::path> data;
  std::string region = "us-east-1";
  std::string account = "000000000000";
  LogLevel log_level = LogLevel::kInfo;
  std::optional<Time> clock;
  std::optional<uint64_t> seed;
  bool offline = false;
  bool worker_processes = false;
  bool power_loss_safe = false;
  // Requests must be signed by known credentials.
  bool strict_auth = false;
  // How long DynamoDB tables and indexes stay CREATING, UPDATING and DELETING.
  Duration table_delay{0};
  // How far DynamoDB's eventually consistent reads and its global indexes lag behind.
  Duration stale_reads{0}, index_delay{0};
  // Requests beyond a DynamoDB table's throughput are refused.
  bool throttling = false;
  // In which order new DynamoDB tables are scanned: "key", "hash" or "insertion".
  std::string scan_order = "key";
};

// Flags of commands that talk to a running emulator.
struct ClientOptions {
  std::string endpoint = "http://127.0.0.1:4566";
  std::string region = "us-east-1";
};

struct StackOptions {
  std::filesystem::path template_path = "template.yaml";
  // Empty: named after the template's folder.
  std::string stack_name;
  std::map<std::string, std::string> parameters;
};

struct InvokeOptions {
  std::string function;
  // "-": standard input; empty: {}.
  std::string event_file;
};

struct LogsOptions {
  // Empty: all groups.
  std::string group;
  bool follow = false;
};

struct InboxOptions {
  // Empty: all addresses.
  std::string to;
  bool as_json = false;
};

}  // namespace fractus::cli
