// The Python texts of this folder, which are part of the plugin.
#pragma once

#include <string>

namespace fractus::lambdas::python {

// The name tracebacks give these texts, as on AWS; its frames are not shown to the user.
inline constexpr const char* kBootFile = "/var/runtime/bootstrap.py";

// Defines run_in_process(config_text, channel, log).
std::string InProcessText();
// A program: the fork server.
std::string ZygoteText();

}  // namespace fractus::lambdas::python
