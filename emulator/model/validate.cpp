#include "emulator/model/validate.h"

#include <fmt/format.h>

#include <boost/regex.hpp>
#include <mutex>
#include <unordered_map>
#include <vector>

namespace fractus::model {
namespace {

constexpr size_t kMostFindings = 10;

// Models write Java patterns; Unicode classes become the byte ranges of UTF-8 that they stand for.
std::string TranslatePattern(std::string_view pattern) {
  static const std::pair<std::string_view, std::string_view> kClasses[] = {
      {"\\p{L}", "a-zA-Z\\x80-\\xff"},
      {"\\p{M}", "\\x80-\\xff"},
      {"\\p{S}", "$+<=>^`|~\\x80-\\xff"},
      {"\\p{N}", "0-9\\x80-\\xff"},
      {"\\p{P}", "!-#%-*,-/:;?@\\[-\\]_{}\\x80-\\xff"},
      {"\\p{Z}", " \\x80-\\xff"},
      {"\\p{IsLetter}", "a-zA-Z\\x80-\\xff"},
      {"\\p{ASCII}", "\\x00-\\x7f"},
  };
  std::string translated;
  for (size_t i = 0; i < pattern.size();) {
    bool replaced = false;
    for (const auto& [name, range] : kClasses) {
      if (pattern.substr(i).starts_with(name)) {
        translated += range;
        i += name.size();
        replaced = true;
        break;
      }
    }
    if (replaced) continue;
    // Code points beyond ASCII in a class: any byte of UTF-8 stands for them.
    if (pattern.substr(i).starts_with("\\u") && i + 6 <= pattern.size()) {
      const auto code = std::stoul(std::string(pattern.substr(i + 2, 4)), nullptr, 16);
      translated += fmt::format("\\x{:02x}", std::min(code, 0xfful));
      i += 6;
      continue;
    }
    translated += pattern[i++];
  }
  return translated;
}

// Null for a pattern that the regular-expression library does not take: then it is not checked.
const boost::regex* Compiled(const std::string& pattern) {
  static std::mutex mutex;
  static std::unordered_map<std::string, std::unique_ptr<boost::regex>> cache;
  const std::lock_guard lock(mutex);
  const auto [slot, is_new] = cache.try_emplace(pattern);
  if (is_new) {
    try {
      slot->second = std::make_unique<boost::regex>(TranslatePattern(pattern));
    } catch (const std::exception&) {
    }
  }
  return slot->second.get();
}

bool Matches(const std::string& pattern, const std::string& text) {
  const boost::regex* regex = Compiled(pattern);
  if (!regex) return true;
  try {
    return boost::regex_match(text, *regex);
  } catch (const std::exception&) {
    return true;  // too complex for the matcher: a model's pattern never refuses what it cannot
                  // judge
  }
}

// A model's MemberName is AWS's memberName.
std::string LowerFirst(std::string_view name) {
  std::string lower(name);
  if (!lower.empty() && lower[0] >= 'A' && lower[0] <= 'Z')
    lower[0] = static_cast<char>(lower[0] + 32);
  return lower;
}

size_t CodePoints(std::string_view text) {
  size_t count = 0;
  for (const char c : text) count += (static_cast<unsigned char>(c) & 0xc0) != 0x80;
  return count;
}

// The value as AWS's messages print it: Java's toString.
std::string Printed(const json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_array()) {
    std::string text = "[";
    for (size_t i = 0; i < value.size(); ++i) text += (i ? ", " : "") + Printed(value[i]);
    return text + "]";
  }
  if (value.is_object()) {
    std::string text = "{";
    for (const auto& [key, member] : value.items())
      text += (text.size() > 1 ? ", " : "") + key + "=" + Printed(member);
    return text + "}";
  }
  if (value.is_binary())
    return "java.nio.HeapByteBuffer[pos=0 lim=" + std::to_string(value.get_binary().size()) + "]";
  return value.dump();
}

class Validator {
 public:
  void Check(const Shape& shape, const json& value, const std::string& path) {
    switch (shape.type) {
      case ShapeType::kStructure:
        for (const auto& member : shape.members) {
          const std::string at =
              path.empty() ? LowerFirst(member.name) : path + "." + LowerFirst(member.name);
          const auto found = value.find(member.name);
          if (found != value.end() && !found->is_null()) {
            Check(*member.shape, *found, at);
          } else if (member.required) {
            Report(fmt::format(
                "Value null at '{}' failed to satisfy constraint: Member must not be null", at));
          }
        }
        break;
      case ShapeType::kList:
        CheckSize(shape, value, value.size(), path);
        for (size_t i = 0; i < value.size(); ++i) {
          Check(*shape.element.shape, value[i], fmt::format("{}.{}.member", path, i + 1));
        }
        break;
      case ShapeType::kMap:
        CheckSize(shape, value, value.size(), path);
        for (const auto& [key, member] : value.items()) {
          Check(*shape.value.shape, member, fmt::format("{}.{}.member", path, key));
        }
        break;
      case ShapeType::kString:
        CheckSize(shape, value, CodePoints(value.get_ref<const std::string&>()), path);
        if (!shape.pattern.empty() &&
            !Matches(shape.pattern, value.get_ref<const std::string&>())) {
          Report(
              fmt::format("{} at '{}' failed to satisfy constraint: Member must satisfy regular "
                          "expression pattern: {}",
                          ValueText(shape, value), path, shape.pattern));
        }
        break;
      case ShapeType::kBlob:
        if (value.is_binary()) CheckSize(shape, value, value.get_binary().size(), path);
        break;
      case ShapeType::kInteger:
      case ShapeType::kLong:
      case ShapeType::kFloat:
      case ShapeType::kDouble:
        if (shape.min && value.get<double>() < *shape.min) {
          Report(
              fmt::format("{} at '{}' failed to satisfy constraint: Member must have value greater "
                          "than or equal to {}",
                          ValueText(shape, value), path, static_cast<long long>(*shape.min)));
        } else if (shape.max && value.get<double>() > *shape.max) {
          Report(
              fmt::format("{} at '{}' failed to satisfy constraint: Member must have value less "
                          "than or equal to {}",
                          ValueText(shape, value), path, static_cast<long long>(*shape.max)));
        }
        break;
      case ShapeType::kBoolean:
      case ShapeType::kTimestamp:
        break;
    }
  }

  std::optional<std::string> Message() const {
    if (findings_.empty()) return std::nullopt;
    std::string message = fmt::format("{} validation error{} detected: ", findings_.size(),
                                      findings_.size() == 1 ? "" : "s");
    for (size_t i = 0; i < findings_.size(); ++i) message += (i ? "; " : "") + findings_[i];
    return message;
  }

 private:
  static std::string ValueText(const Shape& shape, const json& value) {
    return shape.sensitive ? "Value" : "Value '" + Printed(value) + "'";
  }

  void CheckSize(const Shape& shape, const json& value, size_t size, const std::string& path) {
    if (shape.min && static_cast<double>(size) < *shape.min) {
      Report(
          fmt::format("{} at '{}' failed to satisfy constraint: Member must have length greater "
                      "than or equal to {}",
                      ValueText(shape, value), path, static_cast<long long>(*shape.min)));
    } else if (shape.max && static_cast<double>(size) > *shape.max) {
      Report(
          fmt::format("{} at '{}' failed to satisfy constraint: Member must have length less than "
                      "or equal to {}",
                      ValueText(shape, value), path, static_cast<long long>(*shape.max)));
    }
  }

  void Report(std::string finding) {
    if (findings_.size() < kMostFindings) findings_.push_back(std::move(finding));
  }

  std::vector<std::string> findings_;
};

}  // namespace

std::optional<std::string> Validate(const Shape& shape, const json& input) {
  Validator validator;
  validator.Check(shape, input, "");
  return validator.Message();
}

}  // namespace fractus::model
