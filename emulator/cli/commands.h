// The commands that talk to a running emulator.
#pragma once

#include "emulator/cli/api_client.h"
#include "emulator/cli/options.h"

namespace fractus::cli {

// Each prints to standard output and returns the exit code; each throws UserError.
int PrintOutputs(const ClientOptions& client, const std::string& stack_name, bool as_json);
int InvokeFunction(const ClientOptions& client, const InvokeOptions& options);
int PrintLogs(const ClientOptions& client, const LogsOptions& options);
// Messages newest first, as the inbox page shows them.
int PrintInbox(const ClientOptions& client, const InboxOptions& options);
// Shell exports for `eval "$(fractus env)"`.
int PrintEnvironment(const ClientOptions& client, bool unset);

}  // namespace fractus::cli
