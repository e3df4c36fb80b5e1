#include "lambdas/function_name.h"

#include <gtest/gtest.h>

namespace fractus::lambdas {
namespace {

Result<FunctionReference> Parse(std::string_view text, std::string_view qualifier = "",
                                Reach reach = Reach::kCaller) {
  RequestContext context;
  context.account = "111122223333";
  context.region = "eu-west-1";
  return ParseReference(text, qualifier, context, reach);
}

TEST(FunctionNameTest, EveryFormMeansTheSameFunction) {
  for (const char* text : {"echo", "function:echo", "111122223333:function:echo",
                           "111122223333:echo", "eu-west-1:111122223333:function:echo",
                           "arn:aws:lambda:eu-west-1:111122223333:function:echo"}) {
    const auto reference = Parse(text);
    ASSERT_TRUE(reference) << text;
    EXPECT_EQ(reference->Arn(), "arn:aws:lambda:eu-west-1:111122223333:function:echo") << text;
  }
}

TEST(FunctionNameTest, QualifierComesFromTheNameOrTheParameter) {
  for (const char* text : {"echo:7", "111122223333:function:echo:7",
                           "arn:aws:lambda:eu-west-1:111122223333:function:echo:7"}) {
    EXPECT_EQ(Parse(text)->qualifier, "7") << text;
  }
  EXPECT_EQ(Parse("echo", "live")->qualifier, "live");
  EXPECT_EQ(Parse("echo:$LATEST", "$LATEST")->qualifier, "$LATEST");
}

TEST(FunctionNameTest, DifferentQualifiersAreRefused) {
  const auto reference = Parse("echo:1", "2");
  ASSERT_FALSE(reference);
  EXPECT_EQ(reference.error().code, "InvalidParameterValueException");
  EXPECT_EQ(reference.error().message,
            "The derived qualifier from the function name does not match the specified qualifier.");
}

TEST(FunctionNameTest, AFunctionMayBeCalledFunctionOrLookLikeARegion) {
  EXPECT_EQ(Parse("function")->id.name, "function");
  EXPECT_EQ(Parse("eu-west-1")->id.name, "eu-west-1");
  EXPECT_EQ(Parse("111122223333")->id.name, "111122223333");
}

TEST(FunctionNameTest, OtherRegionIsNotReachable) {
  const auto reference = Parse("arn:aws:lambda:us-east-1:111122223333:function:echo");
  ASSERT_FALSE(reference);
  EXPECT_EQ(reference.error().code, "ResourceNotFoundException");
  EXPECT_EQ(reference.error().message,
            "Functions from 'us-east-1' are not reachable in this region ('eu-west-1')");
}

TEST(FunctionNameTest, OtherAccountIsDenied) {
  const auto reference = Parse("999999999999:function:echo");
  ASSERT_FALSE(reference);
  EXPECT_EQ(reference.error().code, "AccessDeniedException");
}

TEST(FunctionNameTest, AServiceReachesEveryFunction) {
  const auto reference =
      Parse("arn:aws:lambda:us-east-1:999999999999:function:echo:live", "", Reach::kAnywhere);
  ASSERT_TRUE(reference);
  EXPECT_EQ(reference->id.region, "us-east-1");
  EXPECT_EQ(reference->id.account, "999999999999");
  EXPECT_EQ(reference->qualifier, "live");
}

TEST(FunctionNameTest, NonsenseIsRefused) {
  for (const char* text : {"", "a b", "echo:1:2", "arn:aws:ec2:eu-west-1:111122223333:instance:i",
                           "arn:aws", "arn:aws:lambda", "echo!", "x:function:y:z"}) {
    const auto reference = Parse(text);
    ASSERT_FALSE(reference) << text;
    EXPECT_EQ(reference.error().code, "ValidationException") << text;
  }
}

}  // namespace
}  // namespace fractus::lambdas
