// Statements run as the operations run them.
#include <gmock/gmock.h>

#include "dynamo/test_room.h"

namespace fractus::dynamo {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

class PartiqlTest : public RoomTest {
 protected:
  static std::string Request(const std::string& statement, const std::string& further = "") {
    std::string body = json{{"Statement", statement}}.dump();
    body.pop_back();
    return body + (further.empty() ? "" : "," + further) + "}";
  }
  json Run(const std::string& statement, const std::string& further = "") {
    return Call("ExecuteStatement", Request(statement, further));
  }
  std::string RunError(const std::string& statement, const std::string& further = "") {
    return Error("ExecuteStatement", Request(statement, further));
  }
  // The values of "time" of the selected orders.
  std::vector<std::string> Times(const std::string& rest, const std::string& further = "") {
    const json answer = Run("SELECT * FROM Orders" + rest, further);
    std::vector<std::string> times;
    for (const auto& item : answer.at("Items"))
      times.push_back(item.at("time").at("N").get<std::string>());
    return times;
  }

  void MakeOrders() {
    MakeSortedTable(
        R"(,"GlobalSecondaryIndexes":[{"IndexName":"By-Shop","KeySchema":[
            {"AttributeName":"shop","KeyType":"HASH"},{"AttributeName":"time","KeyType":"RANGE"}],
            "Projection":{"ProjectionType":"KEYS_ONLY"}}])",
        R"(,{"AttributeName":"shop","AttributeType":"S"})");
    for (int i = 1; i <= 6; ++i) {
      const std::string user = i <= 4 ? "ann" : "bob", number = std::to_string(i);
      Run("INSERT INTO Orders VALUE {'user': '" + user + "', 'time': " + number + ", 'shop': '" +
          (i % 2 == 1 ? "odd" : "even") + "', 'at': {'x': [" + number + "]}}");
    }
  }
};

TEST_F(PartiqlTest, AnInsertedItemIsSelectedAndCannotBeInsertedTwice) {
  MakeTable();
  const std::string insert = "INSERT INTO \"Users\" VALUE {'id': 'a', 'n': 1}";
  EXPECT_EQ(Run(insert), json::parse(R"({"Items":[]})"));
  EXPECT_EQ(Run("SELECT * FROM Users WHERE id = 'a'"),
            json::parse(R"({"Items":[{"id":{"S":"a"},"n":{"N":"1"}}]})"));
  EXPECT_EQ(RunError(insert), "DuplicateItemException: Duplicate primary key exists in table");
}

TEST_F(PartiqlTest, AnInsertIsCheckedAsAPutIs) {
  MakeTable();
  EXPECT_EQ(RunError("INSERT INTO Users VALUE {'n': 1}"),
            "ValidationException: One or more parameter values were invalid: Missing the key id in "
            "the item");
  EXPECT_EQ(RunError("INSERT INTO Users VALUE {'id': 1}"),
            "ValidationException: One or more parameter values were invalid: Type mismatch for key "
            "id expected: S actual: N");
  EXPECT_THAT(RunError("INSERT INTO Users VALUE {'id': 'x', 'v': ?}",
                       R"("Parameters":[{"S":")" + std::string(400 * 1024, 'x') + R"("}])"),
              HasSubstr("Item size has exceeded the maximum allowed size"));
  std::string deep = "1";
  for (int i = 0; i < 33; ++i) deep = "[" + deep + "]";
  EXPECT_THAT(RunError("INSERT INTO Users VALUE {'id': 'x', 'v': " + deep + "}"),
              HasSubstr("Nesting Levels have exceeded supported limits"));
  EXPECT_EQ(RunError("INSERT INTO Nothing VALUE {'id': 'x'}"),
            "ResourceNotFoundException: Requested resource not found");
}

TEST_F(PartiqlTest, KeysInWhereNarrowWhatIsRead) {
  MakeOrders();
  EXPECT_THAT(Times(" WHERE \"user\" = 'ann'"), ElementsAre("1", "2", "3", "4"));
  EXPECT_THAT(Times(" WHERE \"user\" = 'ann' AND \"time\" > 1 AND \"time\" < 4"),
              ElementsAre("2", "3"));
  EXPECT_THAT(Times(" WHERE \"user\" IN ['bob', 'ann'] AND \"time\" BETWEEN 4 AND 5"),
              ElementsAre("4", "5"));
  EXPECT_THAT(Times(" WHERE (\"user\" = 'bob' OR \"user\" = 'ann') AND shop = 'odd'"),
              ElementsAre("1", "3", "5"));
  EXPECT_THAT(Times(" WHERE \"at\".x[0] = 6"), ElementsAre("6"));
  const auto units = [&](const std::string& rest) {
    return Run("SELECT * FROM Orders" + rest, R"("ReturnConsumedCapacity":"TOTAL")")
        .at("ConsumedCapacity")
        .at("CapacityUnits");
  };
  EXPECT_EQ(units(" WHERE \"user\" = 'ann' AND \"time\" = 1"), 0.5);
}

TEST_F(PartiqlTest, AnIndexIsNamedAfterItsTable) {
  MakeOrders();
  const json answer = Run("SELECT * FROM \"Orders\".\"By-Shop\" WHERE shop = 'even'");
  EXPECT_EQ(answer.at("Items").size(), 3u);
  EXPECT_FALSE(answer.at("Items").at(0).contains("at"));
  EXPECT_EQ(
      RunError("SELECT \"at\" FROM \"Orders\".\"By-Shop\""),
      "ValidationException: One or more parameter values were invalid: Global secondary index "
      "By-Shop does not project [at]");
  EXPECT_EQ(RunError("SELECT * FROM Orders.Nope"),
            "ValidationException: The table does not have the specified index: Nope");
}

TEST_F(PartiqlTest, ColumnsAreNamedByTheirLastStep) {
  MakeOrders();
  EXPECT_EQ(Run("SELECT \"at\".x, \"at\".x[0], nothing FROM Orders WHERE \"user\" = 'bob' AND "
                "\"time\" = 5")
                .at("Items")
                .at(0),
            json::parse(R"({"x":{"L":[{"N":"5"}]},"x[0]":{"N":"5"}})"));
}

TEST_F(PartiqlTest, OrderByFollowsTheKeys) {
  MakeOrders();
  EXPECT_THAT(Times(" WHERE \"user\" = 'ann' ORDER BY \"time\" DESC"),
              ElementsAre("4", "3", "2", "1"));
  EXPECT_THAT(Times(" WHERE \"user\" IN ['ann', 'bob'] ORDER BY \"user\" DESC, \"time\" ASC"),
              ElementsAre("5", "6", "1", "2", "3", "4"));
  EXPECT_EQ(RunError("SELECT * FROM Orders ORDER BY \"time\""),
            "ValidationException: Must have WHERE clause in the statement when using ORDER BY "
            "clause.");
  EXPECT_THAT(RunError("SELECT * FROM Orders WHERE shop = 'odd' ORDER BY \"time\""),
              HasSubstr("Must have at least one non-optional hash key condition"));
  EXPECT_THAT(RunError("SELECT * FROM Orders WHERE \"user\" = 'ann' ORDER BY shop"),
              HasSubstr("must be part of the primary key"));
}

TEST_F(PartiqlTest, PagesGoOnWhereTheTokenSays) {
  MakeOrders();
  const std::string statement =
      "SELECT * FROM Orders WHERE \"user\" IN ['ann', 'bob'] ORDER BY \"user\" DESC, \"time\" DESC";
  std::vector<std::string> times;
  std::string token;
  do {
    const json page =
        Run(statement, R"("Limit":4)" + (token.empty() ? "" : R"(,"NextToken":")" + token + '"'));
    for (const auto& item : page.at("Items"))
      times.push_back(item.at("time").at("N").get<std::string>());
    token = page.value("NextToken", "");
    EXPECT_EQ(page.contains("LastEvaluatedKey"), !token.empty());
  } while (!token.empty());
  EXPECT_THAT(times, ElementsAre("6", "5", "4", "3", "2", "1"));
}

TEST_F(PartiqlTest, ATokenIsGoodForItsOwnStatementOnly) {
  MakeOrders();
  const std::string token = Run("SELECT * FROM Orders", R"("Limit":1)").value("NextToken", "");
  EXPECT_EQ(RunError("SELECT * FROM Orders WHERE shop = 'odd'", R"("NextToken":")" + token + '"'),
            "ValidationException: NextToken does not match request");
  EXPECT_EQ(RunError("SELECT * FROM Orders", R"("NextToken":"?")"),
            "ValidationException: Invalid NextToken");
}

TEST_F(PartiqlTest, AWholeKeyReadsOneItemWithoutANextPage) {
  MakeOrders();
  const json answer =
      Run("SELECT * FROM Orders WHERE \"user\" = 'ann' AND \"time\" = 1", R"("Limit":1)");
  EXPECT_EQ(answer.at("Items").size(), 1u);
  EXPECT_FALSE(answer.contains("NextToken"));
}

TEST_F(PartiqlTest, AnUpdateChangesOneItemThatIsThere) {
  MakeTable();
  Run("INSERT INTO Users VALUE {'id': 'a', 'n': 1, 'l': [1], 's': <<'x', 'y'>>}");
  Run("UPDATE Users SET n = n + 2 SET l = list_append(l, [2]) SET s = set_delete(s, <<'x'>>) "
      "WHERE id = 'a'");
  EXPECT_EQ(Run("SELECT * FROM Users WHERE id = 'a'").at("Items").at(0),
            json::parse(R"({"id":{"S":"a"},"n":{"N":"3"},"l":{"L":[{"N":"1"},{"N":"2"}]},
                "s":{"SS":["y"]}})"));
  const std::string failed = "ConditionalCheckFailedException: The conditional request failed";
  EXPECT_EQ(RunError("UPDATE Users SET n = 1 WHERE id = 'nobody'"), failed);
  EXPECT_EQ(RunError("UPDATE Users SET n = 1 WHERE id = 'a' AND n = 7"), failed);
  EXPECT_EQ(RunError("UPDATE Users SET n = 1 WHERE n = 3"),
            "ValidationException: Where clause does not contain a mandatory equality on all key "
            "attributes");
  EXPECT_THAT(RunError("UPDATE Users SET id = 'b' WHERE id = 'a'"),
              HasSubstr("Cannot update attribute id. This attribute is part of the key"));
}

TEST_F(PartiqlTest, ReturningShowsTheItemBeforeOrAfter) {
  MakeTable();
  Run("INSERT INTO Users VALUE {'id': 'a', 'n': 1, 'm': 5}");
  const auto returned = [&](const std::string& what) {
    return Run("UPDATE Users SET n = n + 1 REMOVE o WHERE id = 'a' RETURNING " + what + " *")
        .at("Items");
  };
  EXPECT_EQ(returned("ALL OLD"), json::parse(R"([{"id":{"S":"a"},"n":{"N":"1"},"m":{"N":"5"}}])"));
  EXPECT_EQ(returned("MODIFIED OLD"), json::parse(R"([{"n":{"N":"2"}}])"));
  EXPECT_EQ(returned("ALL NEW"), json::parse(R"([{"id":{"S":"a"},"n":{"N":"4"},"m":{"N":"5"}}])"));
  EXPECT_EQ(returned("MODIFIED NEW"), json::parse(R"([{"n":{"N":"5"}}])"));
  EXPECT_EQ(Run("DELETE FROM Users WHERE id = 'a' RETURNING ALL OLD *").at("Items").at(0).at("n"),
            json::parse(R"({"N":"5"})"));
  EXPECT_THAT(Run("DELETE FROM Users WHERE id = 'a' RETURNING ALL OLD *").at("Items"), IsEmpty());
}

TEST_F(PartiqlTest, ADeleteOfNothingSucceedsButNotOneWhoseConditionFails) {
  MakeTable();
  EXPECT_EQ(RunError("DELETE FROM Users WHERE id = 'a' AND n = 1"), "no error");
  Run("INSERT INTO Users VALUE {'id': 'a', 'n': 2}");
  const auto failed =
      Try("ExecuteStatement", Request("DELETE FROM Users WHERE id = 'a' AND n = 1",
                                      R"("ReturnValuesOnConditionCheckFailure":"ALL_OLD")"));
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, "ConditionalCheckFailedException");
  EXPECT_EQ(failed.error().extra.at("Item").at("n"), json::parse(R"({"N":"2"})"));
}

TEST_F(PartiqlTest, AStatementsOwnParametersComeInOrder) {
  MakeTable();
  Run("INSERT INTO Users VALUE {'id': ?, 'n': ?}", R"("Parameters":[{"S":"a"},{"N":"7"}])");
  EXPECT_EQ(
      Run("SELECT n FROM Users WHERE id = ? AND n > ?", R"("Parameters":[{"S":"a"},{"N":"6"}])")
          .at("Items"),
      json::parse(R"([{"n":{"N":"7"}}])"));
  EXPECT_EQ(
      RunError("SELECT * FROM Users WHERE id = ?", R"("Parameters":[])"),
      "ValidationException: 1 validation error detected: Value '[]' at 'parameters' failed to "
      "satisfy constraint: Member must have length greater than or equal to 1");
}

TEST_F(PartiqlTest, ABatchAnswersEachStatementOnItsOwn) {
  MakeTable();
  Run("INSERT INTO Users VALUE {'id': 'a', 'n': 1}");
  const json written = Call("BatchExecuteStatement", R"({"Statements":[
      {"Statement":"INSERT INTO Users VALUE {'id': 'a'}"},
      {"Statement":"INSERT INTO Users VALUE {'id': 'b'}"},
      {"Statement":"UPDATE Users SET n = 2 WHERE id = 'a' AND n = 9",
       "ReturnValuesOnConditionCheckFailure":"ALL_OLD"},
      {"Statement":"UPDATE Users"}],"ReturnConsumedCapacity":"TOTAL"})");
  const json& responses = written.at("Responses");
  EXPECT_EQ(responses.at(0), json::parse(R"({"TableName":"Users","Error":{"Code":"DuplicateItem",
      "Message":"Duplicate primary key exists in table"}})"));
  EXPECT_EQ(responses.at(1), json::parse(R"({"TableName":"Users"})"));
  EXPECT_EQ(responses.at(2).at("Error"), json::parse(R"({"Code":"ConditionalCheckFailed",
      "Message":"The conditional request failed","Item":{"id":{"S":"a"},"n":{"N":"1"}}})"));
  EXPECT_EQ(responses.at(3).at("Error").at("Code"), "ValidationError");
  EXPECT_EQ(written.at("ConsumedCapacity"),
            json::parse(R"([{"TableName":"Users","CapacityUnits":1.0}])"));

  const json read = Call("BatchExecuteStatement", R"({"Statements":[
      {"Statement":"SELECT n FROM Users WHERE id = 'a'"},
      {"Statement":"SELECT * FROM Users WHERE id = 'z'"},
      {"Statement":"SELECT * FROM Users WHERE n = 1"}]})");
  EXPECT_EQ(read.at("Responses").at(0),
            json::parse(R"({"TableName":"Users","Item":{"n":{"N":"1"}}})"));
  EXPECT_EQ(read.at("Responses").at(1), json::parse(R"({"TableName":"Users"})"));
  EXPECT_EQ(read.at("Responses").at(2).at("Error").at("Message"),
            "Select statements within BatchExecuteStatement must specify the primary key in the "
            "where clause.");
  EXPECT_THAT(Invalid("BatchExecuteStatement", R"({"Statements":[
      {"Statement":"SELECT n FROM Users WHERE id = 'a'"},
      {"Statement":"DELETE FROM Users WHERE id = 'z'"}]})"),
              HasSubstr("cannot be mixed"));
}

TEST_F(PartiqlTest, ATransactionWritesAllOrNothing) {
  MakeTable();
  Run("INSERT INTO Users VALUE {'id': 'a', 'n': 1}");
  const std::string exists = "EXISTS(SELECT * FROM Users WHERE id = 'a' AND n = 1)";
  const auto request = [](const std::vector<std::string>& statements) {
    json list = json::array();
    for (const auto& statement : statements) list.push_back({{"Statement", statement}});
    return json{{"TransactStatements", list}}.dump();
  };
  EXPECT_EQ(Call("ExecuteTransaction", request({exists, "INSERT INTO Users VALUE {'id': 'b'}"})),
            json::parse(R"({"Responses":[]})"));
  const auto failed = Try("ExecuteTransaction", request({"UPDATE Users SET n = 2 WHERE id = 'a'",
                                                         "INSERT INTO Users VALUE {'id': 'b'}",
                                                         "DELETE FROM Users WHERE id = 'c'"}));
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, "TransactionCanceledException");
  EXPECT_THAT(failed.error().message, HasSubstr("[None, DuplicateItem, None]"));
  EXPECT_EQ(Call("ExecuteTransaction", request({"SELECT n FROM Users WHERE id = 'a'",
                                                "SELECT * FROM Users WHERE id = 'c'"})),
            json::parse(R"({"Responses":[{"Item":{"n":{"N":"1"}}},{}]})"));
  EXPECT_THAT(
      Error("ExecuteTransaction", request({"SELECT * FROM Users WHERE n = 1"})),
      HasSubstr("Select statements within ExecuteTransaction must specify the primary key"));
  EXPECT_THAT(RunError(exists), HasSubstr("ExecuteTransaction"));
}

}  // namespace
}  // namespace fractus::dynamo
