#include <gmock/gmock.h>

#include "dynamo/partiql/lexer.h"
#include "dynamo/partiql/statement.h"
#include "dynamo/value_json.h"

namespace fractus::dynamo::partiql {
namespace {

using ::testing::ElementsAre;
using ::testing::StartsWith;

std::string ErrorOf(const std::string& text, const std::vector<Value>& parameters = {}) {
  const auto statement = Parse(text, parameters);
  return statement ? "no error" : statement.error().message;
}

std::string Malformed(const std::string& text) {
  const std::string start = "Statement wasn't well formed, can't be processed: ";
  const std::string error = ErrorOf(text);
  return error.starts_with(start) ? error.substr(start.size()) : error;
}

bool Matches(const std::string& condition, const std::string& item) {
  const auto statement = Parse("SELECT * FROM t WHERE " + condition, {});
  if (!statement) {
    ADD_FAILURE() << condition << ": " << statement.error().message;
    return false;
  }
  JsonReader reader(item);
  ReadMapResult read;
  ReadMap(reader, read);
  return Holds(*statement->where, &read.map);
}

std::string Inserted(const std::string& value, const std::vector<Value>& parameters = {}) {
  const auto statement = Parse("INSERT INTO t VALUE " + value, parameters);
  if (!statement) return statement.error().message;
  std::string out;
  WriteMap(out, statement->item);
  return out;
}

TEST(PartiqlLexerTest, QuotesAreDoubledWithinQuotes) {
  const auto tokens = Tokenize(R"('it''s' "a ""b""" 'open)");
  ASSERT_EQ(tokens.size(), 4u);
  EXPECT_EQ(tokens[0].kind, Token::Kind::kText);
  EXPECT_EQ(tokens[0].text, "it's");
  EXPECT_EQ(tokens[1].kind, Token::Kind::kQuotedName);
  EXPECT_EQ(tokens[1].text, "a \"b\"");
  EXPECT_EQ(tokens[2].kind, Token::Kind::kBad);
}

TEST(PartiqlLexerTest, APlaceIsLineColumnAndLength) {
  const std::string text = "SELECT *\n FROM t";
  const auto tokens = Tokenize(text);
  EXPECT_EQ(PlaceOf(text, tokens[2]), "[2:2:4]");
}

TEST(PartiqlParserTest, ASelectHasColumnsATableAndAnIndex) {
  const auto statement =
      Parse(R"(select a, b.c[2], "d e"['f'] from "my.table"."the-index" order by a desc, b)", {});
  ASSERT_TRUE(statement);
  EXPECT_EQ(statement->table, "my.table");
  EXPECT_EQ(statement->index, "the-index");
  std::vector<std::string> columns;
  for (const auto& column : *statement->columns) columns.push_back(PathText(column));
  EXPECT_THAT(columns, ElementsAre("a", "b.c[2]", "d e.f"));
  ASSERT_EQ(statement->order_by.size(), 2u);
  EXPECT_TRUE(statement->order_by[0].descending);
  EXPECT_FALSE(statement->order_by[1].descending);
}

TEST(PartiqlParserTest, AndBindsTighterThanOrAndNotTighterThanBoth) {
  const std::string item = R"({"a":{"N":"1"},"b":{"S":"x"}})";
  EXPECT_TRUE(Matches("a = 1 OR a = 2 AND b = 'y'", item));
  EXPECT_FALSE(Matches("(a = 1 OR a = 2) AND b = 'y'", item));
  EXPECT_TRUE(Matches("NOT a = 2 AND b = 'x'", item));
  EXPECT_FALSE(Matches("NOT (a = 1 AND b = 'x')", item));
}

TEST(PartiqlParserTest, EveryOperatorAndFunctionIsThere) {
  const std::string item =
      R"({"n":{"N":"-5"},"s":{"S":"hello"},"l":{"L":[{"N":"1"},{"M":{"k":{"BOOL":true}}}]},
          "nil":{"NULL":true},"set":{"SS":["a","b"]}})";
  for (const char* condition : {"n = -5",
                                "n <> 5",
                                "n != 5",
                                "n < 0",
                                "n <= -5",
                                "n > -6",
                                "n >= -5",
                                "-5 = n",
                                "n BETWEEN -6 AND -5",
                                "n NOT BETWEEN 0 AND 1",
                                "n IN [1, -5]",
                                "n IN (1, -5)",
                                "n NOT IN [1, 2]",
                                "nothing IS MISSING",
                                "n IS NOT MISSING",
                                "nil IS NULL",
                                "n IS NOT NULL",
                                "nil = null",
                                "begins_with(s, 'he')",
                                "CONTAINS(s, 'ell')",
                                "contains(\"set\", 'a')",
                                "attribute_type(n, 'N')",
                                "Size(s) = 5",
                                "size(l) < 3",
                                "l[1].k = true",
                                "l[1]['k'] <> FALSE",
                                "n = -5e0",
                                "n = -.5e1",
                                "\"set\" = <<'b', 'a'>>",
                                "nothing IS NOT NULL"}) {
    EXPECT_TRUE(Matches(condition, item)) << condition;
  }
}

TEST(PartiqlParserTest, ValuesAreTextsNumbersListsMapsAndSets) {
  EXPECT_EQ(
      Inserted("{'a': 'x', 'n': -1.50, 't': true, 'z': null, 'l': [1, 'b', []], 'm': {'k': {}},"
               "'ss': <<'b', 'a'>>, 'ns': <<2, 1>>}"),
      R"({"a":{"S":"x"},"l":{"L":[{"N":"1"},{"S":"b"},{"L":[]}]},"m":{"M":{"k":{"M":{}}}},)"
      R"("n":{"N":"-1.5"},"ns":{"NS":["1","2"]},"ss":{"SS":["a","b"]},"t":{"BOOL":true},)"
      R"("z":{"NULL":true}})");
  EXPECT_EQ(Inserted("{'a': ?, 'b': [?]}", {Value::Binary("x"), Value::Null()}),
            R"({"a":{"B":"eA=="},"b":{"L":[{"NULL":true}]}})");
  EXPECT_EQ(Inserted("{'s': <<>>}"),
            "One or more parameter values were invalid: An string set  may not be empty");
  EXPECT_EQ(Inserted("{'s': <<1, 1.0>>}"), "Input collection contains duplicates");
  EXPECT_THAT(Inserted("{'s': <<1, 'a'>>}"), StartsWith("All elements of a set"));
}

TEST(PartiqlParserTest, ParametersAreCounted) {
  const std::string wrong = "Number of parameters in request and statement don't match.";
  const Value one = Value::String("1");
  EXPECT_EQ(ErrorOf("SELECT * FROM t WHERE a = ?", {one}), "no error");
  EXPECT_EQ(ErrorOf("SELECT * FROM t WHERE a = ?"), wrong);
  EXPECT_EQ(ErrorOf("SELECT * FROM t WHERE a = ?", {one, one}), wrong);
  EXPECT_EQ(ErrorOf("SELECT * FROM t", {one}), wrong);
}

TEST(PartiqlParserTest, ErrorsOfStatementsThatAreNotWellFormed) {
  EXPECT_EQ(Malformed(""), "Expected data manipulation");
  EXPECT_EQ(Malformed("CREATE TABLE t"), "Expected data manipulation");
  EXPECT_EQ(Malformed("SELECT * FROM my-table"), "Unexpected from source");
  EXPECT_EQ(Malformed("SELECT key FROM t"), "Unexpected keyword");
  EXPECT_EQ(Malformed("SELECT * FROM t WHERE user = 1"), "Unexpected keyword");
  EXPECT_EQ(Malformed("SELECT * FROM t WHERE a ="), "Unexpected term");
  EXPECT_EQ(Malformed("SELECT * FROM t WHERE a = 1 1"), "Unexpected term");
  EXPECT_EQ(Malformed("SELECT a[x] FROM t"), "Unexpected path component at [1:10:1]");
  EXPECT_EQ(Malformed("INSERT INTO t VALUE {'a': b}"), "Expected expression");
  EXPECT_EQ(ErrorOf("SELECT * FROM t WHERE a = 1 LIMIT 1"),
            "Unsupported clause: LIMIT at [1:29:5]");
  EXPECT_EQ(ErrorOf("SELECT * FROM t WHERE length(a) = 1"), "Unsupported function: length");
}

TEST(PartiqlParserTest, AnUpdateSetsAndRemovesInOneOrSeveralClauses) {
  const auto statement = Parse(
      "UPDATE t SET a = b + 1 - 2, c = list_append(c, [1]) SET s = set_add(s, <<'x'>>) "
      "REMOVE d[0] SET u = set_delete(u, <<1>>) WHERE id = 1 RETURNING MODIFIED NEW *",
      {});
  ASSERT_TRUE(statement) << statement.error().message;
  ASSERT_EQ(statement->update.actions.size(), 5u);
  using Kind = UpdateAction::Kind;
  std::vector<Kind> kinds;
  for (const auto& action : statement->update.actions) kinds.push_back(action.kind);
  EXPECT_THAT(kinds, ElementsAre(Kind::kSet, Kind::kSet, Kind::kAdd, Kind::kRemove, Kind::kDelete));
  EXPECT_EQ(statement->returning, Returning::kModifiedNew);
}

TEST(PartiqlParserTest, NestingHasAnEnd) {
  EXPECT_EQ(Malformed("SELECT * FROM t WHERE " + std::string(2000, '(')),
            "Expression is nested too deep");
  std::string nots = "SELECT * FROM t WHERE ";
  for (int i = 0; i < 1000; ++i) nots += "NOT ";
  EXPECT_EQ(Malformed(nots + "a = 1"), "Expression is nested too deep");
  EXPECT_EQ(Malformed("INSERT INTO t VALUE {'a': " + std::string(4000, '[')),
            "Expression is nested too deep");
  std::string sum = "UPDATE t SET a = 1";
  for (int i = 0; i < 2000; ++i) sum += "+1";
  EXPECT_EQ(Malformed(sum + " WHERE id = 1"), "Expression is nested too deep");
}

TEST(PartiqlParserTest, CommentsAreBlanksAndASemicolonMayEndAStatement) {
  EXPECT_EQ(ErrorOf("SELECT * -- all\nFROM t /* the\n table */ WHERE a = '--' AND b = 2/**/;"),
            "no error");
  EXPECT_EQ(ErrorOf("UPDATE t SET a = a--1\n-1 WHERE id = 1 ; -- done"), "no error");
  EXPECT_EQ(ErrorOf("SELECT * FROM t;"), "no error");
  EXPECT_EQ(Malformed("SELECT * FROM t WHERE a = 1;;"), "Unexpected term");
  EXPECT_EQ(Malformed("SELECT * FROM t WHERE a = 1; SELECT * FROM t"), "Unexpected term");
  EXPECT_EQ(Malformed(";"), "Expected data manipulation");
  EXPECT_EQ(Malformed("SELECT * FROM t WHERE a = 1 /* and"), "Unexpected term");
}

}  // namespace
}  // namespace fractus::dynamo::partiql
