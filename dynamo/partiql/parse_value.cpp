// The rules of paths and values.
#include <algorithm>
#include <charconv>

#include "dynamo/errors.h"
#include "dynamo/partiql/parser.h"
#include "dynamo/value_json.h"

namespace fractus::dynamo::partiql {
namespace {

// Elements of one type that sets can hold.
Value MakeSet(const List& elements, std::string& problem) {
  const Type type = elements.empty() ? Type::kString : elements[0].type();
  const bool is_uniform = std::all_of(elements.begin(), elements.end(),
                                      [&](const Value& value) { return value.Is(type); });
  if (!is_uniform || (type != Type::kString && type != Type::kNumber && type != Type::kBinary)) {
    problem = "All elements of a set must be of the same type: string, number or binary";
    return {};
  }
  if (type == Type::kNumber) {
    std::vector<Number> numbers;
    for (const auto& element : elements) numbers.push_back(element.AsNumber());
    return CheckedSet(std::move(numbers), problem);
  }
  std::vector<std::string> texts;
  for (const auto& element : elements) texts.push_back(element.Text());
  return CheckedSet(type == Type::kString ? Type::kStringSet : Type::kBinarySet, std::move(texts),
                    problem);
}

}  // namespace

bool Parser::ParseName(std::string& name) {
  const Token& next = Peek();
  const bool is_name = next.kind == Token::Kind::kQuotedName ||
                       (next.kind == Token::Kind::kWord && !IsKeyword(next.text));
  if (!is_name || next.text.empty()) return Unexpected();
  name = Take().text;
  return true;
}

bool Parser::ParsePath(Path& path) {
  if (!ParseName(path.emplace_back().name)) return false;
  for (;;) {
    if (TakeSymbol(".")) {
      if (!ParseName(path.emplace_back().name)) return false;
    } else if (TakeSymbol("[")) {
      const Token step = Take();
      PathStep& last = path.emplace_back();
      if (step.kind == Token::Kind::kText) {
        last.name = step.text;
      } else {
        last.is_index = true;
        const char* end = step.text.data() + step.text.size();
        const auto [stop, error] = std::from_chars(step.text.data(), end, last.index);
        if (step.kind != Token::Kind::kNumber || error != std::errc() || stop != end)
          return SyntaxError("Unexpected path component at " + PlaceOf(text_, step));
      }
      if (!ExpectSymbol("]")) return false;
    } else {
      return true;
    }
  }
}

bool Parser::AtValue() const {
  const Token& next = Peek();
  switch (next.kind) {
    case Token::Kind::kText:
    case Token::Kind::kNumber:
    case Token::Kind::kParameter:
      return true;
    case Token::Kind::kWord:
      return AtKeyword("TRUE") || AtKeyword("FALSE") || AtKeyword("NULL");
    case Token::Kind::kSymbol:
      return next.text == "[" || next.text == "{" || next.text == "<<" || next.text == "-" ||
             next.text == "+";
    default:
      return false;
  }
}

bool Parser::ParseValue(const Value*& value) {
  Value parsed;
  if (!ParseValue(parsed)) return false;
  value = Keep(std::move(parsed));
  return true;
}

const Value* Parser::Keep(Value value) { return &statement_.values.emplace_back(std::move(value)); }

bool Parser::ParseValue(Value& value) {
  if (AtKeyword("TRUE") || AtKeyword("FALSE")) {
    value = Value::Boolean(AtKeyword("TRUE"));
    Take();
    return true;
  }
  if (TakeKeyword("NULL")) {
    value = Value::Null();
    return true;
  }
  if (AtSymbol("[") || AtSymbol("{") || AtSymbol("<<")) {
    const bool good = Enter() && (TakeSymbol("[")   ? ParseList(value)
                                  : TakeSymbol("{") ? ParseMap(value)
                                                    : ParseSet(value));
    Leave();
    return good;
  }
  switch (Peek().kind) {
    case Token::Kind::kText:
      value = Value::String(Take().text);
      return true;
    case Token::Kind::kParameter:
      Take();
      if (next_parameter_ == parameters_.size())
        return Fail(Invalid("Number of parameters in request and statement don't match."));
      value = parameters_[next_parameter_++];
      return true;
    case Token::Kind::kNumber:
      return ParseNumber(value);
    case Token::Kind::kSymbol:
      if (AtSymbol("-") || AtSymbol("+")) return ParseNumber(value);
      [[fallthrough]];
    default:
      return SyntaxError("Expected expression");
  }
}

bool Parser::ParseNumber(Value& value) {
  std::string text = TakeSymbol("-") ? "-" : (TakeSymbol("+"), "");
  if (Peek().kind != Token::Kind::kNumber) return SyntaxError("Expected expression");
  text += Take().text;
  const auto number = Number::Parse(text);
  if (!number) return Fail(number.error());
  value = Value::Of(*number);
  return true;
}

bool Parser::ParseList(Value& value) {
  List elements;
  if (!AtSymbol("]")) {
    do {
      if (!ParseValue(elements.emplace_back())) return false;
    } while (TakeSymbol(","));
  }
  value = Value::Of(std::move(elements));
  return ExpectSymbol("]");
}

bool Parser::ParseMap(Value& value) {
  Map map;
  if (!AtSymbol("}")) {
    do {
      if (Peek().kind != Token::Kind::kText) return SyntaxError("Expected attribute name");
      map.push_back({Take().text, Value()});
      if (!ExpectSymbol(":") || !ParseValue(map.back().value)) return false;
    } while (TakeSymbol(","));
  }
  SortByName(map);
  value = Value::Of(std::move(map));
  return ExpectSymbol("}");
}

// << 'a', 'b' >>
bool Parser::ParseSet(Value& value) {
  TakeSymbol("<<");
  List elements;
  if (!AtSymbol(">>")) {
    do {
      if (!ParseValue(elements.emplace_back())) return false;
    } while (TakeSymbol(","));
  }
  if (!ExpectSymbol(">>")) return false;
  std::string problem;
  auto set = MakeSet(elements, problem);
  if (!problem.empty()) return Fail(Invalid(std::move(problem)));
  value = std::move(set);
  return true;
}

}  // namespace fractus::dynamo::partiql
