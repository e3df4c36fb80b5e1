// On-demand backups: documents that describe them, beside copies of the tables' items.
#pragma once

#include <optional>
#include <string>

#include "dynamo/store.h"
#include "emulator/core/api_error.h"
#include "emulator/core/id_source.h"
#include "emulator/core/json.h"
#include "emulator/core/request.h"

namespace fractus::dynamo {

// The service makes a system backup when a table with point-in-time recovery is deleted.
enum class BackupKind { kUser, kSystem };

// Copies the table and answers the backup's document:
//   "BackupArn", "Name", "Type", "Created" (seconds), "Number" (of the copy), "Items", "Bytes",
//   "Table" (its definition).
// A system backup is named after its table.
json MakeBackup(Store& store, IdSource& ids, const Table& table, BackupKind kind,
                const std::string& name, Time now);

// What the target of a restore takes from its source, with the request's overrides; or why not.
Result<json> RestoredDefinition(const json& source, const Request& request, IdSource& ids);

}  // namespace fractus::dynamo
