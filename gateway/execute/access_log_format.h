// A stage's access-log format: text with $context variables.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fractus::gateway::execute {

class AccessLogFormat {
 public:
  AccessLogFormat() = default;
  explicit AccessLogFormat(std::string_view format);

  // One line; a variable that has no value prints "-".
  // Source:
  // https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-variables-for-access-logging.html
  std::string Line(
      const std::function<std::optional<std::string>(std::string_view name)>& value) const;

 private:
  struct Piece {
    // The variable's name without "$context.", or plain text.
    std::string text;
    bool is_variable = false;
  };
  std::vector<Piece> pieces_;
};

}  // namespace fractus::gateway::execute
