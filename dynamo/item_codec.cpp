#include "dynamo/item_codec.h"

#include <array>
#include <stdexcept>

#include "dynamo/json_text.h"
#include "dynamo/value_json.h"
#include "emulator/core/encoding.h"

namespace fractus::dynamo {
namespace {

constexpr char kVersion = 1;
// What stands before a value in JSON, by its type.
constexpr std::array<std::string_view, 11> kOpenings = {
    "",          R"({"S":)",  R"({"N":)",  R"({"B":)", R"({"BOOL":)", R"({"NULL":)",
    R"({"SS":)", R"({"NS":)", R"({"BS":)", R"({"L":)", R"({"M":)"};

void PutVarint(std::string& out, uint64_t value) {
  while (value >= 0x80) {
    out += static_cast<char>(value | 0x80);
    value >>= 7;
  }
  out += static_cast<char>(value);
}

void PutBytes(std::string& out, std::string_view bytes) {
  PutVarint(out, bytes.size());
  out += bytes;
}

void PutNumber(std::string& out, const Number& number) {
  char bytes[16];
  int count = 0;
  for (Coefficient rest = number.coefficient(); rest != 0; rest >>= 8) {
    bytes[count++] = static_cast<char>(static_cast<unsigned char>(rest));
  }
  out += static_cast<char>((number.negative() ? 0x80 : 0) | count);
  if (count == 0) return;
  const auto exponent = static_cast<uint16_t>(number.exponent());
  out += static_cast<char>(exponent & 0xff);
  out += static_cast<char>(exponent >> 8);
  out.append(bytes, static_cast<size_t>(count));
}

void PutMap(std::string& out, const Map& map);

void PutValue(std::string& out, const Value& value) {
  out += static_cast<char>(value.type());
  switch (value.type()) {
    case Type::kString:
    case Type::kBinary:
      PutBytes(out, value.Text());
      break;
    case Type::kNumber:
      PutNumber(out, value.AsNumber());
      break;
    case Type::kBoolean:
      out += value.Flag() ? '\1' : '\0';
      break;
    case Type::kNull:
      break;
    case Type::kStringSet:
    case Type::kBinarySet:
      PutVarint(out, value.Elements().size());
      for (const auto& element : value.Elements()) PutBytes(out, element);
      break;
    case Type::kNumberSet:
      PutVarint(out, value.Numbers().size());
      for (const auto& element : value.Numbers()) PutNumber(out, element);
      break;
    case Type::kList:
      PutVarint(out, value.Members().size());
      for (const auto& element : value.Members()) PutValue(out, element);
      break;
    case Type::kMap:
      PutMap(out, value.Attributes());
      break;
  }
}

void PutMap(std::string& out, const Map& map) {
  PutVarint(out, map.size());
  for (const auto& [name, value] : map) {
    PutBytes(out, name);
    PutValue(out, value);
  }
}

class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : bytes_(bytes) {}

  size_t BeginRow() {
    if (Byte() != kVersion) Damaged();
    return Varint();
  }

  unsigned char Byte() {
    if (bytes_.empty()) Damaged();
    const auto byte = static_cast<unsigned char>(bytes_.front());
    bytes_.remove_prefix(1);
    return byte;
  }

  uint64_t Varint() {
    uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      const unsigned char byte = Byte();
      value |= static_cast<uint64_t>(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    Damaged();
  }

  // A count of elements, each of which takes at least one byte.
  size_t Count() {
    const uint64_t count = Varint();
    if (count > bytes_.size()) Damaged();
    return count;
  }

  std::string_view Bytes() {
    const size_t size = Count();
    const auto taken = bytes_.substr(0, size);
    bytes_.remove_prefix(size);
    return taken;
  }

  Number TakeNumber() {
    const unsigned char head = Byte();
    const size_t count = head & 0x1f;
    if (count == 0) return {};
    if (count > 16 || count + 2 > bytes_.size()) Damaged();
    const unsigned low = Byte();
    const auto exponent = static_cast<int16_t>(low | (static_cast<unsigned>(Byte()) << 8));
    Coefficient coefficient = 0;
    for (size_t i = 0; i < count; ++i) coefficient |= static_cast<Coefficient>(Byte()) << (8 * i);
    return Number::FromParts((head & 0x80) != 0, coefficient, exponent);
  }

  Type TakeType() {
    const unsigned char type = Byte();
    if (type < 1 || type > 10) Damaged();
    return static_cast<Type>(type);
  }

  Value TakeValue(int depth = 0) {
    if (depth > 2 * kDeepestNesting) Damaged();
    const Type type = TakeType();
    switch (type) {
      case Type::kString:
        return Value::String(std::string(Bytes()));
      case Type::kBinary:
        return Value::Binary(std::string(Bytes()));
      case Type::kNumber:
        return Value::Of(TakeNumber());
      case Type::kBoolean:
        return Value::Boolean(Byte() != 0);
      case Type::kNull:
        return Value::Null();
      case Type::kStringSet:
      case Type::kBinarySet: {
        std::vector<std::string> elements(Count());
        for (auto& element : elements) element = Bytes();
        return Value::SetOf(type, std::move(elements));
      }
      case Type::kNumberSet: {
        std::vector<Number> elements(Count());
        for (auto& element : elements) element = TakeNumber();
        return Value::SetOf(std::move(elements));
      }
      case Type::kList: {
        List elements(Count());
        for (auto& element : elements) element = TakeValue(depth + 1);
        return Value::Of(std::move(elements));
      }
      case Type::kMap:
        return Value::Of(TakeMap(depth + 1));
    }
    Damaged();
  }

  Map TakeMap(int depth = 0) {
    Map map(Count());
    for (auto& [name, value] : map) {
      name = Bytes();
      value = TakeValue(depth);
    }
    return map;
  }

  void WriteMapTo(TextAppender& out, int depth = 0) {
    out.Put('{');
    const size_t count = Count();
    for (size_t i = 0; i < count; ++i) {
      if (i > 0) out.Put(',');
      out.PutText(Bytes());
      out.Put(':');
      WriteValueTo(out, depth);
    }
    out.Put('}');
  }

 private:
  [[noreturn]] static void Damaged() { throw std::runtime_error("a stored item is damaged"); }

  template <class Write>
  void WriteListTo(TextAppender& out, Write write) {
    out.Put('[');
    const size_t count = Count();
    for (size_t i = 0; i < count; ++i) {
      if (i > 0) out.Put(',');
      write();
    }
    out.Put(']');
  }

  void WriteNumberTo(TextAppender& out) {
    out.Put('"');
    out.Put(TakeNumber().ToText());
    out.Put('"');
  }

  void WriteValueTo(TextAppender& out, int depth) {
    if (depth > 2 * kDeepestNesting) Damaged();
    const Type type = TakeType();
    out.Put(kOpenings[static_cast<size_t>(type)]);
    switch (type) {
      case Type::kString:
        out.PutText(Bytes());
        break;
      case Type::kBinary:
        out.PutText(Base64Encode(Bytes()));
        break;
      case Type::kNumber:
        WriteNumberTo(out);
        break;
      case Type::kBoolean:
        out.Put(Byte() != 0 ? std::string_view("true") : "false");
        break;
      case Type::kNull:
        out.Put("true");
        break;
      case Type::kStringSet:
        WriteListTo(out, [&] { out.PutText(Bytes()); });
        break;
      case Type::kBinarySet:
        WriteListTo(out, [&] { out.PutText(Base64Encode(Bytes())); });
        break;
      case Type::kNumberSet:
        WriteListTo(out, [&] { WriteNumberTo(out); });
        break;
      case Type::kList:
        WriteListTo(out, [&] { WriteValueTo(out, depth + 1); });
        break;
      case Type::kMap:
        WriteMapTo(out, depth + 1);
        break;
    }
    out.Put('}');
  }

  std::string_view bytes_;
};

}  // namespace

void EncodeRow(std::string& row, const Item& item, size_t billed_size) {
  row += kVersion;
  PutVarint(row, billed_size);
  PutMap(row, item);
}

Item DecodeRow(std::string_view row) {
  ByteReader reader(row);
  reader.BeginRow();
  return reader.TakeMap();
}

size_t RowBilledSize(std::string_view row) { return ByteReader(row).BeginRow(); }

void WriteRow(std::string& out, std::string_view row) {
  ByteReader reader(row);
  reader.BeginRow();
  // Names of types and punctuation make a row about twice as long.
  TextAppender appender(out, 2 * row.size() + 64);
  reader.WriteMapTo(appender);
}

}  // namespace fractus::dynamo
