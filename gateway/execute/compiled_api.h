// A deployed API in the form in which requests are served: everything looked up and parsed
// beforehand.
#pragma once

#include <boost/regex.hpp>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gateway/deployed_apis.h"
#include "gateway/execute/access_log_format.h"
#include "gateway/execute/path_tree.h"

namespace fractus::gateway::execute {

struct IdentitySource {
  enum class Place { kHeader, kQuery, kStageVariable, kContext };
  Place place;
  std::string name;
};

struct Authorizer {
  enum class Kind { kToken, kRequest, kUserPools };
  Kind kind;
  std::string id;
  std::string name;
  // The function's ARN, stage variables put in; empty when the URI names none.
  std::string function;
  std::string source_arn;
  // The authorizer runs its function with a role and needs no permission.
  bool has_credentials = false;
  std::vector<IdentitySource> sources;
  std::optional<boost::regex> validation;
  bool validation_is_malformed = false;
  std::chrono::seconds ttl{300};
};

struct Method {
  enum class Authorization { kNone, kIam, kAuthorizer };
  enum class Integration { kLambdaProxy, kMock, kNotEmulated };

  // "GET" or "ANY".
  std::string verb;
  Authorization authorization = Authorization::kNone;
  // Null when the method names none or one that is gone.
  const Authorizer* authorizer = nullptr;
  bool api_key_required = false;
  Integration integration = Integration::kNotEmulated;
  // Why requests cannot be served; for the log.
  std::string problem;
  // kLambdaProxy:
  std::string function;
  bool has_credentials = false;
  std::chrono::milliseconds timeout{29000};
  // kMock: the Integration and the method's responses as in the control plane.
  json mock;
  json method_responses;
  // "method.request.{header,querystring,path}.{name}" that a request must have.
  std::vector<std::string> required_parameters;
  // A request body would be checked against a model.
  bool validates_body = false;
};

struct Resource {
  std::string id;
  // "/users/{userid}"
  std::string path;
  // "users/*": how the resource is named in the ARN that Lambda permissions are matched with.
  std::string arn_path;
  std::map<std::string, Method, std::less<>> methods;

  // Nothing when the resource has neither that method nor ANY.
  const Method* Find(std::string_view verb) const;
};

struct Stage {
  std::string name;
  std::string deployment_id;
  // Stage variables, and the same as JSON text ("null" when there are none).
  std::map<std::string, std::string, std::less<>> variables;
  std::string variables_json = "null";
  PathTree<Resource> resources;
  std::map<std::string, Authorizer> authorizers;
  std::vector<std::string> binary_media_types;
  // The API's resource policy, short ARNs made long; empty when there is none.
  std::vector<json> policy;
  // Response type → GatewayResponse.
  json gateway_responses;
  bool endpoint_disabled = false;
  // Lines go to this log group in this form; empty: no access log.
  std::string log_group;
  AccessLogFormat log_format;
  // Changes when cached authorizer results lose their validity.
  std::string authorizer_epoch;

  bool IsBinary(std::string_view media_type) const;
};

struct CompiledApi {
  std::string id;
  std::string account;
  std::string region;
  std::map<std::string, std::unique_ptr<const Stage>, std::less<>> stages;

  // "arn:aws:execute-api:us-east-1:000000000000:abc123/"
  std::string arn_prefix;
};

std::shared_ptr<const CompiledApi> Compile(const DeployedApi& api);

}  // namespace fractus::gateway::execute
