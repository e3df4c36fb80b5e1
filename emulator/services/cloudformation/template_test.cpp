#include "emulator/services/cloudformation/template.h"

#include <gtest/gtest.h>

#include "emulator/services/cloudformation/parameters.h"
#include "emulator/services/cloudformation/plan.h"

namespace fractus::cloudformation {
namespace {

json Parsed(std::string_view text) {
  const auto document = ParseTemplate(text);
  EXPECT_TRUE(document) << text;
  return document ? *document : json::object();
}

std::string FormError(std::string_view text) {
  const auto error = CheckForm(Parsed(text));
  return error ? error->message : "";
}

// Source: recorded cloudformation/api/test_validations and test_templates.
TEST(TemplateTest, BrokenTextIsReportedWithItsPlace) {
  EXPECT_EQ(ParseTemplate("a:\n  b: [1\n").error().message.substr(0, 54),
            "Template format error: YAML not well-formed. (line 3, ");
  const auto error = ParseTemplate(R"({"Resources": {"a" 1}})").error();
  EXPECT_EQ(error.code, "ValidationError");
  EXPECT_TRUE(
      error.message.starts_with("Template format error: JSON not well-formed. (line 1, column"));
  EXPECT_EQ(ParseTemplate("just text").error().message,
            "Template format error: unsupported structure.");
}

TEST(TemplateTest, TheFormOfSectionsIsChecked) {
  EXPECT_EQ(FormError("Description: x"),
            "Template format error: At least one Resources member must be defined.");
  EXPECT_EQ(FormError("Resources: {}"),
            "Template format error: At least one Resources member must be defined.");
  EXPECT_EQ(FormError("Resources: {A: text}"),
            "Template format error: Any Resources member must be an object.");
  EXPECT_EQ(
      FormError("Resources: {A: {Properties: {}}}"),
      "Template format error: [/Resources/A] Every Resources object must contain a Type member.");
  EXPECT_EQ(FormError("Resources: {my-res: {Type: T}}"),
            "Template format error: Resource name my-res is non alphanumeric.");
  EXPECT_EQ(FormError("Resources: {A: {Type: T, Invalid: 1}}"),
            "Invalid template resource property 'Invalid'");
  EXPECT_EQ(FormError("Nope: 1\nResources: {A: {Type: T}}"),
            "Invalid template property or properties [Nope]");
  EXPECT_EQ(FormError("Resources: {A: {Type: T}}\nOutputs: {O: {Description: x}}"),
            "Template format error: Every Outputs member must contain a Value object");
  EXPECT_EQ(FormError("Resources: {A: {Type: T}}\nOutputs: {O: {Value: ~}}"),
            "[/Outputs/O/Value] 'null' values are not allowed in templates");
  EXPECT_EQ(FormError("Resources: {A: {Type: T}}\nMappings: {M: x}"),
            "Template format error: Every Mappings member M must be a map");
  EXPECT_EQ(FormError("Resources: {A: {Type: T}}\nMappings: {M: {k: {a: {b: c}}}}"),
            "Template format error: Every Mappings attribute must be a String or a List.");
  EXPECT_EQ(FormError("Resources: {A: {Type: T}}\nParameters: {P: {Type: Foo}}"),
            "Template format error: Unrecognized parameter type: Foo");
  EXPECT_EQ(FormError("Resources: {A: {Type: T}}\nParameters: {P: {Type: "
                      "'AWS::SSM::Parameter::Value<String>'}}"),
            "Parameter type AWS::SSM::Parameter::Value<String> of parameter P is not emulated by "
            "fractus");
  EXPECT_EQ(FormError("AWSTemplateFormatVersion: 2010-09-09\nResources: {A: {Type: T}}"), "");
}

std::string ChosenError(std::string_view text, const json& given,
                        const json& previous = json::object()) {
  const auto chosen = ChooseParameters(Parsed(text), given, previous);
  return chosen ? "" : chosen.error().message;
}

TEST(ParametersTest, GivenValuesWinOverDefaults) {
  const json document =
      Parsed("Parameters: {A: {Type: String, Default: x}, B: {Type: Number, Default: 5}}");
  EXPECT_EQ(*ChooseParameters(document,
                              json::parse(R"([{"ParameterKey":"A","ParameterValue":"y"}])"), {}),
            json::parse(R"({"A":"y","B":"5"})"));
}

TEST(ParametersTest, PreviousValuesAreKeptOnDemand) {
  const char* text = "Parameters: {A: {Type: String, Default: x}}";
  const json keep = json::parse(R"([{"ParameterKey":"A","UsePreviousValue":true}])");
  EXPECT_EQ(*ChooseParameters(Parsed(text), keep, {{"A", "old"}}), json::parse(R"({"A":"old"})"));
  EXPECT_TRUE(ChosenError(text, keep).starts_with("Invalid input for parameter key A."));
}

TEST(ParametersTest, WrongValuesAreRefusedInTheWordsOfAws) {
  const auto one = [](const char* value) {
    return json::array({{{"ParameterKey", "A"}, {"ParameterValue", value}}});
  };
  EXPECT_EQ(ChosenError("Parameters: {A: {Type: String}, B: {Type: String}}", json::array()),
            "Parameters: [A, B] must have values");
  EXPECT_EQ(ChosenError("Parameters: {}", one("x")),
            "Parameters: [A] do not exist in the template");
  EXPECT_EQ(ChosenError("Parameters: {A: {Type: Number}}", one("x")),
            "Parameter 'A' must be a number.");
  EXPECT_EQ(ChosenError("Parameters: {A: {Type: String, AllowedValues: [a, b]}}", one("x")),
            "Parameter 'A' must be one of AllowedValues");
  EXPECT_EQ(ChosenError("Parameters: {A: {Type: String, AllowedPattern: '[a-z]+'}}", one("X")),
            "Parameter 'A' must match pattern [a-z]+");
  EXPECT_EQ(ChosenError("Parameters: {A: {Type: String, MinLength: 3}}", one("x")),
            "Parameter 'A' must contain at least 3 characters");
  EXPECT_EQ(ChosenError("Parameters: {A: {Type: Number, MaxValue: 3}}", one("4")),
            "Parameter 'A' must be a number not greater than 3");
  EXPECT_EQ(
      ChosenError(
          "Parameters: {A: {Type: String, AllowedValues: [a], ConstraintDescription: must be a}}",
          one("x")),
      "Parameter 'A' failed to satisfy constraint: must be a");
}

TEST(ParametersTest, ListsAndHiddenValues) {
  const json document =
      Parsed("Parameters: {L: {Type: CommaDelimitedList}, S: {Type: String, NoEcho: true}}");
  const json texts = {{"L", "a, b ,c"}, {"S", "secret"}};
  EXPECT_EQ(ParameterValues(document, texts)["L"], json({"a", "b", "c"}));
  EXPECT_EQ(DescribeParameters(document, texts)[1]["ParameterValue"], "****");
}

class PlanTest : public testing::Test {
 protected:
  Result<std::vector<PlannedResource>> Plan(std::string_view text) {
    document_ = Parsed(text);
    Surroundings surroundings;
    surroundings.document = &document_;
    surroundings.parameters = {{"P", "x"}};
    Evaluator evaluator(std::move(surroundings));
    return MakePlan(document_, evaluator);
  }
  std::string Order(std::string_view text) {
    const auto plan = Plan(text);
    EXPECT_TRUE(plan) << (plan ? "" : plan.error().message);
    std::string order;
    if (plan) {
      for (const auto& resource : *plan) order += resource.logical_id;
    }
    return order;
  }
  std::string Error(std::string_view text) {
    const auto plan = Plan(text);
    EXPECT_FALSE(plan);
    return plan ? "" : plan.error().message;
  }

  json document_;
};

TEST_F(PlanTest, ResourcesComeAfterWhatTheyNeed) {
  EXPECT_EQ(Order(R"(
Resources:
  A: {Type: T, Properties: {X: !Ref C}}
  B: {Type: T, DependsOn: [A]}
  C: {Type: T}
  D: {Type: T, Properties: {X: !Sub '${B}-${AWS::Region}', Y: !GetAtt A.Arn}}
)"),
            "CABD");
}

TEST_F(PlanTest, ResourcesUnderFalseConditionsDoNotExist) {
  const char* text = R"(
Conditions: {No: !Equals [a, b]}
Resources:
  A: {Type: T, Condition: 'No'}
  B: {Type: T, DependsOn: A, Properties: {X: !If ['No', !Ref A, y]}}
)";
  EXPECT_EQ(Order(text), "B");
  EXPECT_EQ(Error(R"(
Conditions: {No: !Equals [a, b]}
Resources:
  A: {Type: T, Condition: 'No'}
  B: {Type: T, Properties: {X: !Ref A}}
)"),
            "Template format error: Unresolved resource dependencies [A] in the Resources block of "
            "the template");
}

TEST_F(PlanTest, WrongReferencesAreNamed) {
  EXPECT_EQ(Error("Resources: {A: {Type: T, Properties: {X: !Ref Z}}}"),
            "Template format error: Unresolved resource dependencies [Z] in the Resources block of "
            "the template");
  EXPECT_EQ(Error("Resources: {A: {Type: T, DependsOn: Z}}"),
            "Template format error: Unresolved resource dependencies [Z] in the Resources block of "
            "the template");
  EXPECT_EQ(Error("Resources: {A: {Type: T, Properties: {X: !GetAtt Z.Arn}}}"),
            "Template error: instance of Fn::GetAtt references undefined resource Z");
  EXPECT_EQ(Error("Resources: {A: {Type: T}}\nOutputs: {O: {Value: !Ref Z}}"),
            "Unresolved resource dependencies [Z] in the Outputs block of the template");
  EXPECT_EQ(Error("Resources: {A: {Type: T, Properties: {X: !Ref B}}, B: {Type: T, DependsOn: A}, "
                  "C: {Type: T}}"),
            "Circular dependency between resources: [A, B]");
}

}  // namespace
}  // namespace fractus::cloudformation
