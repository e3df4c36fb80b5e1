#include "lambdas/payload.h"

#include <gmock/gmock.h>

namespace fractus::lambdas {
namespace {

std::string Refusal(const std::string& payload) {
  const auto error = CheckPayload(payload);
  if (!error) return "accepted";
  EXPECT_EQ(error->code, "InvalidRequestContentException");
  return error->message;
}

TEST(PayloadTest, AnyJsonValueIsAccepted) {
  for (const char* text : {"{}", "null", "1", "\"text\"", "[1, 2]", " true "}) {
    EXPECT_EQ(Refusal(text), "accepted") << text;
  }
}

// Source: recorded test_lambda_invoke_payload_encoding_error.
TEST(PayloadTest, BytesThatAreNotUtf8AreNamedAsAwsDoes) {
  EXPECT_EQ(
      Refusal("\x99\xeb,j\x07\xa1zYh"),
      "Could not parse request body into json: Could not parse payload into json: Unexpected "
      "character ((CTRL-CHAR, code 153)): expected a valid value (JSON String, Number, Array, "
      "Object or token 'null', 'true' or 'false')\n at [Source: REDACTED "
      "(`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled); line: 1, column: 1]");
}

TEST(PayloadTest, MistakesAreLocated) {
  EXPECT_THAT(Refusal("{\"a\": }"), ::testing::HasSubstr("Unexpected character ('}' (code 125))"));
  EXPECT_THAT(Refusal("{\n \"a\": oops}"), ::testing::HasSubstr("Unrecognized token 'oops'"));
  EXPECT_THAT(Refusal("{\n \"a\": oops}"), ::testing::HasSubstr("line: 2, column: "));
  EXPECT_THAT(Refusal("{\"a\":"), ::testing::HasSubstr("Unexpected end-of-input"));
}

}  // namespace
}  // namespace fractus::lambdas
