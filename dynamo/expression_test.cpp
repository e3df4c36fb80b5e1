#include "dynamo/expression.h"

#include <gtest/gtest.h>

#include "dynamo/value_json.h"

namespace fractus::dynamo {
namespace {

Map ReadItem(const std::string& text) {
  JsonReader reader(text);
  ReadMapResult result;
  EXPECT_TRUE(ReadMap(reader, result)) << text;
  return result.map;
}

class ExpressionTest : public ::testing::Test {
 protected:
  const ExpressionNames names_ = {{"#a", "a"}, {"#dotted", "x.y"}, {"#status", "status"}};
  const Map values_ = ReadItem(
      R"({":b":{"BOOL":true},":bin":{"B":"AQI="},":five":{"N":"5"},":l":{"L":[{"N":"1"}]},":m":{"M":{}},":n":{"N":"1"},
          ":ns":{"NS":["1","2"]},":s":{"S":"text"},":ss":{"SS":["x","y"]},":t":{"S":"S"},":te":{"S":"te"}})");
  const Item item_ = ReadItem(
      R"({"id":{"S":"k"},"a":{"N":"1"},"b":{"S":"text"},"l":{"L":[{"N":"1"},{"S":"two"},{"L":[{"N":"3"}]}]},
          "m":{"M":{"x":{"M":{"y":{"N":"7"}}},"s":{"S":"deep"}}},"ns":{"NS":["1","2"]},"ss":{"SS":["x","y"]},
          "bin":{"B":"AQID"},"flag":{"BOOL":true},"none":{"NULL":true},"x.y":{"N":"9"}})");

  bool Holds(const std::string& text) {
    Placeholders placeholders(&names_, &values_);
    const auto condition = ParseCondition(text, "FilterExpression", placeholders);
    EXPECT_TRUE(condition) << text << ": " << (condition ? "" : condition.error().message);
    return condition && dynamo::Holds(*condition, &item_);
  }

  std::string ConditionError(const std::string& text) {
    Placeholders placeholders(&names_, &values_);
    const auto condition = ParseCondition(text, "FilterExpression", placeholders);
    return Stripped(condition ? "none" : condition.error().message, "Invalid FilterExpression: ");
  }

  std::string UpdateError(const std::string& text) {
    Placeholders placeholders(&names_, &values_);
    const auto update = ParseUpdate(text, placeholders);
    if (!update) return Stripped(update.error().message, "Invalid UpdateExpression: ");
    const auto applied = Apply(*update, item_);
    return applied ? "none" : applied.error().message;
  }

  // What the item's attribute `name` is after the update.
  std::string Updated(const std::string& text, const std::string& name) {
    Placeholders placeholders(&names_, &values_);
    const auto update = ParseUpdate(text, placeholders);
    if (!update) return update.error().message;
    const auto applied = Apply(*update, item_);
    if (!applied) return applied.error().message;
    const Value* value = Find(*applied, name);
    if (!value) return "absent";
    std::string out;
    WriteValue(out, *value);
    return out;
  }

  std::string Projected(const std::string& text) {
    Placeholders placeholders(&names_, &values_);
    const auto paths = ParseProjection(text, placeholders);
    if (!paths) return Stripped(paths.error().message, "Invalid ProjectionExpression: ");
    std::string out;
    WriteMap(out, Project(item_, *paths));
    return out;
  }

  static std::string Stripped(const std::string& message, const std::string& start) {
    return message.starts_with(start) ? message.substr(start.size()) : message;
  }
};

TEST_F(ExpressionTest, ComparesValuesOfOneType) {
  EXPECT_TRUE(Holds("a = :n"));
  EXPECT_TRUE(Holds(":n = a"));
  EXPECT_FALSE(Holds("a = :s"));
  EXPECT_TRUE(Holds("a <> :s"));
  EXPECT_TRUE(Holds("a < :five AND a <= :n AND :five > a AND a >= :n"));
  EXPECT_FALSE(Holds("b < :five"));
  EXPECT_TRUE(Holds("ns = :ns and ss = :ss"));
  EXPECT_TRUE(Holds("#dotted > :five"));
}

TEST_F(ExpressionTest, AbsentAttributesAreUnequalToEverything) {
  EXPECT_FALSE(Holds("absent = :n"));
  EXPECT_TRUE(Holds("absent <> :n"));
  EXPECT_FALSE(Holds("absent < :n"));
  EXPECT_FALSE(Holds("absent BETWEEN :n AND :five"));
  EXPECT_FALSE(Holds("absent IN (:n, :five)"));
  EXPECT_FALSE(Holds("contains(absent, :s)"));
}

TEST_F(ExpressionTest, EveryFunction) {
  EXPECT_TRUE(Holds("attribute_exists(m.x.y) AND attribute_not_exists(m.x.z)"));
  EXPECT_TRUE(Holds("attribute_type(b, :t)"));
  EXPECT_FALSE(Holds("attribute_type(a, :t)"));
  EXPECT_TRUE(Holds("begins_with(b, :te)"));
  EXPECT_TRUE(Holds("begins_with(bin, :bin)"));
  EXPECT_TRUE(
      Holds("contains(b, :te) AND contains(ns, :n) AND contains(l, :n) AND contains(bin, :bin)"));
  EXPECT_FALSE(Holds("contains(ss, :te)"));
  EXPECT_TRUE(Holds("size(b) = size(:s) AND size(l) > :n AND size(m) < :five AND size(ss) <> :n"));
  EXPECT_FALSE(Holds("size(a) = :n"));
  EXPECT_TRUE(Holds("attribute_exists(l[2][0]) AND attribute_not_exists(l[3])"));
}

TEST_F(ExpressionTest, LogicBindsAsInSql) {
  EXPECT_TRUE(Holds("a = :n OR a = :five AND a = :s"));
  EXPECT_FALSE(Holds("(a = :n OR a = :five) AND a = :s"));
  EXPECT_TRUE(Holds("NOT a = :five AND NOT (a = :s)"));
  EXPECT_TRUE(Holds("not not a = :n"));
  EXPECT_TRUE(Holds("a BETWEEN :n AND :five AND b in (:te, :s)"));
  EXPECT_TRUE(Holds("(a) = (:n)"));
  EXPECT_TRUE(Holds("(a) between (:n) and :five"));
}

TEST_F(ExpressionTest, SyntaxErrorsShowTokenAndNeighbours) {
  EXPECT_EQ(ConditionError(""), "The expression can not be empty;");
  EXPECT_EQ(ConditionError("a = = :n"), R"(Syntax error; token: "=", near: "= = :n")");
  EXPECT_EQ(ConditionError("a ="), R"(Syntax error; token: "<EOF>", near: "=")");
  EXPECT_EQ(ConditionError("attribute_not_exists("), R"(Syntax error; token: "<EOF>", near: "(")");
  EXPECT_EQ(ConditionError("_a = :n"), R"(Syntax error; token: "_", near: "_a")");
  EXPECT_EQ(ConditionError("a = :n b"), R"(Syntax error; token: "b", near: ":n b")");
  EXPECT_EQ(ConditionError("a"), R"(Syntax error; token: "<EOF>", near: "a")");
  EXPECT_EQ(UpdateError("INVALID SYNTAX HERE"),
            R"(Syntax error; token: "INVALID", near: "INVALID SYNTAX")");
  EXPECT_EQ(UpdateError("ADD hits : incr"), R"(Syntax error; token: ":", near: "hits : incr")");
  EXPECT_EQ(UpdateError("SET book-price = :n"), R"(Syntax error; token: "-", near: "book-price")");
  EXPECT_EQ(UpdateError("SET a = :n + :n + :n"), R"(Syntax error; token: "+", near: ":n + :n")");
  EXPECT_EQ(Projected("a,,b"), R"(Syntax error; token: ",", near: ",,b")");
}

TEST_F(ExpressionTest, RefusesWhatTheServiceRefuses) {
  EXPECT_EQ(ConditionError("status = :s"),
            "Attribute name is a reserved keyword; reserved keyword: status");
  EXPECT_EQ(
      ConditionError("#x = :s"),
      "An expression attribute name used in the document path is not defined; attribute name: #x");
  EXPECT_EQ(ConditionError("a = :x"),
            "An expression attribute value used in expression is not defined; attribute value: :x");
  EXPECT_EQ(ConditionError("((a = :n))"), "The expression has redundant parentheses;");
  EXPECT_EQ(ConditionError("((a = :n) AND (b = :s))"), "none");
  EXPECT_EQ(ConditionError("foo(a)"), "Invalid function name; function: foo");
  EXPECT_EQ(ConditionError("if_not_exists(a, :n)"),
            "The function is not allowed in a condition expression; function: if_not_exists");
  EXPECT_EQ(ConditionError("size(a)"),
            "The function is not allowed to be used this way in an expression; function: size");
  EXPECT_EQ(ConditionError("a = attribute_exists(b)"),
            "The function is not allowed to be used this way in an expression; function: "
            "attribute_exists");
  EXPECT_EQ(ConditionError("begins_with(a)"),
            "Incorrect number of operands for operator or function; operator or function: "
            "begins_with, number of operands: 1");
  EXPECT_EQ(ConditionError("begins_with(a, :n)"),
            "Incorrect operand type for operator or function; operator or function: begins_with, "
            "operand type: N");
  EXPECT_EQ(ConditionError("a < :b"),
            "Incorrect operand type for operator or function; operator or function: <, operand "
            "type: BOOL");
  EXPECT_EQ(
      ConditionError("attribute_exists(:n)"),
      "Operator or function requires a document path; operator or function: attribute_exists");
  EXPECT_EQ(
      ConditionError("attribute_type(a, :s)"),
      "Invalid attribute type name found; type: text, valid types: {B,NULL,SS,BOOL,L,BS,N,NS,S,M}");
  EXPECT_EQ(ConditionError("a = #a"),
            "The first operand must be distinct from the remaining operands for this operator or "
            "function; operator: =, first "
            "operand: [a]");
  EXPECT_EQ(ConditionError("a BETWEEN :five AND :n"),
            "The BETWEEN operator requires upper bound to be greater than or equal to lower bound; "
            "lower bound operand: "
            "AttributeValue: {N:5}, upper bound operand: AttributeValue: {N:1}");
  EXPECT_EQ(ConditionError("a BETWEEN :s AND :n"),
            "The BETWEEN operator requires same data type for lower and upper bounds; lower bound "
            "operand: AttributeValue: "
            "{S:text}, upper bound operand: AttributeValue: {N:1}");
  EXPECT_EQ(ConditionError("a = :n" + std::string(5000, ' ')),
            "Expression size has exceeded the maximum allowed size; expression size: 5006");
  EXPECT_EQ(UpdateError("SET a = :n" + std::string(5000, ' ')),
            "Expression size has exceeded the maximum allowed size;");
}

TEST_F(ExpressionTest, DeepNestingIsRefusedNotACrash) {
  EXPECT_NE(ConditionError(std::string(2000, '(') + "a = :n" + std::string(2000, ')')), "none");
  std::string nots;
  for (int i = 0; i < 1000; ++i) nots += "NOT ";
  EXPECT_NE(ConditionError(nots + "a = :n"), "none");
  EXPECT_NE(UpdateError("SET a = " + std::string(2000, '(')), "none");
}

TEST_F(ExpressionTest, SetReadsTheItemAsItWas) {
  EXPECT_EQ(Updated("SET a = :five, c = a", "c"), R"({"N":"1"})");
  EXPECT_EQ(Updated("SET a = a + :five", "a"), R"({"N":"6"})");
  EXPECT_EQ(Updated("SET a = :n - #dotted", "a"), R"({"N":"-8"})");
  EXPECT_EQ(Updated("SET a = (a + :five)", "a"), R"({"N":"6"})");
  EXPECT_EQ(Updated("SET a = if_not_exists(a, :five)", "a"), R"({"N":"1"})");
  EXPECT_EQ(Updated("SET c = if_not_exists(c, :five) + :n", "c"), R"({"N":"6"})");
  EXPECT_EQ(Updated("SET c = list_append(if_not_exists(c, :l), :l)", "c"),
            R"({"L":[{"N":"1"},{"N":"1"}]})");
}

TEST_F(ExpressionTest, ListsGrowAndShrink) {
  EXPECT_EQ(Updated("SET l[9] = :five, l[5] = :s", "l"),
            R"({"L":[{"N":"1"},{"S":"two"},{"L":[{"N":"3"}]},{"S":"text"},{"N":"5"}]})");
  EXPECT_EQ(Updated("REMOVE l[0], l[1]", "l"), R"({"L":[{"L":[{"N":"3"}]}]})");
  EXPECT_EQ(Updated("REMOVE l[7]", "l"), R"({"L":[{"N":"1"},{"S":"two"},{"L":[{"N":"3"}]}]})");
  EXPECT_EQ(Updated("SET l[2][0] = :n REMOVE l[0]", "l"),
            R"({"L":[{"S":"two"},{"L":[{"N":"1"}]}]})");
}

TEST_F(ExpressionTest, AddAndDeleteWorkOnNumbersAndSets) {
  EXPECT_EQ(Updated("ADD a :five", "a"), R"({"N":"6"})");
  EXPECT_EQ(Updated("ADD fresh :five", "fresh"), R"({"N":"5"})");
  EXPECT_EQ(Updated("ADD ss :ss", "ss"), R"({"SS":["x","y"]})");
  EXPECT_EQ(Updated("ADD m.x.y :n", "m"), R"({"M":{"s":{"S":"deep"},"x":{"M":{"y":{"N":"8"}}}}})");
  EXPECT_EQ(Updated("DELETE ss :ss", "ss"), "absent");
  EXPECT_EQ(Updated("DELETE absent :ss", "absent"), "absent");
  EXPECT_EQ(Updated("REMOVE a, b SET c = :n", "c"), R"({"N":"1"})");
}

TEST_F(ExpressionTest, UpdatesThatDoNotFitAreRefused) {
  EXPECT_EQ(UpdateError("SET c = absent"),
            "The provided expression refers to an attribute that does not exist in the item");
  EXPECT_EQ(UpdateError("SET c = b + :n"),
            "An operand in the update expression has an incorrect data type");
  EXPECT_EQ(UpdateError("SET absent.x = :n"),
            "The document path provided in the update expression is invalid for update");
  EXPECT_EQ(UpdateError("SET a.x = :n"),
            "The document path provided in the update expression is invalid for update");
  EXPECT_EQ(UpdateError("SET m[0] = :n"),
            "The document path provided in the update expression is invalid for update");
  EXPECT_EQ(UpdateError("ADD b :n"),
            "An operand in the update expression has an incorrect data type");
  EXPECT_EQ(UpdateError("ADD c :s"),
            "Incorrect operand type for operator or function; operator: ADD, operand type: STRING, "
            "typeSet: "
            "ALLOWED_FOR_ADD_OPERAND");
  EXPECT_EQ(UpdateError("DELETE c :n"),
            "Incorrect operand type for operator or function; operator: DELETE, operand type: "
            "NUMBER, typeSet: "
            "ALLOWED_FOR_DELETE_OPERAND");
  EXPECT_EQ(
      UpdateError("SET c = :s + :n"),
      "Incorrect operand type for operator or function; operator or function: +, operand type: S");
  EXPECT_EQ(UpdateError("SET c = :n SET d = :n"),
            R"(The "SET" section can only be used once in an update expression;)");
  EXPECT_EQ(UpdateError("SET c = :n, c = :n"),
            "Two document paths overlap with each other; must remove or rewrite one of these "
            "paths; path one: [c], path two: [c]");
  EXPECT_EQ(UpdateError("SET m.x = :n REMOVE m.x.y"),
            "Two document paths overlap with each other; must remove or rewrite one of these "
            "paths; path one: [m, x], path two: "
            "[m, x, y]");
  EXPECT_EQ(UpdateError("SET m.x = :n, m[0] = :n"),
            "Two document paths conflict with each other; must remove or rewrite one of these "
            "paths; path one: [m, x], path two: "
            "[m, [0]]");
  EXPECT_EQ(UpdateError("SET c = attribute_exists(a)"),
            "The function is not allowed in an update expression; function: attribute_exists");
  EXPECT_EQ(UpdateError("SET c = if_not_exists(:n, :n)"),
            "Operator or function requires a document path; operator or function: if_not_exists");
}

TEST_F(ExpressionTest, ProjectionsKeepTheShape) {
  EXPECT_EQ(
      Projected("a, m.x.y, l[2], l[0], absent"),
      R"({"a":{"N":"1"},"l":{"L":[{"N":"1"},{"L":[{"N":"3"}]}]},"m":{"M":{"x":{"M":{"y":{"N":"7"}}}}}})");
  EXPECT_EQ(Projected("#dotted"), R"({"x.y":{"N":"9"}})");
  EXPECT_EQ(Projected("a.b"), "{}");
  EXPECT_EQ(Projected("a, a.b"),
            "Two document paths overlap with each other; must remove or rewrite one of these "
            "paths; path one: [a], path two: [a, b]");
  EXPECT_EQ(Projected("name"), "Attribute name is a reserved keyword; reserved keyword: name");
}

TEST_F(ExpressionTest, UnusedPlaceholdersAreNamed) {
  Placeholders placeholders(&names_, &values_);
  EXPECT_TRUE(ParseCondition("#a = :n AND #status = :s AND #dotted = :n", "ConditionExpression",
                             placeholders));
  EXPECT_EQ(placeholders.FindUnused()->message,
            "Value provided in ExpressionAttributeValues unused in expressions: keys: {:b, :bin, "
            ":five, :l, :m, :ns, :ss, :t, :te}");
  Placeholders none(&names_, nullptr);
  EXPECT_EQ(none.FindUnused()->message,
            "Value provided in ExpressionAttributeNames unused in expressions: keys: {#a, #dotted, "
            "#status}");
}

}  // namespace
}  // namespace fractus::dynamo
