// YAML (and JSON, its subset) to JSON, with CloudFormation's short intrinsic tags.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "emulator/core/api_error.h"

namespace fractus::yaml {

struct SyntaxError {
  SyntaxError() = default;
  SyntaxError(std::string text, int at_line, int at_column)
      : message(std::move(text)), line(at_line), column(at_column) {}

  std::string message;
  // From 1.
  int line = 0;
  int column = 0;
};

// YAML 1.1 as CloudFormation reads it: quoted scalars are text, unquoted true/false/null/numbers
// are typed, dates stay text, "!Ref x" becomes {"Ref": "x"}, "!GetAtt a.b" {"Fn::GetAtt": ["a",
// "b"]}, "!Sub" and the others
// {"Fn::Name": …}. Anchors and merges work. Aliases that blow up (more than 1 MB of result per 1 KB
// of source) are refused.
boost::system::result<json, SyntaxError> Parse(std::string_view text);
[[noreturn]] void throw_exception_from_error(const SyntaxError& error,
                                             const boost::source_location&);

}  // namespace fractus::yaml
