#include "emulator/auth/policy.h"

#include <gtest/gtest.h>

namespace fractus::auth {
namespace {

constexpr const char* kUser = "arn:aws:execute-api:us-east-1:000000000000:api1/Prod/GET/users/abc";

json Document(const char* statements) {
  return {{"Version", "2012-10-17"}, {"Statement", json::parse(statements)}};
}

AccessQuestion Invoke(std::string resource = kUser) {
  AccessQuestion question;
  question.action = "execute-api:Invoke";
  question.resource = std::move(resource);
  return question;
}

Decision Decide(const char* statements, const AccessQuestion& question,
                PolicyKind kind = PolicyKind::kIdentity) {
  return Evaluate({Document(statements)}, question, kind).decision;
}

// Whether a statement with that condition applies to a request with these keys.
bool ConditionHolds(const char* condition,
                    std::map<std::string, std::vector<std::string>> keys = {}) {
  AccessQuestion question = Invoke();
  question.condition_keys = std::move(keys);
  json document = Document(R"([{"Effect": "Allow", "Action": "*", "Resource": "*"}])");
  document["Statement"][0]["Condition"] = json::parse(condition);
  return Evaluate({document}, question).decision == Decision::kAllow;
}

TEST(Wildcard, StarIsAnyRunAndQuestionMarkIsOneCharacter) {
  EXPECT_TRUE(MatchesWildcard("*", ""));
  EXPECT_TRUE(MatchesWildcard("a*c", "abbc"));
  EXPECT_TRUE(MatchesWildcard("a*b*c", "aXbXbXc"));
  EXPECT_FALSE(MatchesWildcard("a*c", "abbd"));
  EXPECT_TRUE(MatchesWildcard("a?c", "abc"));
  EXPECT_TRUE(MatchesWildcard("a?c",
                              "a\xC3\xA4"
                              "c"));
  EXPECT_FALSE(MatchesWildcard("a?c", "ac"));
  EXPECT_FALSE(MatchesWildcard("", "a"));
  EXPECT_TRUE(MatchesWildcard("", ""));
  EXPECT_TRUE(MatchesWildcard("**", "x"));
}

TEST(Wildcard, ManyStarsDoNotBlowUp) {
  std::string pattern, text(5000, 'a');
  for (int i = 0; i < 100; ++i) pattern += "*a";
  EXPECT_FALSE(MatchesWildcard(pattern + "b", text));
}

TEST(ArnMatch, PartsDoNotRunOverColonsUnlessTheStarIsLast) {
  EXPECT_TRUE(MatchesArn("arn:aws:execute-api:*:*:api1/*/GET/users/*", kUser));
  EXPECT_FALSE(MatchesArn("arn:aws:execute-api:*:api1/*/GET/users/*", kUser));
  EXPECT_TRUE(MatchesArn("arn:aws:execute-api:*", kUser));
  EXPECT_TRUE(MatchesArn("*", kUser));
  EXPECT_FALSE(MatchesArn("arn:aws:execute-api", kUser));
  EXPECT_TRUE(MatchesArn("arn:aws:execute-api:us-east-1:000000000000:*", kUser));
  EXPECT_TRUE(MatchesArn("arn:aws:lambda:*:*:function:*", "arn:aws:lambda:r:a:function:f:1"));
  EXPECT_FALSE(MatchesArn("arn:aws:s3:::b", "not an arn"));
}

TEST(Policy, NothingMatchingIsAnImplicitDeny) {
  const Answer answer = Evaluate({}, Invoke());
  EXPECT_EQ(answer.decision, Decision::kImplicitDeny);
  EXPECT_EQ(answer.reason, "");
  EXPECT_EQ(Decide(R"([{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}])", Invoke()),
            Decision::kImplicitDeny);
}

TEST(Policy, AllowNamesItsStatement) {
  const json document = Document(
      R"([{"Effect": "Allow", "Action": "s3:*", "Resource": "*"},
          {"Effect": "Allow", "Action": "execute-api:*", "Resource": ["x", "arn:aws:execute-api:*:*:api1/Prod/GET/users/*"]}])");
  const Answer answer = Evaluate({document}, Invoke());
  EXPECT_EQ(answer.decision, Decision::kAllow);
  EXPECT_EQ(answer.reason, "statement 2");
}

TEST(Policy, AnExplicitDenyInAnyDocumentWins) {
  const json allow = Document(R"({"Effect": "Allow", "Action": "*", "Resource": "*"})");
  const json deny =
      Document(R"({"Sid": "NoUsers", "Effect": "Deny", "Action": "*", "Resource": "*/users/*"})");
  // A pattern that is no ARN but "*" matches no ARN.
  EXPECT_EQ(Evaluate({allow, deny}, Invoke()).decision, Decision::kAllow);
  const json deny_arn = Document(
      R"({"Sid": "NoUsers", "Effect": "Deny", "Action": "*", "Resource": "arn:aws:execute-api:*:*:*/users/*"})");
  const Answer answer = Evaluate({allow, deny_arn}, Invoke());
  EXPECT_EQ(answer.decision, Decision::kExplicitDeny);
  EXPECT_EQ(answer.reason, "NoUsers");
  json unnamed = deny_arn;
  unnamed["Statement"].erase("Sid");
  EXPECT_EQ(Evaluate({allow, unnamed}, Invoke()).reason, "statement 1 of policy 2");
}

TEST(Policy, ActionsCompareWithoutCaseAndResourcesWithCase) {
  EXPECT_EQ(
      Decide(R"([{"Effect": "Allow", "Action": "Execute-API:invoke", "Resource": "*"}])", Invoke()),
      Decision::kAllow);
  EXPECT_EQ(Decide(R"([{"Effect": "Allow", "Action": "*",
                        "Resource": "arn:aws:execute-api:*:*:API1/*"}])",
                   Invoke()),
            Decision::kImplicitDeny);
}

TEST(Policy, NotActionAndNotResourceMatchEverythingElse) {
  EXPECT_EQ(Decide(R"([{"Effect": "Allow", "NotAction": "s3:*", "Resource": "*"}])", Invoke()),
            Decision::kAllow);
  EXPECT_EQ(
      Decide(R"([{"Effect": "Allow", "NotAction": "execute-api:*", "Resource": "*"}])", Invoke()),
      Decision::kImplicitDeny);
  EXPECT_EQ(Decide(R"([{"Effect": "Allow", "Action": "*",
                        "NotResource": "arn:aws:execute-api:*:*:api1/*"}])",
                   Invoke()),
            Decision::kImplicitDeny);
}

TEST(Policy, MalformedStatementsMatchNothing) {
  for (
      const char* statement : {
          R"([{"Effect": "allow", "Action": "*", "Resource": "*"}])",
          R"([{"Action": "*", "Resource": "*"}])",
          R"([{"Effect": "Allow", "Resource": "*"}])",
          R"([{"Effect": "Allow", "Action": "*"}])",
          R"([{"Effect": "Allow", "Action": [], "Resource": "*"}])",
          R"([{"Effect": "Allow", "Action": ["*", 1], "Resource": "*"}])",
          R"([{"Effect": "Allow", "Action": "*", "NotAction": "s3:*", "Resource": "*"}])",
          R"([{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"Unknown": {"a": "b"}}}])",
          R"([{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": []}])",
          R"(["Allow"])",
          R"("Allow")",
      }) {
    EXPECT_EQ(Decide(statement, Invoke()), Decision::kImplicitDeny) << statement;
  }
  EXPECT_EQ(Evaluate({json("text"), json(), json::array(), json::object()}, Invoke()).decision,
            Decision::kImplicitDeny);
  json wrong_version = Document(R"([{"Effect": "Allow", "Action": "*", "Resource": "*"}])");
  wrong_version["Version"] = "2012-10-18";
  EXPECT_EQ(Evaluate({wrong_version}, Invoke()).decision, Decision::kImplicitDeny);
}

TEST(Policy, VariablesAreReplacedAndTheirValuesAreNoWildcards) {
  constexpr const char* kOwn = R"([{"Effect": "Allow", "Action": "*",
      "Resource": "arn:aws:execute-api:*:*:api1/Prod/GET/users/${aws:UserName}"}])";
  AccessQuestion question = Invoke();
  EXPECT_EQ(Decide(kOwn, question), Decision::kImplicitDeny);
  question.condition_keys["aws:username"] = {"abc"};
  EXPECT_EQ(Decide(kOwn, question), Decision::kAllow);
  question.condition_keys["aws:username"] = {"*"};
  EXPECT_EQ(Decide(kOwn, question), Decision::kImplicitDeny);
}

TEST(Policy, VariablesHaveDefaultsAndEscapes) {
  EXPECT_TRUE(ConditionHolds(R"({"StringEquals": {"k": "${aws:username, 'nobody'}"}})",
                             {{"k", {"nobody"}}}));
  EXPECT_TRUE(ConditionHolds(R"({"StringLike": {"k": "a${*}b${?}${$}*"}})", {{"k", {"a*b?$x"}}}));
  EXPECT_FALSE(ConditionHolds(R"({"StringLike": {"k": "a${*}b"}})", {{"k", {"axb"}}}));
}

TEST(Policy, VersionsBefore2012HaveNoVariables) {
  json document = Document(R"([{"Effect": "Allow", "Action": "*", "Resource": "*",
                    "Condition": {"StringEquals": {"k": "${aws:username}"}}}])");
  document["Version"] = "2008-10-17";
  AccessQuestion question = Invoke();
  question.condition_keys["k"] = {"${aws:username}"};
  EXPECT_EQ(Evaluate({document}, question).decision, Decision::kAllow);
}

TEST(ResourcePolicy, PrincipalsAreMatched) {
  const auto decide = [](const char* principal, const char* kind, const char* caller) {
    json document = Document(R"([{"Effect": "Allow", "Action": "*", "Resource": "*"}])");
    document["Statement"][0]["Principal"] = json::parse(principal);
    AccessQuestion question = Invoke();
    question.principal_kind = kind;
    question.principal = caller;
    return Evaluate({document}, question, PolicyKind::kResource).decision == Decision::kAllow;
  };
  EXPECT_TRUE(decide(R"("*")", "Service", "apigateway.amazonaws.com"));
  EXPECT_TRUE(decide(R"({"AWS": "*"})", "AWS", "arn:aws:iam::111111111111:user/u"));
  EXPECT_TRUE(
      decide(R"({"Service": "apigateway.amazonaws.com"})", "Service", "apigateway.amazonaws.com"));
  EXPECT_FALSE(
      decide(R"({"Service": "sns.amazonaws.com"})", "Service", "apigateway.amazonaws.com"));
  EXPECT_FALSE(decide(R"({"AWS": "111111111111"})", "Service", "apigateway.amazonaws.com"));
  EXPECT_TRUE(decide(R"({"AWS": "111111111111"})", "AWS", "arn:aws:iam::111111111111:user/u"));
  EXPECT_TRUE(decide(R"({"AWS": ["x", "arn:aws:iam::111111111111:root"]})", "AWS",
                     "arn:aws:iam::111111111111:role/r"));
  EXPECT_FALSE(decide(R"({"AWS": "222222222222"})", "AWS", "arn:aws:iam::111111111111:user/u"));
  EXPECT_TRUE(decide(R"({"AWS": "arn:aws:iam::111111111111:role/path/r"})", "AWS",
                     "arn:aws:sts::111111111111:assumed-role/r/session"));
  EXPECT_FALSE(decide(R"({})", "AWS", "arn:aws:iam::111111111111:user/u"));
}

TEST(ResourcePolicy, NotPrincipalTurnsItAround) {
  const json document = Document(
      R"([{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"},
          {"Effect": "Deny", "NotPrincipal": {"AWS": "arn:aws:iam::111111111111:user/u"}, "Action": "*", "Resource": "*"}])");
  AccessQuestion question = Invoke();
  question.principal_kind = "AWS";
  question.principal = "arn:aws:iam::111111111111:user/u";
  EXPECT_EQ(Evaluate({document}, question, PolicyKind::kResource).decision, Decision::kAllow);
  question.principal = "arn:aws:iam::111111111111:user/v";
  EXPECT_EQ(Evaluate({document}, question, PolicyKind::kResource).decision,
            Decision::kExplicitDeny);
}

TEST(ResourcePolicy, AStatementWithoutPrincipalMatchesNothingAndOneWithoutResourceDoes) {
  EXPECT_EQ(Decide(R"([{"Effect": "Allow", "Action": "*", "Resource": "*"}])", Invoke(),
                   PolicyKind::kResource),
            Decision::kImplicitDeny);
  AccessQuestion assume;
  assume.action = "sts:AssumeRole";
  assume.resource = "arn:aws:iam::111111111111:role/r";
  assume.principal_kind = "Service";
  assume.principal = "lambda.amazonaws.com";
  EXPECT_EQ(Decide(R"([{"Effect": "Allow", "Action": "sts:AssumeRole",
                        "Principal": {"Service": ["lambda.amazonaws.com"]}}])",
                   assume, PolicyKind::kResource),
            Decision::kAllow);
}

TEST(Condition, StringsWithAndWithoutCaseAndWildcards) {
  EXPECT_TRUE(ConditionHolds(R"({"StringEquals": {"AWS:Tag": ["a", "b"]}})", {{"aws:tag", {"b"}}}));
  EXPECT_FALSE(ConditionHolds(R"({"StringEquals": {"k": "a*"}})", {{"k", {"ab"}}}));
  EXPECT_TRUE(ConditionHolds(R"({"StringLike": {"k": "a*"}})", {{"k", {"ab"}}}));
  EXPECT_FALSE(ConditionHolds(R"({"StringNotLike": {"k": "a*"}})", {{"k", {"ab"}}}));
  EXPECT_FALSE(ConditionHolds(R"({"StringEquals": {"k": "A"}})", {{"k", {"a"}}}));
  EXPECT_TRUE(ConditionHolds(R"({"StringEqualsIgnoreCase": {"k": "A"}})", {{"k", {"a"}}}));
  EXPECT_FALSE(ConditionHolds(R"({"StringNotEqualsIgnoreCase": {"k": "A"}})", {{"k", {"a"}}}));
  EXPECT_FALSE(ConditionHolds(R"({"StringNotEquals": {"k": ["a", "b"]}})", {{"k", {"b"}}}));
  EXPECT_TRUE(ConditionHolds(R"({"StringNotEquals": {"k": ["a", "b"]}})", {{"k", {"c"}}}));
}

TEST(Condition, AllKeysAndAllOperatorsMustHold) {
  const char* both = R"({"StringEquals": {"a": "1", "b": "2"}, "Bool": {"c": true}})";
  EXPECT_TRUE(ConditionHolds(both, {{"a", {"1"}}, {"b", {"2"}}, {"c", {"true"}}}));
  EXPECT_FALSE(ConditionHolds(both, {{"a", {"1"}}, {"b", {"3"}}, {"c", {"true"}}}));
  EXPECT_FALSE(ConditionHolds(both, {{"a", {"1"}}, {"b", {"2"}}, {"c", {"false"}}}));
}

TEST(Condition, AMissingKeyFailsPositiveOperatorsAndSatisfiesNegatedOnes) {
  EXPECT_FALSE(ConditionHolds(R"({"StringEquals": {"k": "a"}})"));
  EXPECT_TRUE(ConditionHolds(R"({"StringNotEquals": {"k": "a"}})"));
  EXPECT_TRUE(ConditionHolds(R"({"StringEqualsIfExists": {"k": "a"}})"));
  EXPECT_FALSE(ConditionHolds(R"({"StringEqualsIfExists": {"k": "a"}})", {{"k", {"b"}}}));
  EXPECT_FALSE(
      ConditionHolds(R"({"NotIpAddressIfExists": {"k": "10.0.0.0/8"}})", {{"k", {"10.1.1.1"}}}));
}

TEST(Condition, NullAsksWhetherTheKeyIsThere) {
  EXPECT_TRUE(ConditionHolds(R"({"Null": {"k": "true"}})"));
  EXPECT_FALSE(ConditionHolds(R"({"Null": {"k": false}})"));
  EXPECT_TRUE(ConditionHolds(R"({"Null": {"k": false}})", {{"k", {"x"}}}));
}

TEST(Condition, Numbers) {
  const std::map<std::string, std::vector<std::string>> ten = {{"n", {"10"}}};
  EXPECT_TRUE(ConditionHolds(R"({"NumericEquals": {"n": 10.0}})", ten));
  EXPECT_FALSE(ConditionHolds(R"({"NumericNotEquals": {"n": "10"}})", ten));
  EXPECT_TRUE(ConditionHolds(R"({"NumericLessThan": {"n": "10.5"}})", ten));
  EXPECT_TRUE(ConditionHolds(R"({"NumericLessThanEquals": {"n": 10}})", ten));
  EXPECT_FALSE(ConditionHolds(R"({"NumericGreaterThan": {"n": 10}})", ten));
  EXPECT_TRUE(ConditionHolds(R"({"NumericGreaterThanEquals": {"n": 10}})", ten));
  EXPECT_FALSE(ConditionHolds(R"({"NumericEquals": {"n": "ten"}})", ten));
  EXPECT_FALSE(ConditionHolds(R"({"NumericEquals": {"n": 10}})", {{"n", {"x"}}}));
}

TEST(Condition, DatesInIsoFormAndInSeconds) {
  const std::map<std::string, std::vector<std::string>> now = {
      {"aws:currenttime", {"2026-01-02T03:04:05Z"}}};
  EXPECT_TRUE(ConditionHolds(R"({"DateGreaterThan": {"aws:CurrentTime": "2026-01-02"}})", now));
  EXPECT_TRUE(ConditionHolds(R"({"DateLessThan": {"aws:CurrentTime": "2026-01-02T03:05Z"}})", now));
  EXPECT_TRUE(ConditionHolds(R"({"DateEquals": {"aws:CurrentTime": 1767323045}})", now));
  EXPECT_FALSE(
      ConditionHolds(R"({"DateNotEquals": {"aws:CurrentTime": "2026-01-02T03:04:05Z"}})", now));
  EXPECT_FALSE(ConditionHolds(R"({"DateLessThan": {"aws:CurrentTime": "tomorrow"}})", now));
}

TEST(Condition, AddressesInNetworks) {
  const std::map<std::string, std::vector<std::string>> ip = {{"aws:sourceip", {"203.0.113.9"}}};
  EXPECT_TRUE(ConditionHolds(R"({"IpAddress": {"aws:SourceIp": ["10.0.0.0/8", "203.0.113.0/29"]}})",
                             {{"aws:sourceip", {"203.0.113.7"}}}));
  EXPECT_FALSE(ConditionHolds(R"({"IpAddress": {"aws:SourceIp": "203.0.113.0/29"}})", ip));
  EXPECT_TRUE(ConditionHolds(R"({"NotIpAddress": {"aws:SourceIp": "203.0.113.0/29"}})", ip));
  EXPECT_TRUE(ConditionHolds(R"({"IpAddress": {"aws:SourceIp": "203.0.113.9"}})", ip));
  EXPECT_TRUE(ConditionHolds(R"({"IpAddress": {"aws:SourceIp": "2001:db8::/32"}})",
                             {{"aws:sourceip", {"2001:db8::1"}}}));
  EXPECT_FALSE(ConditionHolds(R"({"IpAddress": {"aws:SourceIp": "203.0.113.0/99"}})", ip));
  EXPECT_FALSE(ConditionHolds(R"({"NotIpAddress": {"aws:SourceIp": "nonsense"}})", ip));
}

TEST(Condition, ArnsAndBinaries) {
  const std::map<std::string, std::vector<std::string>> arn = {
      {"aws:sourcearn", {"arn:aws:execute-api:us-east-1:000000000000:api1/Prod/GET/users/*"}}};
  EXPECT_TRUE(ConditionHolds(
      R"({"ArnLike": {"AWS:SourceArn": "arn:aws:execute-api:us-east-1:000000000000:api1/*/GET/users/*"}})",
      arn));
  EXPECT_TRUE(
      ConditionHolds(R"({"ArnEquals": {"aws:SourceArn": "arn:aws:execute-api:*:*:api1/*"}})", arn));
  EXPECT_FALSE(ConditionHolds(
      R"({"ArnNotLike": {"aws:SourceArn": "arn:aws:execute-api:*:*:api1/*"}})", arn));
  EXPECT_TRUE(ConditionHolds(R"({"BinaryEquals": {"key": "QmluYXJ5"}})", {{"key", {"QmluYXJ5"}}}));
  EXPECT_FALSE(ConditionHolds(R"({"BinaryEquals": {"key": "%%%"}})", {{"key", {"QmluYXJ5"}}}));
}

TEST(Condition, SetOperators) {
  const char* all = R"({"ForAllValues:StringEquals": {"k": ["a", "b"]}})";
  EXPECT_TRUE(ConditionHolds(all, {{"k", {"a", "b"}}}));
  EXPECT_FALSE(ConditionHolds(all, {{"k", {"a", "c"}}}));
  EXPECT_TRUE(ConditionHolds(all));
  const char* any = R"({"ForAnyValue:StringLike": {"k": ["a*"]}})";
  EXPECT_TRUE(ConditionHolds(any, {{"k", {"x", "ab"}}}));
  EXPECT_FALSE(ConditionHolds(any, {{"k", {"x"}}}));
  EXPECT_FALSE(ConditionHolds(any));
  const char* any_not = R"({"ForAnyValue:StringNotEquals": {"k": "a"}})";
  EXPECT_TRUE(ConditionHolds(any_not, {{"k", {"a", "b"}}}));
  EXPECT_FALSE(ConditionHolds(any_not, {{"k", {"a"}}}));
  EXPECT_TRUE(ConditionHolds(R"({"ForAllValues:StringNotEquals": {"k": "a"}})", {{"k", {"b"}}}));
}

}  // namespace
}  // namespace fractus::auth
