#include "emulator/yaml/yaml.h"

#include <gtest/gtest.h>

#include "emulator/yaml/scalar.h"

namespace fractus::yaml {
namespace {

json Read(std::string_view text) {
  const auto result = Parse(text);
  EXPECT_TRUE(result) << (result ? "" : result.error().message) << " in " << text;
  return result ? *result : json();
}

SyntaxError Refused(std::string_view text) {
  const auto result = Parse(text);
  EXPECT_FALSE(result) << text;
  return result ? SyntaxError{} : result.error();
}

TEST(YamlTest, PlainScalarsAreTypedAndQuotedOnesAreText) {
  EXPECT_EQ(Read("{a: 1, b: '1', c: 1.5, d: \"true\", e: true, f: ~, g: text}"),
            json::parse(R"({"a":1,"b":"1","c":1.5,"d":"true","e":true,"f":null,"g":"text"})"));
}

TEST(YamlTest, BooleansFollowYaml11) {
  EXPECT_EQ(TypedScalar("yes"), json(true));
  EXPECT_EQ(TypedScalar("On"), json(true));
  EXPECT_EQ(TypedScalar("TRUE"), json(true));
  EXPECT_EQ(TypedScalar("no"), json(false));
  EXPECT_EQ(TypedScalar("yEs"), json("yEs"));
  EXPECT_EQ(TypedScalar("y"), json("y"));
}

TEST(YamlTest, NumbersFollowYaml11) {
  EXPECT_EQ(TypedScalar("0x1F"), json(31));
  EXPECT_EQ(TypedScalar("017"), json(15));
  EXPECT_EQ(TypedScalar("089"), json("089"));
  EXPECT_EQ(TypedScalar("1_000"), json(1000));
  EXPECT_EQ(TypedScalar("-5"), json(-5));
  EXPECT_EQ(TypedScalar("1.0"), json(1.0));
  EXPECT_EQ(TypedScalar(".5"), json(0.5));
  EXPECT_EQ(TypedScalar("1e3"), json("1e3"));
  EXPECT_EQ(TypedScalar("1.5e+3"), json(1500.0));
  EXPECT_EQ(TypedScalar("1.2.3"), json("1.2.3"));
  EXPECT_EQ(TypedScalar("-"), json("-"));
  EXPECT_EQ(TypedScalar("."), json("."));
  EXPECT_EQ(TypedScalar("12:30"), json("12:30"));
  EXPECT_EQ(TypedScalar("99999999999999999999"), json("99999999999999999999"));
}

TEST(YamlTest, ADateIsText) {
  EXPECT_EQ(Read("AWSTemplateFormatVersion: 2010-09-09")["AWSTemplateFormatVersion"], "2010-09-09");
  EXPECT_EQ(Read("Version: 2012-10-17")["Version"], "2012-10-17");
}

TEST(YamlTest, KeysAreAlwaysText) {
  EXPECT_EQ(Read("200: a\non: b\n"), json::parse(R"({"200":"a","on":"b"})"));
}

TEST(YamlTest, ShortFormsBecomeFunctions) {
  EXPECT_EQ(Read("a: !Ref Table"), json::parse(R"({"a":{"Ref":"Table"}})"));
  EXPECT_EQ(Read("a: !Sub  ${AWS::StackName}-Users"),
            json::parse(R"({"a":{"Fn::Sub":"${AWS::StackName}-Users"}})"));
  EXPECT_EQ(Read("a:\n  !Sub ${X}y"), json::parse(R"({"a":{"Fn::Sub":"${X}y"}})"));
  EXPECT_EQ(Read("a: !GetAtt Table.Arn"), json::parse(R"({"a":{"Fn::GetAtt":["Table","Arn"]}})"));
  EXPECT_EQ(Read("a: !GetAtt [Nested, Outputs.Url]"),
            json::parse(R"({"a":{"Fn::GetAtt":["Nested","Outputs.Url"]}})"));
  EXPECT_EQ(Read("a: !GetAtt Nested.Outputs.Url"),
            json::parse(R"({"a":{"Fn::GetAtt":["Nested","Outputs.Url"]}})"));
  EXPECT_EQ(Read("a: !GetAZs ''"), json::parse(R"({"a":{"Fn::GetAZs":""}})"));
  EXPECT_EQ(Read("a: !GetAZs"), json::parse(R"({"a":{"Fn::GetAZs":""}})"));
  EXPECT_EQ(Read("- !Condition Prod"), json::parse(R"([{"Condition":"Prod"}])"));
  EXPECT_EQ(Read("a: !Ref 123"), json::parse(R"({"a":{"Ref":"123"}})"));
}

TEST(YamlTest, ShortFormsNest) {
  EXPECT_EQ(
      Read("a: !Sub\n  - '${X}'\n  - X: !Join ['-', [!Ref A, b]]\n"),
      json::parse(R"({"a":{"Fn::Sub":["${X}",{"X":{"Fn::Join":["-",[{"Ref":"A"},"b"]]}}]}})"));
  EXPECT_EQ(Read("a: !Not [!Equals [!Ref X, '']]"),
            json::parse(R"({"a":{"Fn::Not":[{"Fn::Equals":[{"Ref":"X"},""]}]}})"));
  EXPECT_EQ(Read("a: !If [C, !Ref 'AWS::NoValue', 1]"),
            json::parse(R"({"a":{"Fn::If":["C",{"Ref":"AWS::NoValue"},1]}})"));
  EXPECT_EQ(Read("Fn::Sub: >\n  { \"a\":\n    1 }\n"),
            json::parse(R"({"Fn::Sub":"{ \"a\":\n  1 }\n"})"));
}

TEST(YamlTest, UnknownTagsAreRefusedWithTheirPlace) {
  const SyntaxError error = Refused("a: 1\nb: !Nope x\n");
  EXPECT_EQ(error.message, "unknown tag !Nope");
  EXPECT_EQ(error.line, 2);
  EXPECT_EQ(error.column, 4);
}

TEST(YamlTest, CoreTagsDecideTheType) {
  EXPECT_EQ(Read("[!!str 1, !!float 2, !!int '3']"), json::parse(R"(["1",2.0,3])"));
  Refused("!!int x");
  Refused("!!binary aGk=");
}

TEST(YamlTest, DuplicateKeysAreRefused) {
  const SyntaxError error = Refused("a:\n  b: 1\n  c: 2\n  b: 3\n");
  EXPECT_EQ(error.line, 4);
  EXPECT_EQ(error.column, 3);
  Refused(R"({"a": 1, "a": 2})");
}

TEST(YamlTest, BrokenTextHasALineAndAColumn) {
  const SyntaxError error = Refused("Resources:\n  A: [1, 2\n  B: 3\n");
  EXPECT_EQ(error.line, 3);
  EXPECT_GT(error.column, 0);
  EXPECT_EQ(Refused("a: b: c").line, 1);
  EXPECT_EQ(Refused("a: 1\n\tb: 2\n").line, 2);
  EXPECT_EQ(Refused("a: \x04").column, 4);
  Refused("\xff");
  Refused("a: 1\n---\nb: 2\n");
}

TEST(YamlTest, AnchorsAndMergesWork) {
  EXPECT_EQ(Read("base: &b {x: 1, y: 2}\nother:\n  <<: *b\n  y: 3\ncopy: *b\n"),
            json::parse(R"({"base":{"x":1,"y":2},"other":{"x":1,"y":3},"copy":{"x":1,"y":2}})"));
  EXPECT_EQ(Read("a: &a {x: 1}\nb: &b {x: 2, z: 2}\nc:\n  <<: [*a, *b]\n")["c"],
            json::parse(R"({"x":1,"z":2})"));
  EXPECT_EQ(Read("a: &s !Ref X\nb: *s\n")["b"], json::parse(R"({"Ref":"X"})"));
  Refused("a: *nothing");
  Refused("a: &a [*a]");
}

TEST(YamlTest, AliasBombsAreRefused) {
  std::string bomb = "a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol, lol]\n";
  for (int i = 1; i < 12; ++i) {
    bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [";
    for (int k = 0; k < 10; ++k) bomb += std::string(k ? ", " : "") + "*a" + std::to_string(i - 1);
    bomb += "]\n";
  }
  EXPECT_EQ(Refused(bomb).message, "the aliases make the document too large");
}

TEST(YamlTest, DeepNestingIsRefused) {
  Refused(std::string(5000, '['));
  Refused(std::string(5000, '[') + std::string(5000, ']'));
  std::string block;
  for (int i = 0; i < 300; ++i) block += std::string(static_cast<size_t>(i), ' ') + "a:\n";
  Refused(block);
}

TEST(YamlTest, JsonIsRead) {
  EXPECT_EQ(Read("\t{\n\t\"a\": [1, 2.5, \"x\", null],\n\t\"yes\": \"no\"}"),
            json::parse(R"({"a":[1,2.5,"x",null],"yes":"no"})"));
}

TEST(YamlTest, AnEmptyTextIsNull) {
  EXPECT_TRUE(Read("").is_null());
  EXPECT_TRUE(Read("# only a comment\n").is_null());
}

TEST(YamlTest, BlockScalarsKeepOrFoldTheirLines) {
  EXPECT_EQ(Read("a: |\n  x\n  y\n")["a"], "x\ny\n");
  EXPECT_EQ(Read("a: >-\n  x\n  y\n")["a"], "x y");
  EXPECT_EQ(Read("a: !Sub |\n  x ${Y}\n")["a"]["Fn::Sub"], "x ${Y}\n");
}

}  // namespace
}  // namespace fractus::yaml
