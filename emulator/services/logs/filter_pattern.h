// Filter patterns of CloudWatch Logs: which messages FilterLogEvents answers with.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/core/api_error.h"
#include "emulator/core/json.h"

namespace fractus::logs {

// A condition on a JSON message: && and || over comparisons of selectors.
struct JsonCondition {
  enum class Kind {
    kAnd,
    kOr,
    kEqual,
    kNotEqual,
    kLess,
    kLessOrEqual,
    kGreater,
    kGreaterOrEqual,
    kIsNull,
    kIsTrue,
    kIsFalse,
    kNotExists
  };
  struct Step {
    std::string name;  // of a member; not used for an element
    long long index = -1;
    bool any_element = false;
  };

  Kind kind = Kind::kAnd;
  std::vector<JsonCondition> children;
  std::vector<Step> selector;
  std::string text;
  bool quoted = false;

  bool Holds(const json& document) const;
};

class FilterPattern {
 public:
  // Fails with InvalidParameterException for a malformed pattern, with NotImplemented for
  // space-delimited patterns
  // ("[ip, user, ...]") and regular expressions ("%...%").
  // Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
  static Result<FilterPattern> Parse(std::string_view pattern);

  // Terms are found anywhere in the message, with case. A JSON pattern matches no message that is
  // not JSON.
  bool Matches(std::string_view message) const;

 private:
  std::vector<std::string> required_;
  std::vector<std::string> optional_;
  std::vector<std::string> excluded_;
  std::unique_ptr<JsonCondition> condition_;
};

// The inside of "{ … }".
Result<JsonCondition> ParseJsonCondition(std::string_view text);

}  // namespace fractus::logs
