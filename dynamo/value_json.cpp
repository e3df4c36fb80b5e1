#include "dynamo/value_json.h"

#include <algorithm>

#include "emulator/core/encoding.h"

namespace fractus::dynamo {
namespace {

constexpr char kEmptyValue[] =
    "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes";
constexpr char kSeveralTypes[] =
    "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the "
    "supported datatypes";
constexpr char kTooDeep[] =
    "Nesting Levels have exceeded supported limits: Attributes in the item have nested levels "
    "beyond supported limit";
constexpr char kInvalid[] = "One or more parameter values were invalid: ";

// Room for this many is made before the first is read.
constexpr size_t kUsualAttributes = 8;

void Note(std::string& problem, std::string text) {
  if (problem.empty()) problem = std::move(text);
}

Number ParseNumber(std::string_view text, std::string& problem) {
  auto number = Number::Parse(text);
  if (number) return *number;
  Note(problem, number.error().message);
  return {};
}

template <class Element>
bool HasDuplicates(std::vector<Element> elements) {
  std::sort(elements.begin(), elements.end());
  return std::adjacent_find(elements.begin(), elements.end()) != elements.end();
}

bool ReadTextSet(JsonReader& reader, Type type, Value& value, std::string& problem) {
  std::vector<std::string> elements;
  for (bool more = reader.BeginArray(); more && reader.NextElement();) {
    std::string& element = elements.emplace_back();
    if (!(type == Type::kBinarySet ? reader.ReadBytes(element) : reader.ReadText(element)))
      return false;
  }
  if (reader.failed()) return false;
  value = CheckedSet(type, std::move(elements), problem);
  return true;
}

bool ReadNumberSet(JsonReader& reader, Value& value, std::string& problem) {
  std::vector<Number> elements;
  for (bool more = reader.BeginArray(); more && reader.NextElement();) {
    std::string_view text;
    if (!reader.ReadString(text)) return false;
    elements.push_back(ParseNumber(text, problem));
  }
  if (reader.failed()) return false;
  value = CheckedSet(std::move(elements), problem);
  return true;
}

bool ReadList(JsonReader& reader, Value& value, std::string& problem, int depth) {
  List elements;
  for (bool more = reader.BeginArray(); more && reader.NextElement();) {
    if (!ReadValue(reader, elements.emplace_back(), problem, depth + 1)) return false;
  }
  if (reader.failed()) return false;
  value = Value::Of(std::move(elements));
  return true;
}

bool ReadNestedMap(JsonReader& reader, Value& value, std::string& problem, int depth) {
  Map map;
  std::string_view name;
  for (bool more = reader.BeginObject(); more && reader.NextMember(name);) {
    map.push_back({std::string(name), Value()});
    if (!ReadValue(reader, map.back().value, problem, depth + 1)) return false;
  }
  if (reader.failed()) return false;
  SortByName(map);
  value = Value::Of(std::move(map));
  return true;
}

bool ReadTyped(JsonReader& reader, Type type, Value& value, std::string& problem, int depth) {
  if ((type == Type::kList || type == Type::kMap) && depth > kDeepestNesting) {
    Note(problem, kTooDeep);
    return reader.Skip();
  }
  switch (type) {
    case Type::kString: {
      std::string text;
      if (!reader.ReadText(text)) return false;
      value = Value::String(std::move(text));
      return true;
    }
    case Type::kNumber: {
      std::string_view text;
      if (!reader.ReadString(text)) return false;
      value = Value::Of(ParseNumber(text, problem));
      return true;
    }
    case Type::kBinary: {
      std::string bytes;
      if (!reader.ReadBytes(bytes)) return false;
      value = Value::Binary(std::move(bytes));
      return true;
    }
    case Type::kBoolean: {
      bool flag = false;
      if (!reader.ReadBoolean(flag)) return false;
      value = Value::Boolean(flag);
      return true;
    }
    case Type::kNull: {
      bool flag = false;
      if (!reader.ReadBoolean(flag)) return false;
      if (!flag)
        Note(problem,
             std::string(kInvalid) + "Null attribute value types must have the value of true");
      value = Value::Null();
      return true;
    }
    case Type::kStringSet:
    case Type::kBinarySet:
      return ReadTextSet(reader, type, value, problem);
    case Type::kNumberSet:
      return ReadNumberSet(reader, value, problem);
    case Type::kList:
      return ReadList(reader, value, problem, depth);
    case Type::kMap:
      return ReadNestedMap(reader, value, problem, depth);
  }
  return reader.Skip();
}

}  // namespace

Value CheckedSet(Type type, std::vector<std::string> elements, std::string& problem) {
  const bool is_binary = type == Type::kBinarySet;
  if (elements.empty()) {
    Note(problem, std::string(kInvalid) + (is_binary ? "Binary sets should not be empty"
                                                     : "An string set  may not be empty"));
  }
  if (HasDuplicates(elements)) {
    std::vector<std::string> printed = elements;
    if (is_binary) {
      for (auto& element : printed) element = Base64Encode(element);
    }
    Note(problem, std::string(kInvalid) + "Input collection [" + Join(printed, ", ") + "]" +
                      (is_binary ? "of type BS" : "") + " contains duplicates.");
  }
  return Value::SetOf(type, std::move(elements));
}

Value CheckedSet(std::vector<Number> elements, std::string& problem) {
  if (elements.empty()) Note(problem, std::string(kInvalid) + "An number set  may not be empty");
  if (HasDuplicates(elements)) Note(problem, "Input collection contains duplicates");
  return Value::SetOf(std::move(elements));
}

bool ReadValue(JsonReader& reader, Value& value, std::string& problem, int depth) {
  if (reader.TakeNull()) {
    Note(problem, kEmptyValue);
    return true;
  }
  int types = 0;
  std::string_view name;
  for (bool more = reader.BeginObject(); more && reader.NextMember(name);) {
    const auto type = TypeFromName(name);
    if (reader.TakeNull()) continue;
    if (!type) {
      if (!reader.Skip()) return false;
      continue;
    }
    ++types;
    if (!ReadTyped(reader, *type, value, problem, depth)) return false;
  }
  if (reader.failed()) return false;
  if (types == 0) Note(problem, kEmptyValue);
  if (types > 1) Note(problem, kSeveralTypes);
  return true;
}

bool ReadMap(JsonReader& reader, ReadMapResult& result) {
  std::string_view name;
  result.map.reserve(kUsualAttributes);
  for (bool more = reader.BeginObject(); more && reader.NextMember(name);) {
    result.map.push_back({std::string(name), Value()});
    const bool was_fine = result.problem.empty();
    if (!ReadValue(reader, result.map.back().value, result.problem)) return false;
    if (was_fine && !result.problem.empty()) result.problem_name = result.map.back().name;
  }
  if (reader.failed()) return false;
  SortByName(result.map);
  return true;
}

void WriteValue(std::string& out, const Value& value) {
  out += "{\"";
  out += TypeName(value.type());
  out += "\":";
  const auto list = [&](const auto& elements, const auto& write) {
    out += '[';
    bool first = true;
    for (const auto& element : elements) {
      if (!std::exchange(first, false)) out += ',';
      write(element);
    }
    out += ']';
  };
  const auto number = [&](const Number& element) {
    out += '"';
    element.AppendTo(out);
    out += '"';
  };
  switch (value.type()) {
    case Type::kString:
      WriteText(out, value.Text());
      break;
    case Type::kNumber:
      number(value.AsNumber());
      break;
    case Type::kBinary:
      WriteText(out, Base64Encode(value.Text()));
      break;
    case Type::kBoolean:
      out += value.Flag() ? "true" : "false";
      break;
    case Type::kNull:
      out += "true";
      break;
    case Type::kStringSet:
      list(value.Elements(), [&](const std::string& element) { WriteText(out, element); });
      break;
    case Type::kNumberSet:
      list(value.Numbers(), number);
      break;
    case Type::kBinarySet:
      list(value.Elements(),
           [&](const std::string& element) { WriteText(out, Base64Encode(element)); });
      break;
    case Type::kList:
      list(value.Members(), [&](const Value& element) { WriteValue(out, element); });
      break;
    case Type::kMap:
      WriteMap(out, value.Attributes());
      break;
  }
  out += '}';
}

void WriteMap(std::string& out, const Map& map) {
  out += '{';
  bool first = true;
  for (const auto& [name, value] : map) {
    if (!std::exchange(first, false)) out += ',';
    WriteText(out, name);
    out += ':';
    WriteValue(out, value);
  }
  out += '}';
}

std::string PrintedValue(const Value& value) {
  std::string text = "{" + std::string(TypeName(value.type())) + ":";
  const auto list = [&](const auto& elements, const auto& print) {
    text += '[';
    bool first = true;
    for (const auto& element : elements) {
      if (!std::exchange(first, false)) text += ',';
      text += print(element);
    }
    text += ']';
  };
  switch (value.type()) {
    case Type::kString:
      text += value.Text();
      break;
    case Type::kNumber:
      text += value.AsNumber().ToText();
      break;
    case Type::kBinary:
      text += "java.nio.HeapByteBuffer[pos=0 lim=" + std::to_string(value.Text().size()) +
              " cap=" + std::to_string(value.Text().size()) + "]";
      break;
    case Type::kBoolean:
      text += value.Flag() ? "true" : "false";
      break;
    case Type::kNull:
      text += "true";
      break;
    case Type::kStringSet:
    case Type::kBinarySet:
      list(value.Elements(), [](const std::string& element) { return element; });
      break;
    case Type::kNumberSet:
      list(value.Numbers(), [](const Number& element) { return element.ToText(); });
      break;
    case Type::kList:
      list(value.Members(), PrintedValue);
      break;
    case Type::kMap: {
      text += '{';
      bool first = true;
      for (const auto& [name, member] : value.Attributes()) {
        if (!std::exchange(first, false)) text += ',';
        text += name + "=" + PrintedValue(member);
      }
      text += '}';
      break;
    }
  }
  return text + "}";
}

}  // namespace fractus::dynamo
