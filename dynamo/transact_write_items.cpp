#include <algorithm>
#include <array>
#include <map>

#include "dynamo/errors.h"
#include "dynamo/item_request.h"
#include "dynamo/operations.h"
#include "dynamo/transaction.h"
#include "dynamo/write_item.h"
#include "emulator/auth/digest.h"
#include "emulator/core/encoding.h"

namespace fractus::dynamo {
namespace {

using Kind = ItemAction::Kind;

struct ActionName {
  std::string_view member;
  Kind kind;
  // As constraints name it.
  std::string_view place;
};

constexpr std::array<ActionName, 4> kActionNames = {{
    {"ConditionCheck", Kind::kCheck, "conditionCheck"},
    {"Delete", Kind::kDelete, "delete"},
    {"Put", Kind::kPut, "put"},
    {"Update", Kind::kUpdate, "update"},
}};

struct RequestedAction {
  // Those that the element has; one is right.
  std::vector<const ActionName*> names;
  Fields fields;
};

struct TransactRequest {
  std::optional<std::vector<RequestedAction>> actions;
  std::optional<std::string> return_consumed_capacity, return_item_collection_metrics, token;
};

void ReadAction(JsonReader& reader, RequestedAction& action) {
  std::string_view name;
  for (bool more = reader.BeginObject(); more && reader.NextMember(name);) {
    if (reader.TakeNull()) continue;
    const auto known = std::find_if(kActionNames.begin(), kActionNames.end(),
                                    [&](const ActionName& one) { return one.member == name; });
    if (known == kActionNames.end()) {
      reader.Skip();
      continue;
    }
    action.names.push_back(&*known);
    ReadFields(reader, FieldSet::kTransaction, action.fields);
  }
}

Result<TransactRequest> ReadRequest(std::string_view body) {
  JsonReader reader(body);
  TransactRequest request;
  std::string_view name;
  for (bool more = reader.BeginObject(); more && reader.NextMember(name);) {
    if (reader.TakeNull()) continue;
    if (name == "ReturnConsumedCapacity") {
      reader.ReadText(request.return_consumed_capacity.emplace());
    } else if (name == "ReturnItemCollectionMetrics") {
      reader.ReadText(request.return_item_collection_metrics.emplace());
    } else if (name == "ClientRequestToken") {
      reader.ReadText(request.token.emplace());
    } else if (name == "TransactItems") {
      request.actions.emplace();
      for (bool each = reader.BeginArray(); each && reader.NextElement();)
        ReadAction(reader, request.actions->emplace_back());
    } else {
      reader.Skip();
    }
  }
  if (!reader.Finish()) return reader.error();
  return request;
}

void CheckAction(Constraints& constraints, const RequestedAction& action, size_t number) {
  for (const ActionName* name : action.names) {
    const std::string place =
        "transactItems." + std::to_string(number) + ".member." + std::string(name->place) + ".";
    const Fields& fields = action.fields;
    if (name->kind == Kind::kPut) {
      constraints.Required(fields.item.has_value(), place + "item");
    } else {
      constraints.Required(fields.key.has_value(), place + "key");
    }
    constraints.TableName(fields.table_name, place + "tableName");
    if (name->kind == Kind::kUpdate)
      constraints.Required(fields.update.has_value(), place + "updateExpression");
    if (name->kind == Kind::kCheck)
      constraints.Required(fields.condition.has_value(), place + "conditionExpression");
    constraints.Enum(fields.return_on_failure, place + "returnValuesOnConditionCheckFailure",
                     "ALL_OLD, NONE");
  }
}

std::optional<ApiError> CheckConstraints(const TransactRequest& request) {
  Constraints constraints;
  constraints.Enum(request.return_consumed_capacity, "returnConsumedCapacity",
                   "INDEXES, TOTAL, NONE");
  constraints.Enum(request.return_item_collection_metrics, "returnItemCollectionMetrics",
                   "SIZE, NONE");
  CheckRequestToken(constraints, request.token);
  constraints.Required(request.actions.has_value(), "transactItems");
  if (request.actions) {
    CheckActionCount(constraints, request.actions->size());
    for (size_t i = 0; i < request.actions->size(); ++i)
      CheckAction(constraints, (*request.actions)[i], i + 1);
  }
  return constraints.Error();
}

Result<std::vector<TransactionAction>> ReadActions(const TransactRequest& request) {
  std::vector<TransactionAction> actions;
  for (const auto& requested : *request.actions) {
    if (requested.names.size() != 1) {
      return Invalid("TransactItems can only contain one of Check, Put, Update or Delete");
    }
    auto action = dynamo::ReadAction(requested.names[0]->kind, requested.fields);
    if (!action) return action.error();
    actions.push_back({*requested.fields.table_name, *std::move(action)});
  }
  return actions;
}

void WriteCollections(std::string& out, const std::vector<TransactionAction>& actions,
                      const Written& written) {
  std::map<std::string, std::string> by_table;
  for (size_t i = 0; i < actions.size(); ++i) {
    const Table& table = *written.writes[i].table;
    if (!FormsCollections(table) || actions[i].action.kind == Kind::kCheck) continue;
    std::string& list = by_table[table.name()];
    if (!list.empty()) list += ',';
    WriteCollectionMetrics(list, table, *actions[i].action.item);
  }
  ObjectWriter tables(out);
  for (const auto& [name, list] : by_table) tables.Member(name) += '[' + list + ']';
  tables.End();
}

// The same for requests that differ only in the order of their members.
std::string Fingerprint(std::string_view body) {
  json request = json::parse(body);
  request.erase("ClientRequestToken");
  return HexEncode(auth::Sha256(request.dump()));
}

}  // namespace

Result<std::string> TransactWriteItems(Store& store, const RequestContext& context,
                                       std::string_view body) {
  const auto request = ReadRequest(body);
  if (!request) return request.error();
  if (auto error = CheckConstraints(*request)) return *error;
  const auto actions = ReadActions(*request);
  if (!actions) return actions.error();
  std::optional<RequestToken> token;
  if (request->token) token = {*request->token, Fingerprint(body)};
  const auto written = WriteTransaction(store, context, *actions, token);
  if (!written) return written.error();

  std::string out;
  ObjectWriter response(out);
  if (WantsCapacity(request->return_consumed_capacity)) {
    TransactionCapacity(*written).Write(response.Member("ConsumedCapacity"),
                                        *request->return_consumed_capacity);
  }
  if (request->return_item_collection_metrics == "SIZE")
    WriteCollections(response.Member("ItemCollectionMetrics"), *actions, *written);
  response.End();
  return out;
}

}  // namespace fractus::dynamo
