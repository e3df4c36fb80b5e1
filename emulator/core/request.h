// One call of an AWS operation: who calls, when, and with what input.
#pragma once

#include <string>
#include <string_view>

#include "emulator/core/clock.h"
#include "emulator/core/http_message.h"
#include "emulator/core/json.h"

namespace fractus {

// What is known about a request besides its input. Filled once, in the front door.
struct RequestContext {
  std::string request_id;
  Time now;
  std::string region = "us-east-1";
  std::string account = "000000000000";
  // Empty for an unsigned request.
  std::string access_key;
  // "http://localhost:4566": scheme and host by which the client reached us, for URLs that are
  // returned.
  std::string base_url;
  std::string source_ip = "127.0.0.1";
  std::string user_agent;
};

struct Request {
  RequestContext context;
  // Parsed and validated against the service model's input shape; always an object.
  json input = json::object();

  bool Has(std::string_view member) const {
    return input.contains(member) && !input.at(std::string(member)).is_null();
  }
  // The member's text, or "" when it is absent.
  std::string Text(std::string_view member) const;
  std::string Text(std::string_view member, std::string_view otherwise) const;
  long long Integer(std::string_view member, long long otherwise) const;
  bool Flag(std::string_view member, bool otherwise) const;
  // The member, or an empty object / array when it is absent.
  const json& Object(std::string_view member) const;
  const json& Array(std::string_view member) const;
};

}  // namespace fractus
