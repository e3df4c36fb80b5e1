#include "dynamo/transaction.h"

#include <algorithm>
#include <numeric>

#include "dynamo/errors.h"
#include "dynamo/item_codec.h"
#include "dynamo/item_request.h"
#include "emulator/core/encoding.h"

namespace fractus::dynamo {
namespace {

// Source: TransactWriteItems' ClientRequestToken.
constexpr auto kTokenLife = std::chrono::minutes(10);

std::string TokenKey(const RequestContext& context, const std::string& token) {
  return storage::MakeKey({"token", context.account, context.region, token});
}

bool IsForgotten(const json& used, Time now) {
  return FromEpochSeconds(used.at("Time").get<double>()) + kTokenLife <= now;
}

// Whether this request was carried out before.
Result<bool> WasDone(const Store& store, const RequestContext& context, const RequestToken& token) {
  const auto used = store.FindDocument(TokenKey(context, token.token));
  if (!used || IsForgotten(*used, context.now)) return false;
  if (used->at("Fingerprint") == token.fingerprint) return true;
  // Observed: the code; its text is not known.
  return ApiError{"IdempotentParameterMismatchException",
                  "The client token was already used for a different request"};
}

Result<std::vector<PlannedWrite>> Plan(const Store& store, const RequestContext& context,
                                       const std::vector<TransactionAction>& actions) {
  std::vector<PlannedWrite> writes(actions.size());
  for (size_t i = 0; i < actions.size(); ++i) {
    writes[i].table = FindTable(store, context, actions[i].table_name);
    if (!writes[i].table) return TableNotFound();
  }
  std::vector<Store::Failure> mismatches;
  for (size_t i = 0; i < actions.size(); ++i) {
    auto error = CheckTarget(*writes[i].table, actions[i].action);
    if (!error) {
      writes[i].key = writes[i].table->ItemKey(*actions[i].action.item);
    } else if (CancelsTransaction(*error)) {
      mismatches.push_back({i, *std::move(error)});
    } else {
      return *std::move(error);
    }
  }
  if (!mismatches.empty()) return Cancelled(actions.size(), mismatches);
  return writes;
}

void ReadSizes(const Store& store, std::vector<PlannedWrite>& writes) {
  std::string row;
  for (auto& write : writes)
    write.old_size = store.ReadRow(write.key, row) ? RowBilledSize(row) : 0;
}

}  // namespace

std::string ReasonCode(const ApiError& error) {
  std::string code = error.code;
  if (code.ends_with("Exception")) code.resize(code.size() - std::string("Exception").size());
  if (code == "Validation" || code == "Throttling") code += "Error";
  return code;
}

ApiError Cancelled(size_t actions, const std::vector<Store::Failure>& failures) {
  json reasons = json::array();
  std::vector<std::string> codes(actions, "None");
  for (size_t i = 0; i < actions; ++i) reasons.push_back({{"Code", "None"}});
  for (const auto& [at, error] : failures) {
    codes[at] = ReasonCode(error);
    reasons[at] = error.extra;
    reasons[at]["Code"] = codes[at];
    reasons[at]["Message"] = error.message;
  }
  return {"TransactionCanceledException",
          "Transaction cancelled, please refer cancellation reasons for specific reasons [" +
              Join(codes, ", ") + "]",
          0,
          {{"CancellationReasons", std::move(reasons)}}};
}

ApiError CancelledByConflict(size_t actions, const std::vector<size_t>& places) {
  std::vector<Store::Failure> failures;
  for (const size_t at : places) failures.push_back({at, TransactionConflict()});
  return Cancelled(actions, failures);
}

// Keys that are wrong whatever the table's schema is are refused before the transaction begins;
// keys that do not fit the schema cancel it.
// Source: the service's answers to keys of the wrong type and to empty ones.
bool CancelsTransaction(const ApiError& error) {
  for (const char* reason : {"does not match the schema", "Type mismatch for", "Missing the key"}) {
    if (error.message.find(reason) != std::string::npos) return true;
  }
  return false;
}

// Observed: the limit; its text is not known.
ApiError TransactionTooLarge() {
  return Invalid("The aggregate size of the items in the transaction exceeds 4 MB");
}

// Differs from AWS: a message about too many actions of a transaction does not print them.
void CheckActionCount(Constraints& constraints, size_t count) {
  if (count == 0) {
    constraints.Add(
        "Value '[]' at 'transactItems' failed to satisfy constraint: Member must have length "
        "greater than or equal to 1");
  } else if (count > kMostActions) {
    constraints.Add(
        "Value at 'transactItems' failed to satisfy constraint: Member must have length less than "
        "or equal to 100");
  }
}

void CheckRequestToken(Constraints& constraints, const std::optional<std::string>& token) {
  constexpr size_t kLongestToken = 36;
  if (!token || (!token->empty() && token->size() <= kLongestToken)) return;
  constraints.Add(
      "Value '" + *token +
      "' at 'clientRequestToken' failed to satisfy constraint: Member must have length " +
      (token->empty() ? "greater than or equal to 1" : "less than or equal to 36"));
}

std::optional<ApiError> CheckDistinct(const std::vector<std::string>& keys) {
  std::vector<std::string_view> sorted(keys.begin(), keys.end());
  std::sort(sorted.begin(), sorted.end());
  if (std::adjacent_find(sorted.begin(), sorted.end()) == sorted.end()) return std::nullopt;
  return Invalid("Transaction request cannot include multiple operations on one item");
}

Result<Written> WriteTransaction(Store& store, const RequestContext& context,
                                 const std::vector<TransactionAction>& actions,
                                 const std::optional<RequestToken>& token) {
  std::vector<std::string> token_keys;
  if (token) token_keys.push_back(TokenKey(context, token->token));
  const Claim token_claim(store.claims(), token_keys);
  if (!token_claim.conflicts().empty()) {
    return ApiError{"TransactionInProgressException",
                    "Transaction from previous request is still in progress"};
  }
  for (;;) {
    auto planned = Plan(store, context, actions);
    if (!planned) return planned.error();
    Written written{*std::move(planned)};
    if (token) {
      const auto done = WasDone(store, context, *token);
      if (!done) return done.error();
      written.repeated = *done;
      if (written.repeated) {
        ReadSizes(store, written.writes);
        for (const auto& write : written.writes)
          TakeReadCapacity(*write.table, nullptr, TransactionReadUnits(write.old_size),
                           context.now);
        return written;
      }
    }
    std::vector<std::string> keys;
    for (const auto& write : written.writes) keys.push_back(write.key);
    if (auto error = CheckDistinct(keys)) return *std::move(error);
    const Claim claim(store.claims(), std::move(keys));
    if (!claim.conflicts().empty()) return CancelledByConflict(actions.size(), claim.conflicts());

    std::vector<Item> updated(actions.size());
    std::vector<size_t> sizes(actions.size());
    bool too_large = false;
    for (size_t i = 0; i < actions.size(); ++i) {
      written.writes[i].change = [&, i](Previous& previous) -> Result<Change> {
        const Table& table = *written.writes[i].table;
        auto change = RunAction(actions[i].action, table, previous, updated[i]);
        if (!change) return change;
        sizes[i] =
            change->kind == Change::Kind::kPut ? BilledSize(*change->item) : previous.billed_size();
        too_large = std::accumulate(sizes.begin(), sizes.end(), size_t{0}) > kLargestTransaction;
        if (too_large) return TransactionTooLarge();
        return change;
      };
    }
    Occasion occasion{context.now};
    occasion.unit_price = kTransactionPrice;
    if (token) {
      occasion.document = {
          token_keys[0],
          {{"Time", EpochSeconds(context.now)}, {"Fingerprint", token->fingerprint}}};
    }
    const auto failures = store.Write(written.writes, occasion);
    if (Store::TableChanged(failures)) continue;
    if (too_large) return TransactionTooLarge();
    if (!failures.empty()) return Cancelled(actions.size(), failures);
    for (auto& write : written.writes) write.change = nullptr;
    return written;
  }
}

void ForgetTokens(Store& store, Time now) {
  store.DeleteDocuments(storage::MakeKey({"token"}),
                        [&](const json& used) { return IsForgotten(used, now); });
}

TransactionCapacity::TransactionCapacity(const Written& written)
    : kind_(written.repeated ? Kind::kReads : Kind::kWrites) {
  for (const auto& write : written.writes) {
    if (written.repeated) {
      AddRead(write.table, write.old_size);
    } else {
      Of(write.table).Add(write, kTransactionPrice);
    }
  }
}

double TransactionReadUnits(size_t bytes) {
  return kTransactionPrice * ReadUnits(bytes, Consistency::kStrong);
}

Capacity& TransactionCapacity::Of(const TablePtr& table) {
  for (auto& [known, capacity] : tables_) {
    if (known == table) return capacity;
  }
  return tables_.emplace_back(table, Capacity()).second;
}

void TransactionCapacity::AddRead(const TablePtr& table, size_t bytes) {
  Of(table).table += TransactionReadUnits(bytes);
}

void TransactionCapacity::Write(std::string& out, const std::string& detail) const {
  out += '[';
  for (const auto& [table, capacity] : tables_) {
    if (out.back() != '[') out += ',';
    WriteCapacity(out, *table, capacity, detail,
                  kind_ == Kind::kReads ? "ReadCapacityUnits" : "WriteCapacityUnits");
  }
  out += ']';
}

}  // namespace fractus::dynamo
