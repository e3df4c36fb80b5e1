// The policy templates that functions name in Policies.
#include <fmt/format.h>

#include <optional>

#include "emulator/services/cloudformation/sam/sam.h"

namespace fractus::cloudformation {
namespace {

struct PolicyStatement {
  std::vector<std::string> actions;
  // "*", or ARNs with "${Parameter}"; "R:A" stands for the region and the account.
  std::vector<std::string> resources;
};

struct PolicyTemplate {
  std::vector<std::string> parameters;
  std::vector<PolicyStatement> statements;
};

using Texts = std::vector<std::string>;

Texts Prefixed(const std::string& service, const Texts& actions) {
  Texts full;
  for (const auto& action : actions) full.push_back(service + ":" + action);
  return full;
}

PolicyTemplate Simple(const std::string& service, const Texts& actions, const Texts& parameters,
                      const Texts& resources) {
  return {parameters, {{Prefixed(service, actions), resources}}};
}

// Source:
// https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/serverless-policy-template-list.html
const std::map<std::string, PolicyTemplate>& Templates() {
  static const std::string kTable = "arn:${AWS::Partition}:dynamodb:R:A:table/${TableName}";
  static const Texts kTableAndIndexes = {kTable, kTable + "/index/*"};
  static const std::string kBucket = "arn:${AWS::Partition}:s3:::${BucketName}";
  static const Texts kBucketAndKeys = {kBucket, kBucket + "/*"};
  static const std::string kQueue = "arn:${AWS::Partition}:sqs:R:A:${QueueName}";
  static const std::string kTopic = "arn:${AWS::Partition}:sns:R:A:${TopicName}";
  static const std::string kStream = "arn:${AWS::Partition}:kinesis:R:A:stream/${StreamName}";
  static const std::string kKey = "arn:${AWS::Partition}:kms:R:A:key/${KeyId}";
  static const std::string kDelivery =
      "arn:${AWS::Partition}:firehose:R:A:deliverystream/${DeliveryStreamName}";
  static const std::string kParameter = "arn:${AWS::Partition}:ssm:R:A:parameter/${ParameterName}";
  static const std::string kIdentity = "arn:${AWS::Partition}:ses:R:A:identity/${IdentityName}";
  static const std::map<std::string, PolicyTemplate> kTemplates = {
      {"DynamoDBCrudPolicy",
       Simple("dynamodb",
              {"GetItem", "DeleteItem", "PutItem", "Scan", "Query", "UpdateItem", "BatchWriteItem",
               "BatchGetItem", "DescribeTable", "ConditionCheckItem"},
              {"TableName"}, kTableAndIndexes)},
      {"DynamoDBReadPolicy",
       Simple("dynamodb", {"GetItem", "Scan", "Query", "BatchGetItem", "DescribeTable"},
              {"TableName"}, kTableAndIndexes)},
      {"DynamoDBWritePolicy", Simple("dynamodb", {"PutItem", "UpdateItem", "BatchWriteItem"},
                                     {"TableName"}, kTableAndIndexes)},
      {"DynamoDBReconfigurePolicy", Simple("dynamodb", {"UpdateTable"}, {"TableName"}, {kTable})},
      {"DynamoDBStreamReadPolicy",
       {{"TableName", "StreamName"},
        {{Prefixed("dynamodb", {"DescribeStream", "GetRecords", "GetShardIterator"}),
          {kTable + "/stream/${StreamName}"}},
         {{"dynamodb:ListStreams"}, {kTable + "/stream/*"}}}}},
      {"LambdaInvokePolicy",
       Simple("lambda", {"InvokeFunction"}, {"FunctionName"},
              {"arn:${AWS::Partition}:lambda:R:A:function:${FunctionName}*"})},
      {"S3ReadPolicy", Simple("s3",
                              {"GetObject", "ListBucket", "GetBucketLocation", "GetObjectVersion",
                               "GetLifecycleConfiguration"},
                              {"BucketName"}, kBucketAndKeys)},
      {"S3WritePolicy", Simple("s3", {"PutObject", "PutObjectAcl", "PutLifecycleConfiguration"},
                               {"BucketName"}, kBucketAndKeys)},
      {"S3CrudPolicy", Simple("s3",
                              {"GetObject", "ListBucket", "GetBucketLocation", "GetObjectVersion",
                               "PutObject", "PutObjectAcl", "GetLifecycleConfiguration",
                               "PutLifecycleConfiguration", "DeleteObject"},
                              {"BucketName"}, kBucketAndKeys)},
      {"SQSPollerPolicy",
       Simple("sqs",
              {"ChangeMessageVisibility", "ChangeMessageVisibilityBatch", "DeleteMessage",
               "DeleteMessageBatch", "GetQueueAttributes", "ReceiveMessage"},
              {"QueueName"}, {kQueue})},
      {"SQSSendMessagePolicy", Simple("sqs", {"SendMessage*"}, {"QueueName"}, {kQueue})},
      {"SNSPublishMessagePolicy", Simple("sns", {"Publish"}, {"TopicName"}, {kTopic})},
      {"SNSCrudPolicy", Simple("sns",
                               {"ListSubscriptionsByTopic", "CreateTopic", "SetTopicAttributes",
                                "Subscribe", "Publish"},
                               {"TopicName"}, {kTopic + "*"})},
      {"KinesisStreamReadPolicy",
       {{"StreamName"},
        {{Prefixed("kinesis", {"ListStreams", "DescribeLimits"}),
          {"arn:${AWS::Partition}:kinesis:R:A:stream/*"}},
         {Prefixed("kinesis",
                   {"DescribeStream", "DescribeStreamSummary", "GetRecords", "GetShardIterator"}),
          {kStream}}}}},
      {"KMSDecryptPolicy", Simple("kms", {"Decrypt"}, {"KeyId"}, {kKey})},
      {"KMSEncryptPolicy", Simple("kms", {"Encrypt"}, {"KeyId"}, {kKey})},
      {"FirehoseWritePolicy",
       Simple("firehose", {"PutRecord", "PutRecordBatch"}, {"DeliveryStreamName"}, {kDelivery})},
      {"SSMParameterReadPolicy",
       {{"ParameterName"},
        {{{"ssm:DescribeParameters"}, {"*"}},
         {Prefixed("ssm", {"GetParameters", "GetParameter", "GetParametersByPath"}),
          {kParameter}}}}},
      {"AWSSecretsManagerGetSecretValuePolicy",
       Simple("secretsmanager", {"GetSecretValue"}, {"SecretArn"}, {"${SecretArn}"})},
      {"StepFunctionsExecutionPolicy",
       Simple("states", {"StartExecution"}, {"StateMachineName"},
              {"arn:${AWS::Partition}:states:R:A:stateMachine:${StateMachineName}"})},
      {"EventBridgePutEventsPolicy",
       Simple("events", {"PutEvents"}, {"EventBusName"},
              {"arn:${AWS::Partition}:events:R:A:event-bus/${EventBusName}"})},
      {"CloudWatchPutMetricPolicy", Simple("cloudwatch", {"PutMetricData"}, {}, {"*"})},
      {"CloudWatchDescribeAlarmHistoryPolicy",
       Simple("cloudwatch", {"DescribeAlarmHistory"}, {}, {"*"})},
      {"CloudFormationDescribeStacksPolicy",
       Simple("cloudformation", {"DescribeStacks"}, {},
              {"arn:${AWS::Partition}:cloudformation:R:A:stack/*"})},
      {"FilterLogEventsPolicy",
       Simple("logs", {"FilterLogEvents"}, {"LogGroupName"},
              {"arn:${AWS::Partition}:logs:R:A:log-group:${LogGroupName}:log-stream:*"})},
      {"SESCrudPolicy", Simple("ses",
                               {"GetIdentityVerificationAttributes", "SendEmail", "SendRawEmail",
                                "VerifyEmailIdentity"},
                               {"IdentityName"}, {kIdentity})},
      {"VPCAccessPolicy", Simple("ec2",
                                 {"CreateNetworkInterface", "DeleteNetworkInterface",
                                  "DescribeNetworkInterfaces", "DetachNetworkInterface"},
                                 {}, {"*"})},
  };
  return kTemplates;
}

// An ARN with the template's parameters as variables of Fn::Sub.
json FilledIn(std::string resource, const json& values) {
  if (resource == "*") return resource;
  if (const size_t at = resource.find(":R:A:"); at != std::string::npos) {
    resource.replace(at, 5, ":${AWS::Region}:${AWS::AccountId}:");
  }
  json variables = json::object();
  for (const auto& [name, value] : values.items()) {
    if (resource.find("${" + name + "}") != std::string::npos) variables[name] = value;
  }
  // The SAM transform begins its variables with a small letter, so that they hide no resource of
  // the template.
  json small = json::object();
  for (const auto& [name, value] : variables.items()) {
    std::string variable = name;
    variable[0] = static_cast<char>(variable[0] - 'A' + 'a');
    const std::string from = "${" + name + "}";
    for (size_t at = resource.find(from); at != std::string::npos; at = resource.find(from)) {
      resource.replace(at, from.size(), "${" + variable + "}");
    }
    small[variable] = value;
  }
  if (small.empty()) return {{"Fn::Sub", resource}};
  return {{"Fn::Sub", json::array({resource, small})}};
}

}  // namespace

std::optional<json> ExpandPolicyTemplate(const std::string& logical_id, const std::string& name,
                                         const json& values) {
  const auto found = Templates().find(name);
  if (found == Templates().end()) return std::nullopt;
  for (const auto& parameter : found->second.parameters) {
    if (MemberOf(values, parameter).is_null()) {
      throw InvalidResource{
          logical_id,
          fmt::format("Following required parameters of template '{}' don't have values: ['{}']",
                      name, parameter)};
    }
  }
  json statements = json::array();
  for (const auto& statement : found->second.statements) {
    json resources = json::array();
    for (const auto& resource : statement.resources)
      resources.push_back(FilledIn(resource, values));
    statements.push_back({{"Effect", "Allow"},
                          {"Action", statement.actions},
                          {"Resource", resources.size() == 1 ? resources[0] : resources}});
  }
  return json{{"Statement", statements}};
}

}  // namespace fractus::cloudformation
