// What a table or an index is busy with: marks in its definition say until when.
#pragma once

#include <optional>
#include <string>

#include "dynamo/store.h"
#include "emulator/core/api_error.h"
#include "emulator/core/json.h"
#include "emulator/core/request.h"

namespace fractus::dynamo {

enum class Work { kCreating, kUpdating, kDeleting };

// `subject` is the definition of a table or of one of its indexes.
void Mark(json& subject, Work work, Time until);
// "ACTIVE", or what goes on at `now`. Time::min() shows marks of any length, as the answer to the
// request that made them does.
std::string StatusAt(const json& subject, Time now);
// Takes off the marks that ended, and the indexes whose deletion did.
void Settle(json& definition, Time now);
// When the next mark of the table or of its indexes ends.
std::optional<Time> NextSettling(const json& definition);

// The table as the control plane sees it: what ended meanwhile is carried out first. Null when
// there is none.
TablePtr FindSettled(Store& store, const RequestContext& context, const std::string& name_or_arn);
// The same for all tables of the caller, sorted by name.
std::vector<TablePtr> ListSettled(Store& store, const RequestContext& context);

// Refuses to change a table that is not ACTIVE, or one of whose indexes is not.
std::optional<ApiError> CheckAtRest(const Table& table, Time now);

}  // namespace fractus::dynamo
