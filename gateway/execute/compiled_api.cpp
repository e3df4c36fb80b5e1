#include "gateway/execute/compiled_api.h"

#include <algorithm>

#include "emulator/auth/policy.h"
#include "emulator/core/arn.h"
#include "emulator/core/encoding.h"
#include "emulator/core/http_message.h"
#include "emulator/core/log.h"

namespace fractus::gateway::execute {
namespace {

std::string Text(const json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

// "${stageVariables.name}" replaced; a variable that is not set is replaced by nothing.
std::string PutStageVariables(std::string text, const Stage& stage) {
  constexpr std::string_view kStart = "${stageVariables.";
  for (size_t at = text.find(kStart); at != std::string::npos; at = text.find(kStart, at)) {
    const size_t end = text.find('}', at);
    if (end == std::string::npos) break;
    const auto found =
        stage.variables.find(text.substr(at + kStart.size(), end - at - kStart.size()));
    text.replace(at, end - at + 1, found == stage.variables.end() ? "" : found->second);
  }
  return text;
}

// The function of "arn:aws:apigateway:{region}:lambda:path/2015-03-31/functions/{arn}/invocations".
std::string FunctionOf(const std::string& uri) {
  constexpr std::string_view kStart = "/functions/";
  constexpr std::string_view kEnd = "/invocations";
  const size_t start = uri.find(kStart);
  if (start == std::string::npos || !uri.ends_with(kEnd)) return "";
  const size_t begin = start + kStart.size();
  return uri.substr(begin, uri.size() - kEnd.size() - begin);
}

std::optional<IdentitySource> ParseSource(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  using Place = IdentitySource::Place;
  static constexpr std::pair<std::string_view, Place> kPlaces[] = {
      {"method.request.header.", Place::kHeader},
      {"method.request.querystring.", Place::kQuery},
      {"stageVariables.", Place::kStageVariable},
      {"context.", Place::kContext},
  };
  for (const auto& [prefix, place] : kPlaces) {
    if (text.starts_with(prefix)) {
      return IdentitySource{place, std::string(text.substr(prefix.size()))};
    }
  }
  return std::nullopt;
}

Authorizer CompileAuthorizer(const json& source, const Stage& stage, const CompiledApi& api) {
  Authorizer authorizer;
  const std::string type = Text(source, "type");
  authorizer.kind = type == "TOKEN"     ? Authorizer::Kind::kToken
                    : type == "REQUEST" ? Authorizer::Kind::kRequest
                                        : Authorizer::Kind::kUserPools;
  authorizer.id = Text(source, "id");
  authorizer.name = Text(source, "name");
  authorizer.function = FunctionOf(PutStageVariables(Text(source, "authorizerUri"), stage));
  authorizer.has_credentials = source.contains("authorizerCredentials");
  authorizer.source_arn = api.arn_prefix + "authorizers/" + authorizer.id;
  authorizer.ttl = std::chrono::seconds(source.value("authorizerResultTtlInSeconds", 300));
  for (const std::string& part : Split(Text(source, "identitySource"), ',')) {
    if (auto parsed = ParseSource(part)) authorizer.sources.push_back(*std::move(parsed));
  }
  if (const std::string pattern = Text(source, "identityValidationExpression"); !pattern.empty()) {
    try {
      authorizer.validation.emplace(pattern);
    } catch (const boost::regex_error&) {
      authorizer.validation_is_malformed = true;
    }
  }
  return authorizer;
}

void CompileIntegration(const json& source, const Stage& stage, Method& method) {
  const std::string type = Text(source, "type");
  method.timeout = std::chrono::milliseconds(source.value("timeoutInMillis", 29000));
  method.has_credentials = source.contains("credentials");
  if (type == "MOCK") {
    method.integration = Method::Integration::kMock;
    method.mock = source;
    return;
  }
  const std::string uri = PutStageVariables(Text(source, "uri"), stage);
  if (type != "AWS_PROXY") {
    // Differs from AWS: AWS, HTTP and HTTP_PROXY integrations are not emulated yet.
    method.problem = "integration type " + type + " (" + uri + ") is not emulated";
    return;
  }
  method.function = FunctionOf(uri);
  if (method.function.empty()) {
    method.problem = "integration " + uri + " is not emulated: it names no Lambda function";
  } else if (Text(source, "httpMethod") != "POST") {
    method.problem = "Lambda integrations must use the integration method POST, this one uses " +
                     Text(source, "httpMethod");
  } else {
    method.integration = Method::Integration::kLambdaProxy;
  }
}

Method CompileMethod(const std::string& verb, const json& source, const json& snapshot,
                     const Stage& stage) {
  Method method;
  method.verb = verb;
  const std::string authorization = Text(source, "authorizationType");
  if (authorization == "AWS_IAM") {
    method.authorization = Method::Authorization::kIam;
  } else if (authorization == "CUSTOM" || authorization == "COGNITO_USER_POOLS") {
    method.authorization = Method::Authorization::kAuthorizer;
    const auto found = stage.authorizers.find(Text(source, "authorizerId"));
    if (found != stage.authorizers.end()) method.authorizer = &found->second;
  }
  method.api_key_required = source.value("apiKeyRequired", false);
  method.method_responses = source.value("methodResponses", json::object());
  CompileIntegration(source.value("methodIntegration", json::object()), stage, method);

  const json validators = snapshot.value("requestValidators", json::object());
  const auto validator = validators.find(Text(source, "requestValidatorId"));
  if (validator != validators.end()) {
    if (validator->value("validateRequestParameters", false)) {
      const json parameters = source.value("requestParameters", json::object());
      for (const auto& [name, required] : parameters.items()) {
        if (required == true) method.required_parameters.push_back(name);
      }
    }
    method.validates_body =
        validator->value("validateRequestBody", false) && source.contains("requestModels");
  }
  return method;
}

// Lambda permissions name a resource with its variables as '*': "users/*".
std::string ArnPath(const std::string& path) {
  std::vector<std::string> parts = Split(path, '/');
  for (std::string& part : parts) {
    if (part.starts_with('{')) part = "*";
  }
  return Join(parts, "/").substr(1);
}

// In an API's own policy "execute-api:/Prod/GET/users" stands for the whole ARN.
void MakeArnsLong(json& resources, const std::string& arn_prefix) {
  if (resources.is_array()) {
    for (json& resource : resources) MakeArnsLong(resource, arn_prefix);
  } else if (resources.is_string() &&
             resources.get_ref<const std::string&>().starts_with("execute-api:/")) {
    resources = arn_prefix + resources.get<std::string>().substr(13);
  }
}

void CompilePolicy(const json& api, const CompiledApi& compiled, Stage& stage) {
  const std::string text = Text(api, "policy");
  if (text.empty()) return;
  json policy = json::parse(text, nullptr, false);
  if (policy.is_object() && policy.contains("Statement")) {
    json& statements = policy["Statement"];
    if (statements.is_object()) statements = json::array({statements});
    for (json& statement : statements) {
      if (!statement.is_object()) continue;
      for (const char* const member : {"Resource", "NotResource"}) {
        if (statement.contains(member)) MakeArnsLong(statement[member], compiled.arn_prefix);
      }
    }
  }
  stage.policy.push_back(std::move(policy));
}

void CompileAccessLog(const json& source, Stage& stage) {
  const json settings = source.value("accessLogSettings", json::object());
  const std::string destination = Text(settings, "destinationArn");
  const std::string format = Text(settings, "format");
  if (destination.empty() || format.empty()) return;
  const auto arn = Arn::Parse(destination);
  if (!arn || arn->service != "logs" || !arn->resource.starts_with("log-group:")) {
    Log(LogLevel::kWarning, "gateway: access logs to {} are not emulated", destination);
    return;
  }
  stage.log_group = arn->resource.substr(10);
  if (stage.log_group.ends_with(":*")) stage.log_group.resize(stage.log_group.size() - 2);
  stage.log_format = AccessLogFormat(format);
}

std::unique_ptr<const Stage> CompileStage(const std::string& name, const DeployedStage& deployed,
                                          const CompiledApi& api) {
  auto stage = std::make_unique<Stage>();
  const json& snapshot = deployed.snapshot;
  const json& definition = snapshot.at("api");
  stage->name = name;
  stage->deployment_id = Text(deployed.stage, "deploymentId");
  if (const auto variables = deployed.stage.find("variables"); variables != deployed.stage.end()) {
    stage->variables_json = variables->dump();
    for (const auto& [key, value] : variables->items()) {
      stage->variables[key] = value.get<std::string>();
    }
  }
  stage->authorizer_epoch = api.id + '/' + name + '/' + stage->deployment_id + '/' +
                            std::to_string(deployed.stage.value("$authorizersFlushed", 0));
  for (const json& type : definition.value("binaryMediaTypes", json::array())) {
    stage->binary_media_types.push_back(type.get<std::string>());
  }
  stage->endpoint_disabled = definition.value("disableExecuteApiEndpoint", false);
  stage->gateway_responses = snapshot.value("gatewayResponses", json::object());
  CompilePolicy(definition, api, *stage);
  CompileAccessLog(deployed.stage, *stage);
  for (const json& authorizer : snapshot.at("authorizers")) {
    Authorizer compiled = CompileAuthorizer(authorizer, *stage, api);
    const std::string id = compiled.id;
    stage->authorizers.emplace(id, std::move(compiled));
  }
  for (const json& source : snapshot.at("resources")) {
    // A resource without methods does not hide a {proxy+} beside it.
    if (!source.contains("resourceMethods")) continue;
    Resource resource;
    resource.id = Text(source, "id");
    resource.path = Text(source, "path");
    resource.arn_path = ArnPath(resource.path);
    for (const auto& [verb, method] : source.at("resourceMethods").items()) {
      resource.methods.emplace(verb, CompileMethod(verb, method, snapshot, *stage));
    }
    const std::string path = resource.path;
    stage->resources.Add(path, std::move(resource));
  }
  return stage;
}

}  // namespace

const Method* Resource::Find(std::string_view verb) const {
  auto found = methods.find(verb);
  if (found == methods.end()) found = methods.find("ANY");
  return found == methods.end() ? nullptr : &found->second;
}

bool Stage::IsBinary(std::string_view media_type) const {
  media_type = media_type.substr(0, media_type.find_first_of(";,"));
  while (media_type.ends_with(' ')) media_type.remove_suffix(1);
  return std::any_of(binary_media_types.begin(), binary_media_types.end(),
                     [&](const std::string& type) {
                       return type == "*/*" || EqualsIgnoreCase(type, media_type) ||
                              (!media_type.empty() && type.ends_with("/*") &&
                               auth::MatchesWildcard(type, media_type));
                     });
}

std::shared_ptr<const CompiledApi> Compile(const DeployedApi& api) {
  auto compiled = std::make_shared<CompiledApi>();
  compiled->id = api.id;
  compiled->account = api.account;
  compiled->region = api.region;
  compiled->arn_prefix =
      "arn:aws:execute-api:" + api.region + ":" + api.account + ":" + api.id + "/";
  for (const auto& [name, stage] : api.stages) {
    compiled->stages.emplace(name, CompileStage(name, stage, *compiled));
  }
  return compiled;
}

}  // namespace fractus::gateway::execute
