// Numbers, keys, values and their stored form.
#include "dynamo/value.h"

#include <gtest/gtest.h>

#include <random>

#include "dynamo/item_codec.h"
#include "dynamo/json_reader.h"
#include "dynamo/key_codec.h"
#include "dynamo/value_json.h"

namespace fractus::dynamo {
namespace {

std::string Canonical(std::string_view text) {
  const auto number = Number::Parse(text);
  return number ? number->ToText() : number.error().message;
}

TEST(NumberTest, IsWrittenInPlainDecimalNotation) {
  EXPECT_EQ(Canonical("0"), "0");
  EXPECT_EQ(Canonical("-0.00"), "0");
  EXPECT_EQ(Canonical("007"), "7");
  EXPECT_EQ(Canonical("+1.50"), "1.5");
  EXPECT_EQ(Canonical("1e3"), "1000");
  EXPECT_EQ(Canonical("-1.5E-3"), "-0.0015");
  EXPECT_EQ(Canonical(".5"), "0.5");
  EXPECT_EQ(Canonical("5."), "5");
  EXPECT_EQ(Canonical("100e-2"), "1");
  EXPECT_EQ(Canonical("12345678901234567890123456789012345678"),
            "12345678901234567890123456789012345678");
  EXPECT_EQ(Canonical("1e125").size(), 126u);
}

TEST(NumberTest, RefusesWhatIsNoNumberOrOutOfRange) {
  EXPECT_EQ(Canonical(""), "The parameter cannot be converted to a numeric value");
  for (const char* text : {"a", "1a", "--1", "1e", "1e+", "e5", ".", " 1", "0x10", "NaN", "1 "}) {
    EXPECT_EQ(Canonical(text),
              std::string("The parameter cannot be converted to a numeric value: ") + text);
  }
  EXPECT_EQ(Canonical("123456789012345678901234567890123456789"),
            "Attempting to store more than 38 significant digits in a Number");
  EXPECT_EQ(
      Canonical("1e126"),
      "Number overflow. Attempting to store a number with magnitude larger than supported range");
  EXPECT_EQ(
      Canonical("1e-131"),
      "Number underflow. Attempting to store a number with magnitude smaller than supported range");
  EXPECT_EQ(
      Canonical("1e999999999999"),
      "Number overflow. Attempting to store a number with magnitude larger than supported range");
  EXPECT_EQ(Canonical("9.9999999999999999999999999999999999999e125").size(), 126u);
  EXPECT_EQ(Canonical("1e-130").size(), 132u);
}

TEST(NumberTest, ZerosThatAreNotSignificantDoNotCount) {
  EXPECT_EQ(Canonical("1000000000000000000000000000000000000000000000"),
            "1000000000000000000000000000000000000000000000");
  EXPECT_EQ(Canonical("0.00000000000000000000000000000000000000000000001"),
            "0.00000000000000000000000000000000000000000000001");
  EXPECT_EQ(Canonical("1.0000000000000000000000000000000000000000000000"), "1");
}

std::string Sum(std::string_view a, std::string_view b) {
  const auto sum = Number::Add(*Number::Parse(a), *Number::Parse(b));
  return sum ? sum->ToText() : sum.error().message;
}

TEST(NumberTest, AddsExactly) {
  EXPECT_EQ(Sum("0.1", "0.2"), "0.3");
  EXPECT_EQ(Sum("1", "-1"), "0");
  EXPECT_EQ(Sum("-5", "3"), "-2");
  EXPECT_EQ(Sum("5", "-7.5"), "-2.5");
  EXPECT_EQ(Sum("99999999999999999999999999999999999999", "1"),
            "100000000000000000000000000000000000000");
  EXPECT_EQ(Sum("1e37", "1"), "10000000000000000000000000000000000001");
  EXPECT_EQ(Sum("1e38", "-1"), "99999999999999999999999999999999999999");
  EXPECT_EQ(Sum("1e38", "1"), "Attempting to store more than 38 significant digits in a Number");
  EXPECT_EQ(Sum("1e100", "1"), "Attempting to store more than 38 significant digits in a Number");
  EXPECT_EQ(
      Sum("9e125", "9e125"),
      "Number overflow. Attempting to store a number with magnitude larger than supported range");
  EXPECT_EQ(Number::Subtract(*Number::Parse("10"), *Number::Parse("0.5"))->ToText(), "9.5");
  EXPECT_EQ(Number(-1200).ToText(), "-1200");
}

std::string RandomNumber(std::mt19937& random) {
  std::string text = random() % 2 ? "-" : "";
  const size_t digits = 1 + random() % 12;
  for (size_t i = 0; i < digits; ++i) text += static_cast<char>('0' + random() % 10);
  return text + "e" + std::to_string(static_cast<int>(random() % 40) - 20);
}

std::string RandomText(std::mt19937& random) {
  std::string text;
  const size_t length = random() % 4;
  for (size_t i = 0; i < length; ++i) text += "\0\1a\xff"[random() % 4];
  return text;
}

std::string KeyOf(const Value& value) {
  std::string key;
  AppendKeyPart(key, value);
  return key;
}

TEST(KeyCodecTest, BytesSortAsTheValuesDo) {
  std::mt19937 random(42);
  for (int round = 0; round < 20000; ++round) {
    const Number a = *Number::Parse(RandomNumber(random)), b = *Number::Parse(RandomNumber(random));
    EXPECT_EQ(a <=> b, KeyOf(Value::Of(a)).compare(KeyOf(Value::Of(b))) <=> 0)
        << a.ToText() << " " << b.ToText();
    const std::string s = RandomText(random), t = RandomText(random);
    EXPECT_EQ(s.compare(t) <=> 0, KeyOf(Value::String(s)).compare(KeyOf(Value::String(t))) <=> 0);
    // A part is found again when others follow it.
    const std::string key = KeyOf(Value::Of(a)) + KeyOf(Value::String(s));
    EXPECT_EQ(KeyPartLength(key, Type::kNumber), KeyOf(Value::Of(a)).size());
    EXPECT_EQ(KeyPartLength(KeyOf(Value::String(s)) + "rest", Type::kString),
              KeyOf(Value::String(s)).size());
  }
}

TEST(KeyCodecTest, NumbersAtTheEndsOfTheRangeKeepTheirOrder) {
  const char* ordered[] = {"-9.9e125", "-1e125", "-1", "-1e-130", "0",      "1e-130",
                           "2e-130",   "0.99",   "1",  "1.01",    "9.9e125"};
  for (size_t i = 1; i < std::size(ordered); ++i) {
    EXPECT_LT(KeyOf(Value::Of(*Number::Parse(ordered[i - 1]))),
              KeyOf(Value::Of(*Number::Parse(ordered[i]))))
        << ordered[i];
  }
}

ReadMapResult Read(const std::string& text) {
  JsonReader reader(text);
  ReadMapResult result;
  EXPECT_TRUE(ReadMap(reader, result)) << reader.error().message;
  return result;
}

std::string Written(const Map& map) {
  std::string out;
  WriteMap(out, map);
  return out;
}

constexpr char kEveryType[] =
    R"({"b":{"B":"AP8="},"bs":{"BS":["AQ==","Ag=="]},"l":{"L":[{"S":"x"},{"M":{"k":{"N":"1"}}}]},"m":{"M":{"a":{"BOOL":true},)"
    R"("b":{"BOOL":false}}},"n":{"N":"-12.5"},"ns":{"NS":["-1","2.5"]},"nul":{"NULL":true},"s":{"S":"\"\\\n\u0001é😀"},)"
    R"("ss":{"SS":["a","b"]},"z":{"N":"0"}})";

TEST(ItemCodecTest, KeepsEveryType) {
  const Item item = Read(kEveryType).map;
  std::string row;
  EncodeRow(row, item, BilledSize(item));
  EXPECT_EQ(DecodeRow(row), item);
  EXPECT_EQ(RowBilledSize(row), BilledSize(item));
  std::string direct;
  WriteRow(direct, row);
  EXPECT_EQ(direct, Written(item));
  EXPECT_EQ(direct, kEveryType);
}

// Rows whose text is many times as long as they are.
TEST(ItemCodecTest, TextMayBeFarLongerThanTheRow) {
  List nothing(1000, Value::Null()), numbers(20, Value::Of(*Number::Parse("1E+125")));
  const Item item = {{"controls", Value::String(std::string(500, '\1'))},
                     {"nothing", Value::Of(std::move(nothing))},
                     {"numbers", Value::Of(std::move(numbers))}};
  std::string row, direct = "before";
  EncodeRow(row, item, 1);
  WriteRow(direct, row);
  EXPECT_EQ(direct, "before" + Written(item));
}

TEST(ItemCodecTest, DamagedBytesAreNoticed) {
  const Item item = Read(kEveryType).map;
  std::string row;
  EncodeRow(row, item, 1);
  for (size_t size = 0; size < row.size(); ++size) {
    EXPECT_THROW(DecodeRow(std::string_view(row).substr(0, size)), std::runtime_error) << size;
  }
  std::mt19937 random(1);
  for (int round = 0; round < 2000; ++round) {
    std::string damaged = row;
    damaged[random() % damaged.size()] = static_cast<char>(random());
    try {
      DecodeRow(damaged);
      std::string out;
      WriteRow(out, damaged);
    } catch (const std::runtime_error&) {
    }
  }
}

TEST(ValueTest, BilledSizeFollowsTheServicesRule) {
  // Names and UTF-8 bytes; two digits a byte and one more; three bytes and one an element for
  // containers.
  EXPECT_EQ(BilledSize(Read(R"({"ab":{"S":"é"}})").map), 4u);
  EXPECT_EQ(BilledSize(Read(R"({"n":{"N":"123"}})").map), 4u);
  EXPECT_EQ(BilledSize(Read(R"({"n":{"N":"-123"}})").map), 5u);
  EXPECT_EQ(BilledSize(Read(R"({"l":{"L":[]}})").map), 4u);
  EXPECT_EQ(BilledSize(Read(R"({"m":{"M":{"k":{"BOOL":true}}}})").map), 7u);
}

TEST(ValueJsonTest, SetsAreEqualWhateverTheirOrder) {
  EXPECT_EQ(Read(R"({"a":{"NS":["3","1"]}})").map, Read(R"({"a":{"NS":["1.0","3"]}})").map);
}

TEST(ValueJsonTest, NamesTheProblemOfAValue) {
  EXPECT_EQ(
      Read(R"({"a":{}})").problem,
      "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes");
  EXPECT_EQ(Read(R"({"a":{"S":"x","N":"1"}})").problem,
            "Supplied AttributeValue has more than one datatypes set, must contain exactly one of "
            "the supported datatypes");
  EXPECT_EQ(Read(R"({"a":{"N":"b"}})").problem,
            "The parameter cannot be converted to a numeric value: b");
  EXPECT_EQ(Read(R"({"a":{"NULL":false}})").problem,
            "One or more parameter values were invalid: Null attribute value types must have the "
            "value of true");
  EXPECT_EQ(Read(R"({"a":{"SS":[]}})").problem,
            "One or more parameter values were invalid: An string set  may not be empty");
  EXPECT_EQ(
      Read(R"({"a":{"SS":["x","x"]}})").problem,
      "One or more parameter values were invalid: Input collection [x, x] contains duplicates.");
  EXPECT_EQ(Read(R"({"a":{"NS":["1","1.0"]}})").problem, "Input collection contains duplicates");
  EXPECT_EQ(Read(R"({"ok":{"S":""},"bad":{"N":""}})").problem_name, "bad");
  std::string deep = R"({"S":"x"})";
  for (int i = 0; i < 32; ++i) deep = R"({"L":[)" + deep + "]}";
  EXPECT_EQ(Read(R"({"a":)" + deep + "}").problem, "");
  EXPECT_NE(Read(R"({"a":{"L":[)" + deep + "]}}").problem, "");
}

std::string ReadingError(const std::string& text) {
  JsonReader reader(text);
  ReadMapResult result;
  return ReadMap(reader, result) ? "none" : reader.error().code + ": " + reader.error().message;
}

TEST(ValueJsonTest, WrongJsonTypesAreSerializationExceptions) {
  EXPECT_EQ(ReadingError(R"({"a":{"S":1}})"),
            "SerializationException: NUMBER_VALUE cannot be converted to String");
  EXPECT_EQ(ReadingError(R"({"a":{"N":1.5}})"),
            "SerializationException: DECIMAL_VALUE cannot be converted to String");
  EXPECT_EQ(ReadingError(R"({"a":{"S":true}})"),
            "SerializationException: TRUE_VALUE cannot be converted to String");
  EXPECT_EQ(ReadingError(R"({"a":{"S":[]}})"),
            "SerializationException: Start of list found where not expected");
  EXPECT_EQ(ReadingError(R"({"a":{"BOOL":"x"}})"),
            "SerializationException: STRING_VALUE cannot be converted to Boolean");
  EXPECT_EQ(ReadingError(R"({"a":{"B":"abc"}})"),
            "SerializationException: Base64 encoded length is expected a multiple of 4 bytes but "
            "found: 3");
  EXPECT_EQ(ReadingError(R"({"a":"x"})"),
            "SerializationException: Unexpected token received from parser");
  for (const char* text : {"", "{", "{\"a\"", "{\"a\":}", "{\"a\":{\"S\":\"x}}",
                           "{\"a\":{\"S\":\"\\x\"}}", "{\"a\":{\"S\":\"\xff\"}}"}) {
    EXPECT_EQ(ReadingError(text), "SerializationException: ") << text;
  }
}

TEST(SortByNameTest, SortsAnyNumberAndKeepsTheLastOfAName) {
  for (const int count : {0, 1, 2, 3, 16, 17, 100}) {
    Map map;
    for (int i = 0; i < count; ++i) {
      // Every name comes twice, and a third time where 7 divides.
      const std::string name = std::to_string(1000 + i * 37 % count);
      map.push_back({name, Value::String("first")});
      map.insert(map.begin(), {name, Value::String("before")});
      if (i % 7 == 0) map.push_back({name, Value::String("last")});
    }
    SortByName(map);
    ASSERT_EQ(map.size(), static_cast<size_t>(count));
    for (int i = 0; i < count; ++i) {
      EXPECT_EQ(map[i].name, std::to_string(1000 + i));
      EXPECT_NE(map[i].value.Text(), "before");
    }
    if (count > 0) {
      EXPECT_EQ(map[0].value.Text(), "last");
    }
  }
}

TEST(JsonReaderTest, TextEndsAtItsQuoteWhereverThatIs) {
  for (size_t length = 0; length < 40; ++length) {
    for (const std::string plain : {"x", "\x7f", "ž", "🐎", "!", "#", "[", "]"}) {
      std::string text;
      for (size_t i = 0; i < length; ++i) text += plain;
      std::string_view read;
      const std::string whole = '"' + text + "\" 12345678";
      JsonReader reader(whole);
      EXPECT_TRUE(reader.ReadString(read));
      EXPECT_EQ(read, text);
      const std::string escaped = '"' + text + "\\n" + text + '"';
      JsonReader second(escaped);
      EXPECT_TRUE(second.ReadString(read));
      EXPECT_EQ(read, text + "\n" + text);
      for (const char bad : {'\0', '\n', '\x1f'}) {
        const std::string broken = '"' + text + bad + "12345678\"";
        JsonReader third(broken);
        EXPECT_FALSE(third.ReadString(read));
      }
    }
  }
}

TEST(JsonReaderTest, SkipsHostileNesting) {
  const std::string open(100000, '[');
  JsonReader broken(open);
  EXPECT_FALSE(broken.Skip());
  const std::string whole = open + std::string(100000, ']');
  JsonReader good(whole);
  EXPECT_TRUE(good.Skip());
  EXPECT_TRUE(good.Finish());
  JsonReader mixed(R"({"a":[{},[],{"b":[1,-2.5e3,"x\"",null,true,{"c":false}]}],"d":{}} x)");
  EXPECT_TRUE(mixed.Skip());
  EXPECT_FALSE(mixed.Finish());
}

}  // namespace
}  // namespace fractus::dynamo
