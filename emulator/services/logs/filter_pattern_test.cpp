#include "emulator/services/logs/filter_pattern.h"

#include <gtest/gtest.h>

namespace fractus::logs {
namespace {

bool Matches(std::string_view pattern, std::string_view message) {
  const auto parsed = FilterPattern::Parse(pattern);
  EXPECT_TRUE(parsed) << pattern;
  return parsed && parsed->Matches(message);
}

std::string CodeOf(std::string_view pattern) {
  const auto parsed = FilterPattern::Parse(pattern);
  return parsed ? "" : parsed.error().code;
}

TEST(FilterPattern, TheEmptyPatternMatchesEverything) { EXPECT_TRUE(Matches("", "anything")); }

TEST(FilterPattern, AllTermsMustBeThereWithTheirCase) {
  EXPECT_TRUE(Matches("ERROR code", "[ERROR] code 7"));
  EXPECT_TRUE(Matches("ERROR", "Exiting with ERRORCODE: -1"));
  EXPECT_FALSE(Matches("ERROR code", "[ERROR] 7"));
  EXPECT_FALSE(Matches("error", "[ERROR]"));
}

TEST(FilterPattern, QuotedTermsAreExactPhrases) {
  EXPECT_TRUE(Matches("\"timed out after\"", "Task timed out after 3.00 seconds"));
  EXPECT_FALSE(Matches("\"out timed\"", "Task timed out"));
  EXPECT_TRUE(Matches(R"("say \"hi\"")", R"(they say "hi")"));
}

TEST(FilterPattern, OneOfTheOptionalTermsIsEnoughWhenNothingElseIsAsked) {
  EXPECT_TRUE(Matches("?ERROR ?WARN", "WARN x"));
  EXPECT_FALSE(Matches("?ERROR ?WARN", "INFO x"));
  EXPECT_TRUE(Matches("?ERROR INFO", "INFO x"));
}

TEST(FilterPattern, ExcludedTermsMustNotBeThere) {
  EXPECT_TRUE(Matches("ERROR -\"exit code\"", "ERROR 1"));
  EXPECT_FALSE(Matches("ERROR -\"exit code\"", "ERROR exit code 1"));
  EXPECT_TRUE(Matches("-DEBUG", "INFO"));
}

TEST(FilterPattern, JsonConditionsCompareTextAndNumbers) {
  const auto* message =
      R"({"status": 503, "path": "/users/1", "user": {"id": "7", "roles": ["admin", "dev"]}, "ok": false, "none": null})";
  EXPECT_TRUE(Matches("{ $.status = 503 }", message));
  EXPECT_TRUE(Matches("{$.status>=500&&$.status<600}", message));
  EXPECT_FALSE(Matches("{ $.status != 503 }", message));
  EXPECT_TRUE(Matches("{ $.path = \"/users/*\" }", message));
  EXPECT_TRUE(Matches("{ $.path = /users/* }", message));
  EXPECT_TRUE(Matches("{ ($.user.id = \"8\") || ($.user.roles[1] = \"dev\") }", message));
  EXPECT_TRUE(Matches("{ $.user.roles[*] = \"admin\" }", message));
  EXPECT_TRUE(Matches("{ $.ok IS FALSE && $.none IS NULL && $.gone NOT EXISTS }", message));
  EXPECT_FALSE(Matches("{ $.ok IS TRUE }", message));
  EXPECT_FALSE(Matches("{ $.gone = \"x\" }", message));
  EXPECT_FALSE(Matches("{ $.status = 503 }", "status 503"));
}

TEST(FilterPattern, MalformedPatternsAreRefused) {
  EXPECT_EQ(CodeOf("{ $.a = }"), "InvalidParameterException");
  EXPECT_EQ(CodeOf("{ a = 1 }"), "InvalidParameterException");
  EXPECT_EQ(CodeOf("{ $.a > \"x\" }"), "InvalidParameterException");
  EXPECT_EQ(CodeOf("{ $.a = 1"), "InvalidParameterException");
  EXPECT_EQ(CodeOf("\"open"), "InvalidParameterException");
  EXPECT_EQ(CodeOf("a-b"), "InvalidParameterException");
  EXPECT_EQ(CodeOf("{" + std::string(500, '(')), "InvalidParameterException");
}

TEST(FilterPattern, WhatIsNotEmulatedIsRefusedByName) {
  EXPECT_EQ(CodeOf("[ip, user]"), "NotImplemented");
  EXPECT_EQ(CodeOf("%ab+%"), "NotImplemented");
  EXPECT_EQ(CodeOf("{ $.a = %x% }"), "NotImplemented");
}

}  // namespace
}  // namespace fractus::logs
