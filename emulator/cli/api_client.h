// A small AWS client for the commands that talk to a running emulator.
#pragma once

#include <map>
#include <string>

#include "emulator/cli/options.h"
#include "emulator/core/http_message.h"

namespace fractus::cli {

// What a user should read instead of a stack trace: exit code 2 for wrong input, 1 for a failed
// request.
struct UserError {
  std::string message;
  int exit_code = 2;
};

// Blocks. Throws UserError when nothing answers at the endpoint.
class ApiClient {
 public:
  explicit ApiClient(ClientOptions options) : options_(std::move(options)) {}

  HttpResponse Send(const std::string& service, const std::string& method, const std::string& path,
                    HttpHeaders headers, std::string body) const;
  // The query protocol: the XML answer. Throws UserError with AWS's message for a refusal.
  std::string Query(const std::string& service, const std::string& version,
                    std::map<std::string, std::string> form) const;
  // The json protocols: the JSON answer. Throws UserError with AWS's message for a refusal.
  std::string Json(const std::string& service, const std::string& target,
                   const std::string& body) const;

  const ClientOptions& options() const { return options_; }

 private:
  ClientOptions options_;
};

}  // namespace fractus::cli
