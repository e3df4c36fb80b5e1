#include "emulator/protocol/json_value.h"

#include <charconv>
#include <cmath>

#include "emulator/core/clock.h"
#include "emulator/core/encoding.h"
#include "emulator/core/http_message.h"

namespace fractus::protocol {
namespace {

using model::Shape;
using model::ShapeType;
using model::TimestampFormat;

ApiError WrongType(const json& value, std::string_view wanted) {
  std::string found;
  if (value.is_string())
    found = "STRING_VALUE";
  else if (value.is_boolean())
    found = value.get<bool>() ? "TRUE_VALUE" : "FALSE_VALUE";
  else if (value.is_number_float())
    found = "DECIMAL_VALUE";
  else if (value.is_number())
    found = "NUMBER_VALUE";
  else if (value.is_array())
    return {"SerializationException", "Start of list found where not expected"};
  else
    return {"SerializationException", "Start of structure or map found where not expected."};
  return {"SerializationException", found + " cannot be converted to " + std::string(wanted)};
}

ApiError NotA(std::string_view wanted) {
  return {"SerializationException",
          "Unexpected token received from parser: " + std::string(wanted) + " expected"};
}

Result<json> DecodeBlob(const json& value) {
  if (!value.is_string()) return WrongType(value, "Blob");
  auto bytes = Base64Decode(value.get_ref<const std::string&>());
  if (!bytes)
    return ApiError{"SerializationException",
                    "Base64 encoded length is expected a multiple of 4 bytes but found: " +
                        std::to_string(value.get_ref<const std::string&>().size())};
  return json::binary({bytes->begin(), bytes->end()});
}

std::string Bytes(const json& value) {
  if (value.is_string()) return value.get<std::string>();
  const auto& binary = value.get_binary();
  return {binary.begin(), binary.end()};
}

// Whole seconds are written as integers, as AWS does where it has no fraction.
json Seconds(double seconds) {
  if (seconds == std::floor(seconds)) return static_cast<long long>(seconds);
  return seconds;
}

}  // namespace

Result<json> DecodeTimestamp(const json& value) {
  if (value.is_number()) return json(value.get<double>());
  if (value.is_string()) {
    if (const auto time = ParseIso8601(value.get_ref<const std::string&>()))
      return json(EpochSeconds(*time));
    const std::string& text = value.get_ref<const std::string&>();
    double number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error == std::errc() && end == text.data() + text.size()) return json(number);
  }
  return WrongType(value, "Timestamp");
}

Result<json> DecodeJson(const Shape& shape, const json& document) {
  switch (shape.type) {
    case ShapeType::kStructure: {
      if (!document.is_object())
        return document.is_array() ? WrongType(document, "") : NotA("a structure");
      json tree = json::object();
      for (const auto& member : shape.members) {
        const auto found = document.find(member.wire_name);
        if (found == document.end() || found->is_null()) continue;
        auto value = DecodeJson(*member.shape, *found);
        if (!value) return value.error();
        tree[member.name] = *std::move(value);
      }
      return tree;
    }
    case ShapeType::kList: {
      if (!document.is_array()) return NotA("a list");
      json tree = json::array();
      for (const auto& element : document) {
        // AWS drops nothing here: a null in a list is an error of the list's element.
        if (element.is_null()) {
          tree.push_back(nullptr);
          continue;
        }
        auto value = DecodeJson(*shape.element.shape, element);
        if (!value) return value.error();
        tree.push_back(*std::move(value));
      }
      return tree;
    }
    case ShapeType::kMap: {
      if (!document.is_object())
        return document.is_array() ? WrongType(document, "") : NotA("a map");
      json tree = json::object();
      for (const auto& [key, element] : document.items()) {
        if (element.is_null()) continue;
        auto value = DecodeJson(*shape.value.shape, element);
        if (!value) return value.error();
        tree[key] = *std::move(value);
      }
      return tree;
    }
    case ShapeType::kString:
      if (!document.is_string()) return WrongType(document, "String");
      return document;
    case ShapeType::kBlob:
      return DecodeBlob(document);
    case ShapeType::kInteger:
    case ShapeType::kLong:
      if (document.is_number_integer()) return document;
      if (document.is_number_float() &&
          document.get<double>() == std::floor(document.get<double>()))
        return json(document.get<long long>());
      return WrongType(document, shape.type == ShapeType::kLong ? "Long" : "Integer");
    case ShapeType::kFloat:
    case ShapeType::kDouble:
      if (document.is_number()) return document;
      return WrongType(document, "Double");
    case ShapeType::kBoolean:
      if (document.is_boolean()) return document;
      // AWS's JSON services take "true" and "false" too.
      if (document == "true") return json(true);
      if (document == "false") return json(false);
      return WrongType(document, "Boolean");
    case ShapeType::kTimestamp:
      return DecodeTimestamp(document);
  }
  return NotA("a value");
}

json EncodeJson(const Shape& shape, json tree) {
  switch (shape.type) {
    case ShapeType::kStructure: {
      json document = json::object();
      for (const auto& member : shape.members) {
        const auto found = tree.find(member.name);
        if (found == tree.end() || found->is_null()) continue;
        if (member.shape->type == ShapeType::kTimestamp &&
            (member.timestamp_format != TimestampFormat::kDefault ||
             member.shape->timestamp_format != TimestampFormat::kDefault) &&
            found->is_number()) {
          const auto format = member.timestamp_format != TimestampFormat::kDefault
                                  ? member.timestamp_format
                                  : member.shape->timestamp_format;
          document[member.wire_name] = format == TimestampFormat::kUnix
                                           ? Seconds(found->get<double>())
                                           : json(EncodeText(*member.shape, format, *found));
          continue;
        }
        document[member.wire_name] = EncodeJson(*member.shape, std::move(*found));
      }
      return document;
    }
    case ShapeType::kList:
      for (auto& element : tree) element = EncodeJson(*shape.element.shape, std::move(element));
      return tree;
    case ShapeType::kMap:
      for (auto& element : tree) element = EncodeJson(*shape.value.shape, std::move(element));
      return tree;
    case ShapeType::kBlob:
      return Base64Encode(Bytes(tree));
    case ShapeType::kTimestamp:
      return tree.is_number() ? Seconds(tree.get<double>()) : tree;
    default:
      return tree;
  }
}

Result<json> DecodeText(const Shape& shape, TimestampFormat, const std::string& text) {
  switch (shape.type) {
    case ShapeType::kInteger:
    case ShapeType::kLong: {
      long long number = 0;
      const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
      if (error != std::errc() || end != text.data() + text.size())
        return ApiError{"SerializationException", "STRING_VALUE cannot be converted to Integer"};
      return json(number);
    }
    case ShapeType::kFloat:
    case ShapeType::kDouble: {
      double number = 0;
      const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
      if (error != std::errc() || end != text.data() + text.size())
        return ApiError{"SerializationException", "STRING_VALUE cannot be converted to Double"};
      return json(number);
    }
    case ShapeType::kBoolean:
      if (EqualsIgnoreCase(text, "true")) return json(true);
      if (EqualsIgnoreCase(text, "false")) return json(false);
      return ApiError{"SerializationException", "STRING_VALUE cannot be converted to Boolean"};
    case ShapeType::kTimestamp:
      return DecodeTimestamp(text);
    case ShapeType::kBlob:
      return DecodeBlob(text);
    default:
      return json(text);
  }
}

std::string EncodeText(const Shape& shape, TimestampFormat format, const json& value) {
  if (shape.type == ShapeType::kBlob) return Base64Encode(Bytes(value));
  if (shape.type == ShapeType::kTimestamp && value.is_number()) {
    const Time time = FromEpochSeconds(value.get<double>());
    if (format == TimestampFormat::kUnix) return Seconds(value.get<double>()).dump();
    if (format == TimestampFormat::kRfc822) return FormatHttpDate(time);
    return EpochMillis(time) % 1000 == 0 ? FormatIso8601(time) : FormatIso8601Millis(time);
  }
  return value.is_string() ? value.get<std::string>() : value.dump();
}

}  // namespace fractus::protocol
