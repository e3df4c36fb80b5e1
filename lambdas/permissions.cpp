#include <algorithm>

#include "lambdas/operations.h"

namespace fractus::lambdas {
namespace {

// Members appear in the order they are given: AWS answers with policies as text.
using OrderedJson = nlohmann::ordered_json;

constexpr size_t kLongestPolicy = 20480;

ApiError Invalid(std::string message) {
  return {"InvalidParameterValueException", std::move(message)};
}

ApiError NotFound(std::string message) {
  return {"ResourceNotFoundException", std::move(message), 404};
}

ApiError OldRevision() {
  return {"PreconditionFailedException",
          "The Revision Id provided does not match the latest Revision Id. Call the GetPolicy API "
          "to retrieve the latest Revision Id",
          412};
}

bool IsAccount(const std::string& text) {
  return text.size() == 12 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// Nothing when the text names nobody.
std::optional<OrderedJson> PrincipalOf(const std::string& text) {
  if (text == "*") return OrderedJson("*");
  OrderedJson principal = OrderedJson::object();
  if (IsAccount(text)) {
    principal["AWS"] = "arn:aws:iam::" + text + ":root";
  } else if (text.starts_with("arn:")) {
    principal["AWS"] = text;
  } else if (text.find(".amazonaws.com") != std::string::npos ||
             text.find(".amazon.com") != std::string::npos) {
    principal["Service"] = text;
  } else {
    return std::nullopt;
  }
  return principal;
}

OrderedJson ConditionsOf(const Request& request) {
  OrderedJson conditions = OrderedJson::object();
  constexpr std::pair<const char*, const char*> kEqual[] = {
      {"SourceAccount", "AWS:SourceAccount"},
      {"EventSourceToken", "lambda:EventSourceToken"},
      {"FunctionUrlAuthType", "lambda:FunctionUrlAuthType"},
      {"PrincipalOrgID", "aws:PrincipalOrgID"},
  };
  for (const auto& [member, key] : kEqual) {
    if (request.Has(member)) conditions["StringEquals"][key] = request.Text(member);
  }
  if (request.Has("SourceArn")) {
    conditions["ArnLike"]["AWS:SourceArn"] = request.Text("SourceArn");
  }
  return conditions;
}

OrderedJson PolicyDocument(const Policy& policy) {
  OrderedJson document = OrderedJson::object();
  document["Version"] = "2012-10-17";
  document["Id"] = "default";
  document["Statement"] = OrderedJson::array();
  for (const auto& statement : policy.statements) {
    document["Statement"].push_back(OrderedJson::parse(statement.text));
  }
  return document;
}

std::optional<ApiError> CheckQualifier(const Function& function,
                                       const FunctionReference& reference) {
  const std::string& qualifier = reference.qualifier;
  if (qualifier.empty() || function.Find(qualifier)) return std::nullopt;
  // Observed: what cannot be an alias (a number, or with a dollar sign) is looked for as a version.
  if (IsAccount(qualifier) || qualifier.find('$') != std::string::npos ||
      std::all_of(qualifier.begin(), qualifier.end(),
                  [](char c) { return c >= '0' && c <= '9'; })) {
    return FunctionNotFound(reference);
  }
  return NotFound("Cannot find alias arn: " + reference.Arn());
}

}  // namespace

Result<json> AddPermission(const Control& control, const Request& request) {
  const auto reference = ReferenceOf(request);
  if (!reference) return reference.error();
  if (reference->qualifier == kLatest) {
    return Invalid("We currently do not support adding policies for $LATEST.");
  }
  const std::string sid = request.Text("StatementId");
  std::string text;
  const auto change = [&](Function& function) -> std::optional<ApiError> {
    if (auto error = CheckQualifier(function, *reference)) return error;
    auto principal = PrincipalOf(request.Text("Principal"));
    if (!principal) {
      return Invalid(
          "The provided principal was invalid. Please check the principal and try again.");
    }
    Policy& policy = function.policies[reference->qualifier];
    if (request.Has("RevisionId") && request.Text("RevisionId") != policy.revision) {
      return OldRevision();
    }
    for (const auto& statement : policy.statements) {
      if (statement.sid == sid) {
        return ApiError{"ResourceConflictException",
                        "The statement id (" + sid +
                            ") provided already exists. Please provide a new statement id, or "
                            "remove the existing statement.",
                        409};
      }
    }
    OrderedJson statement = OrderedJson::object();
    statement["Sid"] = sid;
    statement["Effect"] = "Allow";
    statement["Principal"] = *std::move(principal);
    statement["Action"] = request.Text("Action");
    statement["Resource"] = reference->Arn();
    if (auto conditions = ConditionsOf(request); !conditions.empty()) {
      statement["Condition"] = std::move(conditions);
    }
    text = statement.dump();
    PolicyStatement added;
    added.sid = sid;
    added.text = text;
    policy.statements.push_back(std::move(added));
    if (PolicyDocument(policy).dump().size() > kLongestPolicy) {
      return ApiError{"PolicyLengthExceededException",
                      "The final policy size is bigger than the limit (20480)."};
    }
    policy.revision = control.ids.Uuid();
    policy.Compile();
    return std::nullopt;
  };
  FunctionReference whole = *reference;
  whole.qualifier.clear();
  const auto after = control.store.Change(whole, change);
  if (!after) return after.error();
  json output = json::object();
  output["Statement"] = text;
  return output;
}

Result<json> RemovePermission(const Control& control, const Request& request) {
  const auto reference = ReferenceOf(request);
  if (!reference) return reference.error();
  const std::string sid = request.Text("StatementId");
  if (!control.store.Find(reference->id)) {
    return NotFound("No policy found for: " + reference->Arn());
  }
  const auto after =
      control.store.Change(*reference, [&](Function& function) -> std::optional<ApiError> {
        if (auto error = CheckQualifier(function, *reference)) return error;
        const auto policy = function.policies.find(reference->qualifier);
        if (policy == function.policies.end()) {
          return NotFound("No policy is associated with the given resource.");
        }
        if (request.Has("RevisionId") && request.Text("RevisionId") != policy->second.revision) {
          return OldRevision();
        }
        const size_t erased =
            std::erase_if(policy->second.statements,
                          [&](const PolicyStatement& statement) { return statement.sid == sid; });
        if (erased == 0) {
          return NotFound("Statement " + sid + " is not found in resource policy.");
        }
        if (policy->second.statements.empty()) {
          function.policies.erase(policy);
          return std::nullopt;
        }
        policy->second.revision = control.ids.Uuid();
        policy->second.Compile();
        return std::nullopt;
      });
  if (!after) return after.error();
  return json::object();
}

Result<json> GetPolicy(const Control& control, const Request& request) {
  const auto reference = ReferenceOf(request);
  if (!reference) return reference.error();
  const auto function = control.store.Find(reference->id);
  const ApiError missing = NotFound("The resource you requested does not exist.");
  if (!function) return missing;
  const auto policy = function->policies.find(reference->qualifier);
  if (policy == function->policies.end()) return missing;
  json output = json::object();
  output["Policy"] = PolicyDocument(policy->second).dump();
  output["RevisionId"] = policy->second.revision;
  return output;
}

}  // namespace fractus::lambdas
