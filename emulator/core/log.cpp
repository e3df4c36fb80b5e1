#include "emulator/core/log.h"

#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

namespace fractus {
namespace {

spdlog::logger& Logger() {
  static const auto logger = [] {
    auto made = std::make_shared<spdlog::logger>(
        "fractus", std::make_shared<spdlog::sinks::stderr_color_sink_mt>());
    made->set_pattern("%H:%M:%S.%e %^%l%$ %v");
    made->set_level(spdlog::level::info);
    made->flush_on(spdlog::level::trace);
    return made;
  }();
  return *logger;
}

// Without time and level, for lines that people read as a page.
spdlog::logger& Page() {
  static const auto logger = [] {
    auto made = std::make_shared<spdlog::logger>(
        "page", std::make_shared<spdlog::sinks::stderr_color_sink_mt>());
    made->set_pattern("%v");
    made->flush_on(spdlog::level::trace);
    return made;
  }();
  return *logger;
}

}  // namespace

void SetLogLevel(LogLevel level) {
  Logger().set_level(level == LogLevel::kOff ? spdlog::level::off
                                             : static_cast<spdlog::level::level_enum>(level));
}

bool LogEnabled(LogLevel level) {
  return Logger().should_log(static_cast<spdlog::level::level_enum>(level));
}

void WriteLog(LogLevel level, std::string_view line) {
  Logger().log(static_cast<spdlog::level::level_enum>(level), "{}", line);
}

void PrintLine(std::string_view line) { Page().info("{}", line); }

}  // namespace fractus
