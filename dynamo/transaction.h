// Transactions: actions on several items that happen together or not at all.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "dynamo/capacity.h"
#include "dynamo/item_action.h"
#include "dynamo/store.h"
#include "emulator/core/api_error.h"
#include "emulator/core/request.h"

namespace fractus::dynamo {

// Source:
// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
constexpr size_t kMostActions = 100;
constexpr size_t kLargestTransaction = 4 * 1024 * 1024;

struct TransactionAction {
  std::string table_name;
  ItemAction action;
};

// Makes a transaction idempotent: a second one with the same token does nothing.
struct RequestToken {
  std::string token;
  // Equal for equal requests.
  std::string fingerprint;
};

struct Written {
  // One for each action, in order.
  std::vector<PlannedWrite> writes;
  // The token was used before for the same request: nothing was written now.
  bool repeated = false;
};

// Runs all actions at once. Fails with ResourceNotFoundException, ValidationException,
// TransactionCanceledException (with a reason for each action),
// IdempotentParameterMismatchException or TransactionInProgressException.
Result<Written> WriteTransaction(Store& store, const RequestContext& context,
                                 const std::vector<TransactionAction>& actions,
                                 const std::optional<RequestToken>& token);

// Deletes the tokens that are too old to matter.
void ForgetTokens(Store& store, Time now);

// The code of an error where it stands for one of several requests: as a reason of a cancelled
// transaction, or as the Error of a statement.
std::string ReasonCode(const ApiError& error);
// TransactionCanceledException: the failures at their places, "None" at the others.
ApiError Cancelled(size_t actions, const std::vector<Store::Failure>& failures);
ApiError CancelledByConflict(size_t actions, const std::vector<size_t>& places);
// Whether this error of one action's key cancels the transaction; the others refuse the request.
bool CancelsTransaction(const ApiError& error);
ApiError TransactionTooLarge();

void CheckActionCount(Constraints& constraints, size_t count);
void CheckRequestToken(Constraints& constraints, const std::optional<std::string>& token);
// The same item twice.
std::optional<ApiError> CheckDistinct(const std::vector<std::string>& keys);

// To read one item in a transaction.
double TransactionReadUnits(size_t bytes);

// What a transaction cost: every unit counts twice.
class TransactionCapacity {
 public:
  enum class Kind { kReads, kWrites };
  explicit TransactionCapacity(Kind kind) : kind_(kind) {}
  // A repeated transaction cost only the reading of its items.
  explicit TransactionCapacity(const Written& written);

  void AddRead(const TablePtr& table, size_t bytes);
  // Appends the ConsumedCapacity list with one entry for each table.
  void Write(std::string& out, const std::string& detail) const;

 private:
  Capacity& Of(const TablePtr& table);

  Kind kind_;
  std::vector<std::pair<TablePtr, Capacity>> tables_;
};

struct TransactionRead {
  std::string table_name;
  // Belongs to the request.
  const Item* key;
};

// Reads all items as they are at one moment, and hands over the place and the row of each, in
// order. Fails as WriteTransaction does.
Result<TransactionCapacity> ReadTransaction(
    Store& store, const RequestContext& context, const std::vector<TransactionRead>& reads,
    const std::function<void(size_t, std::optional<std::string_view>)>& take);

}  // namespace fractus::dynamo
