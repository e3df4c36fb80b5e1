// The steps that item operations share, in the order in which the service takes them.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dynamo/fields.h"
#include "dynamo/store.h"
#include "emulator/core/api_error.h"
#include "emulator/core/request.h"

namespace fractus::dynamo {

// Source: DynamoDB's quotas page.
constexpr size_t kLargestItem = 400 * 1024;

// A name, or an ARN, which brings its own account and region.
struct TableAddress {
  std::string account, region, name;
};
TableAddress AddressOf(const RequestContext& context, const std::string& name_or_arn);
// The table whose items are read or written; null when there is none, or none yet.
TablePtr FindTable(const Store& store, const RequestContext& context,
                   const std::string& name_or_arn);

// A member of the request and whether it is there.
struct Given {
  std::string_view member;
  bool present;
};

// TableName of a control plane request: nothing when it is a good name or an ARN.
std::optional<ApiError> CheckTableName(const Request& request);

// Expressions and their predecessors cannot be in one request.
std::optional<ApiError> CheckMixing(std::initializer_list<Given> legacy,
                                    std::initializer_list<Given> expressions);

// Names and values that are well formed, and there only for expressions that can use them.
// `with_values` are the expressions that may hold :values; `others` are those that may hold #names
// alone.
std::optional<ApiError> CheckPlaceholders(const Fields& fields,
                                          std::initializer_list<Given> with_values,
                                          std::initializer_list<Given> others = {});

// The members that all writes have.
void CheckWrite(Constraints& constraints, const Fields& fields);

// The key of a read, update or delete.
std::optional<ApiError> CheckKey(const Table& table, const Item& key);
// The keys of a new item, those of indexes included.
std::optional<ApiError> CheckItem(const Table& table, const Item& item);

// The paths of ProjectionExpression or AttributesToGet; nothing when all attributes are wanted.
struct Wanted {
  std::optional<std::vector<Path>> paths;
};
Result<Wanted> ReadWanted(const Fields& fields, Placeholders& placeholders);
// Appends the item, or the wanted part of it.
void WriteWanted(std::string& out, const Wanted& wanted, std::string_view row);

// ConditionExpression or Expected. Refers to values in `fields`.
Result<std::optional<Condition>> ReadCondition(const Fields& fields, Placeholders& placeholders);
// Separates the members of a response.
class ObjectWriter {
 public:
  explicit ObjectWriter(std::string& out) : out_(out) { out_ += '{'; }
  // "name": — the value is appended by the caller.
  std::string& Member(std::string_view name);
  void End() { out_ += '}'; }

 private:
  std::string& out_;
  bool first_ = true;
};

}  // namespace fractus::dynamo
