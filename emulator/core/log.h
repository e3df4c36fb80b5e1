// Log lines of the emulator itself, on standard error.
#pragma once

#include <fmt/format.h>

#include <string_view>

namespace fractus {

enum class LogLevel { kTrace, kDebug, kInfo, kWarning, kError, kOff };

void SetLogLevel(LogLevel level);
bool LogEnabled(LogLevel level);
void WriteLog(LogLevel level, std::string_view line);
// A line for the user, printed whatever the level: the request log, the outputs table, "Ready.".
void PrintLine(std::string_view line);

template <class... Args>
void Log(LogLevel level, fmt::format_string<Args...> format, Args&&... args) {
  if (LogEnabled(level)) WriteLog(level, fmt::format(format, std::forward<Args>(args)...));
}

}  // namespace fractus
