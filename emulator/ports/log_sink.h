// Where services write log lines that their users read in CloudWatch Logs.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "emulator/core/request.h"

namespace fractus::ports {

struct LogLine {
  Time time;
  std::string message;
};

class LogSink {
 public:
  virtual ~LogSink() = default;

  // Appends lines in order; makes the group and the stream when they are missing. Thread-safe, does not fail: a line that cannot
  // be kept is reported in the emulator's own log.
  virtual void Write(std::string_view account, std::string_view region, std::string_view group,
                     std::string_view stream, std::vector<LogLine> lines) = 0;
};

}  // namespace fractus::ports
