#include "dynamo/json_reader.h"

#include <charconv>
#include <cmath>

#include "dynamo/json_text.h"
#include "emulator/core/encoding.h"

namespace fractus::dynamo {
namespace {

ApiError Serialization(std::string message) {
  return {"SerializationException", std::move(message)};
}

}  // namespace

JsonReader::JsonReader(std::string_view text) : text_(text) {
  if (!IsAscii(text) && !IsValidUtf8(text)) Malformed();
}

void JsonReader::Fail(ApiError error) {
  if (!error_) error_ = std::move(error);
}

// The service names no reason for text that is no JSON.
void JsonReader::Malformed() { Fail(Serialization("")); }

void JsonReader::FailKind(std::string_view wanted) {
  const bool is_scalar = wanted != "Map" && wanted != "List" && wanted != "Structure";
  switch (Peek()) {
    case Kind::kObject:
      return Fail(Serialization("Start of structure or map found where not expected."));
    case Kind::kArray:
      return Fail(Serialization("Start of list found where not expected"));
    case Kind::kNone:
      return Malformed();
    default:
      break;
  }
  if (!is_scalar) return Fail(Serialization("Unexpected token received from parser"));
  std::string found;
  switch (Peek()) {
    case Kind::kString:
      found = "STRING_VALUE";
      break;
    case Kind::kTrue:
      found = "TRUE_VALUE";
      break;
    case Kind::kFalse:
      found = "FALSE_VALUE";
      break;
    case Kind::kNull:
      found = "NULL_VALUE";
      break;
    default: {
      bool whole = true;
      if (!SkipNumber(whole)) return;
      found = whole ? "NUMBER_VALUE" : "DECIMAL_VALUE";
    }
  }
  Fail(Serialization(found + " cannot be converted to " + std::string(wanted)));
}

void JsonReader::Blank() {
  while (at_ < text_.size()) {
    const char c = text_[at_];
    if (c != ' ' && c != '\n' && c != '\t' && c != '\r') return;
    ++at_;
  }
}

JsonReader::Kind JsonReader::Peek() {
  if (failed()) return Kind::kNone;
  Blank();
  if (at_ >= text_.size()) return Kind::kNone;
  switch (text_[at_]) {
    case '{':
      return Kind::kObject;
    case '[':
      return Kind::kArray;
    case '"':
      return Kind::kString;
    case 't':
      return Kind::kTrue;
    case 'f':
      return Kind::kFalse;
    case 'n':
      return Kind::kNull;
    default:
      return text_[at_] == '-' || (text_[at_] >= '0' && text_[at_] <= '9') ? Kind::kNumber
                                                                           : Kind::kNone;
  }
}

bool JsonReader::Literal(std::string_view word) {
  if (text_.substr(at_, word.size()) != word) {
    Malformed();
    return false;
  }
  at_ += word.size();
  return true;
}

bool JsonReader::TakeNull() { return Peek() == Kind::kNull && Literal("null"); }

bool JsonReader::BeginObject() {
  if (Peek() != Kind::kObject) {
    FailKind("Map");
    return false;
  }
  ++at_;
  first_ = true;
  return true;
}

bool JsonReader::NextMember(std::string_view& name) {
  if (failed()) return false;
  Blank();
  const bool first = std::exchange(first_, false);
  if (at_ < text_.size() && text_[at_] == '}') {
    ++at_;
    return false;
  }
  if (!first) {
    if (at_ >= text_.size() || text_[at_] != ',') {
      Malformed();
      return false;
    }
    ++at_;
  }
  if (Peek() != Kind::kString) {
    Malformed();
    return false;
  }
  if (!ReadString(name)) return false;
  Blank();
  if (at_ >= text_.size() || text_[at_] != ':') {
    Malformed();
    return false;
  }
  ++at_;
  return true;
}

bool JsonReader::BeginArray() {
  if (Peek() != Kind::kArray) {
    FailKind("List");
    return false;
  }
  ++at_;
  first_ = true;
  return true;
}

bool JsonReader::NextElement() {
  if (failed()) return false;
  Blank();
  const bool first = std::exchange(first_, false);
  if (at_ < text_.size() && text_[at_] == ']') {
    ++at_;
    return false;
  }
  if (!first) {
    if (at_ >= text_.size() || text_[at_] != ',') {
      Malformed();
      return false;
    }
    ++at_;
  }
  if (Peek() == Kind::kNone) {
    Malformed();
    return false;
  }
  return true;
}

bool JsonReader::ReadString(std::string_view& text) {
  if (Peek() != Kind::kString) {
    FailKind("String");
    return false;
  }
  const size_t begin = ++at_;
  at_ += PlainLength(text_.substr(at_));
  if (at_ < text_.size() && text_[at_] == '"') {
    text = text_.substr(begin, at_++ - begin);
    return true;
  }
  if (at_ < text_.size() && text_[at_] == '\\') {
    scratch_.assign(text_.substr(begin, at_ - begin));
    return Unescape(text);
  }
  Malformed();
  return false;
}

// Continues a string at its first backslash; what came before is in scratch_.
bool JsonReader::Unescape(std::string_view& text) {
  while (at_ < text_.size()) {
    const char c = text_[at_++];
    if (c == '"') {
      text = scratch_;
      return true;
    }
    if (static_cast<unsigned char>(c) < 0x20) break;
    if (c != '\\') {
      scratch_ += c;
      continue;
    }
    if (at_ >= text_.size()) break;
    switch (text_[at_++]) {
      case '"':
        scratch_ += '"';
        continue;
      case '\\':
        scratch_ += '\\';
        continue;
      case '/':
        scratch_ += '/';
        continue;
      case 'b':
        scratch_ += '\b';
        continue;
      case 'f':
        scratch_ += '\f';
        continue;
      case 'n':
        scratch_ += '\n';
        continue;
      case 'r':
        scratch_ += '\r';
        continue;
      case 't':
        scratch_ += '\t';
        continue;
      case 'u':
        break;
      default:
        Malformed();
        return false;
    }
    auto code = FourHex(text_, at_);
    if (!code) break;
    at_ += 4;
    if (*code >= 0xd800 && *code < 0xdc00) {
      const auto low = text_.substr(at_, 2) == "\\u" ? FourHex(text_, at_ + 2) : std::nullopt;
      if (low && *low >= 0xdc00 && *low < 0xe000) {
        at_ += 6;
        *code = 0x10000 + ((*code - 0xd800) << 10) + (*low - 0xdc00);
      }
    }
    // Half a surrogate pair is no character: UTF-8 has no form for it.
    AppendUtf8(scratch_, *code >= 0xd800 && *code < 0xe000 ? '?' : *code);
  }
  Malformed();
  return false;
}

bool JsonReader::ReadText(std::string& text) {
  std::string_view view;
  if (!ReadString(view)) return false;
  text.assign(view);
  return true;
}

bool JsonReader::ReadBoolean(bool& flag) {
  const Kind kind = Peek();
  if (kind == Kind::kTrue || kind == Kind::kFalse) {
    flag = kind == Kind::kTrue;
    return Literal(flag ? "true" : "false");
  }
  if (kind == Kind::kString) {
    // The service takes these words too.
    const std::string_view rest = text_.substr(at_);
    if (rest.starts_with("\"true\"") || rest.starts_with("\"false\"")) {
      flag = rest[1] == 't';
      at_ += flag ? 6 : 7;
      return true;
    }
  }
  FailKind("Boolean");
  return false;
}

bool JsonReader::SkipNumber(bool& whole) {
  const auto digits = [&] {
    const size_t begin = at_;
    while (at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9') ++at_;
    return at_ > begin;
  };
  whole = true;
  if (at_ < text_.size() && text_[at_] == '-') ++at_;
  bool good = at_ < text_.size() && (text_[at_] == '0' ? (++at_, true) : digits());
  if (good && at_ < text_.size() && text_[at_] == '.') {
    ++at_;
    whole = false;
    good = digits();
  }
  if (good && at_ < text_.size() && (text_[at_] == 'e' || text_[at_] == 'E')) {
    ++at_;
    whole = false;
    if (at_ < text_.size() && (text_[at_] == '+' || text_[at_] == '-')) ++at_;
    good = digits();
  }
  if (!good) Malformed();
  return good;
}

bool JsonReader::ReadInteger(int64_t& number) {
  if (Peek() != Kind::kNumber) {
    FailKind("Integer");
    return false;
  }
  const size_t begin = at_;
  bool whole = true;
  if (!SkipNumber(whole)) return false;
  const char* first = text_.data() + begin;
  const char* last = text_.data() + at_;
  if (whole && std::from_chars(first, last, number).ec == std::errc()) return true;
  // A fraction is cut off; a number beyond the range stays at its end.
  double value = 0;
  std::from_chars(first, last, value);
  value = std::trunc(value);
  number = value > 9e18 ? INT64_MAX : value < -9e18 ? INT64_MIN : static_cast<int64_t>(value);
  return true;
}

bool JsonReader::ReadBytes(std::string& bytes) {
  std::string_view text;
  if (Peek() != Kind::kString) {
    Fail(Peek() == Kind::kNone
             ? Serialization("")
             : Serialization("only base-64-encoded strings are convertible to bytes"));
    return false;
  }
  if (!ReadString(text)) return false;
  if (text.size() % 4 != 0) {
    Fail(Serialization("Base64 encoded length is expected a multiple of 4 bytes but found: " +
                       std::to_string(text.size())));
    return false;
  }
  auto decoded = Base64Decode(text);
  if (!decoded) {
    size_t bad = 0;
    while (bad < text.size() && (std::isalnum(static_cast<unsigned char>(text[bad])) ||
                                 text[bad] == '+' || text[bad] == '/')) {
      ++bad;
    }
    Fail(Serialization("Invalid Base64 character: '" + std::string(text.substr(bad, 1)) + "'"));
    return false;
  }
  bytes = *std::move(decoded);
  return true;
}

// Without recursion, so that hostile nesting costs no stack.
bool JsonReader::Skip() {
  std::string open;
  do {
    bool flag, whole;
    std::string_view text;
    switch (Peek()) {
      case Kind::kObject:
        open += '{';
        BeginObject();
        break;
      case Kind::kArray:
        open += '[';
        BeginArray();
        break;
      case Kind::kString:
        ReadString(text);
        break;
      case Kind::kNumber:
        SkipNumber(whole);
        break;
      case Kind::kTrue:
      case Kind::kFalse:
        ReadBoolean(flag);
        break;
      case Kind::kNull:
        TakeNull();
        break;
      case Kind::kNone:
        Malformed();
    }
    while (!open.empty() && !failed() && !(open.back() == '{' ? NextMember(text) : NextElement()))
      open.pop_back();
  } while (!open.empty() && !failed());
  return !failed();
}

bool JsonReader::Finish() {
  Blank();
  if (at_ != text_.size()) Malformed();
  return !failed();
}

}  // namespace fractus::dynamo
