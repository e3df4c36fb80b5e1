// Amazon Resource Names.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace fractus {

struct Arn {
  std::string service;
  std::string region;
  std::string account;
  // All after the fifth colon: "table/Users", "function:echo:1".
  std::string resource;
  std::string partition = "aws";

  // Nothing when the text has fewer than six parts or does not start with "arn:".
  static std::optional<Arn> Parse(std::string_view text);
  std::string ToString() const;
};

}  // namespace fractus
