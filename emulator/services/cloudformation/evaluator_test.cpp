#include "emulator/services/cloudformation/evaluator.h"

#include <gtest/gtest.h>

#include "emulator/services/cloudformation/template.h"

namespace fractus::cloudformation {
namespace {

class EvaluatorTest : public testing::Test {
 protected:
  Evaluator Make() {
    Surroundings surroundings;
    surroundings.document = &document_;
    surroundings.parameters = {{"Stage", "prod"}, {"Zones", {"a", "b"}}};
    surroundings.pseudo_parameters = {{"AWS::Region", "eu-west-1"}, {"AWS::StackName", "app"}};
    surroundings.ref = [](const std::string& name) -> Result<json> {
      if (name == "Table") return json("app-Table");
      return ValidationError("no resource " + name);
    };
    surroundings.get_att = [](const std::string& name,
                              const std::string& attribute) -> Result<json> {
      return json(name + "/" + attribute);
    };
    surroundings.import_value = [](const std::string& name) -> Result<json> {
      if (name == "shared") return json("imported");
      return ValidationError("No export named " + name + " found");
    };
    return Evaluator(std::move(surroundings));
  }
  json Value(const char* text) {
    Evaluator evaluator = Make();
    auto value = evaluator.ResolveValue(json::parse(text));
    EXPECT_TRUE(value) << text << ": " << (value ? "" : value.error().message);
    return value ? *value : json("failed");
  }
  std::string Error(const char* text) {
    Evaluator evaluator = Make();
    auto value = evaluator.ResolveValue(json::parse(text));
    EXPECT_FALSE(value) << text;
    return value ? "" : value.error().message;
  }

  json document_ = json::parse(R"({
    "Mappings": {"Sizes": {"prod": {"Memory": 512, "Names": ["x", "y"]}}},
    "Conditions": {
      "IsProd": {"Fn::Equals": [{"Ref": "Stage"}, "prod"]},
      "NotProd": {"Fn::Not": [{"Condition": "IsProd"}]},
      "Both": {"Fn::And": [{"Condition": "IsProd"}, {"Condition": "NotProd"}]},
      "Any": {"Fn::Or": [{"Condition": "IsProd"}, {"Condition": "NotProd"}]},
      "Loop": {"Fn::Not": [{"Condition": "Loop"}]}}})");
};

TEST_F(EvaluatorTest, RefFindsParametersPseudoParametersAndResources) {
  EXPECT_EQ(Value(R"({"Ref": "Stage"})"), "prod");
  EXPECT_EQ(Value(R"({"Ref": "Zones"})"), json({"a", "b"}));
  EXPECT_EQ(Value(R"({"Ref": "AWS::Region"})"), "eu-west-1");
  EXPECT_EQ(Value(R"({"Ref": "Table"})"), "app-Table");
  Error(R"({"Ref": "Nothing"})");
}

TEST_F(EvaluatorTest, NoValueDisappears) {
  EXPECT_EQ(Value(R"({"a": {"Ref": "AWS::NoValue"}, "b": [1, {"Ref": "AWS::NoValue"}, 2]})"),
            json::parse(R"({"b": [1, 2]})"));
  EXPECT_EQ(Value(R"({"Fn::Join": ["", [{"Ref": "AWS::NoValue"}, "Sample"]]})"), "Sample");
}

TEST_F(EvaluatorTest, SubFillsInVariablesAttributesAndLiterals) {
  EXPECT_EQ(Value(R"({"Fn::Sub": "${AWS::StackName}-${Table}-${Table.Arn}-${!Keep}-$x"})"),
            "app-app-Table-Table/Arn-${Keep}-$x");
  EXPECT_EQ(Value(R"({"Fn::Sub": ["${A}${Stage}", {"A": {"Fn::GetAtt": ["T", "Arn"]}}]})"),
            "T/Arnprod");
  EXPECT_EQ(Value(R"({"Fn::Sub": ["n=${N} b=${B} f=${F}", {"N": 3, "B": true, "F": 1.0}]})"),
            "n=3 b=true f=1.0");
  EXPECT_EQ(Value(R"({"Fn::Sub": "open ${Stage"})"), "open ${Stage");
  EXPECT_EQ(Error(R"({"Fn::Sub": "${Zones}"})"),
            "Template error: variable Zones in Fn::Sub expression does not resolve to a string");
  Error(R"({"Fn::Sub": "${not good}"})");
  Error(R"({"Fn::Sub": [1, 2, 3]})");
}

TEST_F(EvaluatorTest, JoinSelectAndSplit) {
  EXPECT_EQ(Value(R"({"Fn::Join": ["-", ["a", 1, {"Ref": "Stage"}]]})"), "a-1-prod");
  EXPECT_EQ(Value(R"({"Fn::Select": ["1", {"Fn::Split": ["/", "a/b/c"]}]})"), "b");
  EXPECT_EQ(Value(R"({"Fn::Select": [0, {"Fn::GetAZs": ""}]})"), "eu-west-1a");
  EXPECT_EQ(Value(R"({"Fn::Split": ["--", "a----b"]})"), json({"a", "", "b"}));
  EXPECT_EQ(Error(R"({"Fn::Select": [5, ["a"]]})"),
            "Template error: Fn::Select cannot select nonexistent value at index 5");
  EXPECT_EQ(Error(R"({"Fn::Select": ["x", ["a"]]})"),
            "Template error: Fn::Select requires a list argument with two elements: an integer "
            "index and a list");
  EXPECT_TRUE(Error(R"({"Fn::Join": ["-", "text"]})")
                  .starts_with("Template error: every Fn::Join object requires two parameters"));
}

TEST_F(EvaluatorTest, ConditionsCombine) {
  Evaluator evaluator = Make();
  EXPECT_TRUE(*evaluator.Condition("IsProd"));
  EXPECT_FALSE(*evaluator.Condition("NotProd"));
  EXPECT_FALSE(*evaluator.Condition("Both"));
  EXPECT_TRUE(*evaluator.Condition("Any"));
  EXPECT_FALSE(evaluator.Condition("Loop"));
  EXPECT_FALSE(evaluator.Condition("Missing"));
}

TEST_F(EvaluatorTest, IfTakesOneBranchOnly) {
  EXPECT_EQ(Value(R"({"Fn::If": ["IsProd", "yes", {"Ref": "Nothing"}]})"), "yes");
  EXPECT_EQ(Value(R"({"a": {"Fn::If": ["NotProd", 1, {"Ref": "AWS::NoValue"}]}})"), json::object());
  EXPECT_EQ(Error(R"({"Fn::If": ["Missing", 1, 2]})"),
            "Template error: unresolved condition dependency Missing in Fn::If");
}

TEST_F(EvaluatorTest, MappingsAreFound) {
  EXPECT_EQ(Value(R"({"Fn::FindInMap": ["Sizes", {"Ref": "Stage"}, "Memory"]})"), 512);
  EXPECT_EQ(Value(R"({"Fn::FindInMap": ["Sizes", "prod", "Names"]})"), json({"x", "y"}));
  EXPECT_EQ(Error(R"({"Fn::FindInMap": ["Sizes", "dev", "Memory"]})"),
            "Template error: Unable to get mapping for Sizes::dev::Memory");
  EXPECT_EQ(Value(R"({"Fn::FindInMap": ["Sizes", "dev", "Memory", {"DefaultValue": 1}]})"), 1);
}

TEST_F(EvaluatorTest, TheOtherFunctions) {
  EXPECT_EQ(Value(R"({"Fn::Base64": {"Ref": "Stage"}})"), "cHJvZA==");
  EXPECT_EQ(Value(R"({"Fn::ImportValue": "shared"})"), "imported");
  EXPECT_EQ(Error(R"({"Fn::ImportValue": "other"})"), "No export named other found");
  EXPECT_EQ(Value(R"({"Fn::Length": {"Ref": "Zones"}})"), 2);
  EXPECT_EQ(Value(R"({"Fn::ToJsonString": {"a": {"Ref": "Stage"}}})"), R"({"a":"prod"})");
  EXPECT_EQ(Error(R"({"Fn::Transform": {"Name": "X"}})"),
            "Template error: Fn::Transform is not emulated by fractus");
}

// An IAM policy has a member of that name.
TEST_F(EvaluatorTest, AConditionMemberOutsideConditionsIsData) {
  const char* text = R"({"Condition": {"StringEquals": {"aws:x": "y"}}})";
  EXPECT_EQ(Value(text), json::parse(text));
}

TEST_F(EvaluatorTest, GetAttTakesBothForms) {
  EXPECT_EQ(Value(R"({"Fn::GetAtt": ["A", "B.C"]})"), "A/B.C");
  EXPECT_EQ(Value(R"({"Fn::GetAtt": "A.B.C"})"), "A/B.C");
  EXPECT_TRUE(Error(R"({"Fn::GetAtt": "A"})")
                  .starts_with("Template error: every Fn::GetAtt object requires two"));
}

}  // namespace
}  // namespace fractus::cloudformation
