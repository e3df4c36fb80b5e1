#include "dynamo/partiql/request.h"

#include "dynamo/errors.h"
#include "dynamo/value_json.h"

namespace fractus::dynamo::partiql {
namespace {

// Source: the service model.
constexpr size_t kLongestStatement = 8192;

}  // namespace

bool ReadMember(JsonReader& reader, std::string_view name, StatementRequest& request) {
  if (name == "Statement") {
    reader.ReadText(request.text.emplace());
  } else if (name == "Parameters") {
    request.parameters.emplace();
    for (bool more = reader.BeginArray(); more && reader.NextElement();) {
      if (!ReadValue(reader, request.parameters->emplace_back(), request.problem)) break;
    }
  } else if (name == "ConsistentRead") {
    reader.ReadBoolean(request.consistent_read.emplace());
  } else if (name == "ReturnValuesOnConditionCheckFailure") {
    reader.ReadText(request.return_on_failure.emplace());
  } else {
    return false;
  }
  return true;
}

Result<StatementsRequest> ReadStatements(std::string_view body, std::string_view member) {
  JsonReader reader(body);
  StatementsRequest request;
  std::string_view name;
  for (bool more = reader.BeginObject(); more && reader.NextMember(name);) {
    if (reader.TakeNull()) continue;
    if (name == "ReturnConsumedCapacity") {
      reader.ReadText(request.return_consumed_capacity.emplace());
    } else if (name == "ClientRequestToken") {
      reader.ReadText(request.client_request_token.emplace());
    } else if (name == member) {
      request.statements.emplace();
      for (bool each = reader.BeginArray(); each && reader.NextElement();) {
        StatementRequest& statement = request.statements->emplace_back();
        for (bool inner = reader.BeginObject(); inner && reader.NextMember(name);) {
          if (reader.TakeNull()) continue;
          if (!ReadMember(reader, name, statement)) reader.Skip();
        }
      }
    } else {
      reader.Skip();
    }
  }
  if (!reader.Finish()) return reader.error();
  return request;
}

void CheckStatement(Constraints& constraints, const StatementRequest& request,
                    const std::string& place) {
  constraints.Required(request.text.has_value(), place + "statement");
  if (request.text && request.text->empty()) {
    constraints.Add("Value '' at '" + place +
                    "statement' failed to satisfy constraint: Member must have length greater than "
                    "or equal to 1");
  }
  if (request.text && request.text->size() > kLongestStatement) {
    constraints.Add("Value '" + *request.text + "' at '" + place +
                    "statement' failed to satisfy constraint: Member must have length less than or "
                    "equal to 8192");
  }
  // Source: recorded test_dynamodb_execute_statement_empy_parameter.
  if (request.parameters && request.parameters->empty()) {
    constraints.Add("Value '[]' at '" + place +
                    "parameters' failed to satisfy constraint: Member must have length greater "
                    "than or equal to 1");
  }
  constraints.Enum(request.return_on_failure, place + "returnValuesOnConditionCheckFailure",
                   "ALL_OLD, NONE");
}

std::optional<ApiError> CheckStatements(const StatementsRequest& request, const std::string& member,
                                        size_t most) {
  Constraints constraints;
  constraints.Required(request.statements.has_value(), member);
  constraints.Enum(request.return_consumed_capacity, "returnConsumedCapacity",
                   "INDEXES, TOTAL, NONE");
  if (request.statements) {
    const auto add = [&](const std::string& bound) {
      constraints.Add("Value '[]' at '" + member +
                      "' failed to satisfy constraint: Member must have length " + bound);
    };
    if (request.statements->empty()) add("greater than or equal to 1");
    if (request.statements->size() > most) add("less than or equal to " + std::to_string(most));
    size_t number = 0;
    for (const auto& statement : *request.statements)
      CheckStatement(constraints, statement, member + "." + std::to_string(++number) + ".member.");
  }
  return constraints.Error();
}

Result<Statement> Parse(const StatementRequest& request) {
  if (!request.problem.empty()) return Invalid(request.problem);
  static const std::vector<Value> kNone;
  return Parse(*request.text, request.parameters ? *request.parameters : kNone);
}

}  // namespace fractus::dynamo::partiql
