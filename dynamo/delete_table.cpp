#include "dynamo/backup.h"
#include "dynamo/describe.h"
#include "dynamo/errors.h"
#include "dynamo/item_request.h"
#include "dynamo/operations.h"
#include "dynamo/table_life.h"

namespace fractus::dynamo {

Result<json> DeleteTable(Store& store, IdSource& ids, const Request& request) {
  if (auto error = CheckTableName(request)) return *error;
  const auto name = AddressOf(request.context, request.Text("TableName")).name;
  TablePtr table = FindSettled(store, request.context, request.Text("TableName"));
  if (!table) return TableNotFound(name);
  const Time now = request.context.now;
  if (table->definition().value("DeletionProtectionEnabled", false)) {
    return Invalid(
        "Resource cannot be deleted as it is currently protected against deletion. Disable "
        "deletion protection first.");
  }
  json shown = table->definition();
  // Deleting a table that is being deleted is no error.
  if (StatusAt(shown, now) != "DELETING") {
    if (auto error = CheckAtRest(*table, now)) return *error;
    const Time until = now + store.settings().table_delay;
    Mark(shown, Work::kDeleting, until);
    // What point-in-time recovery promised outlives the table.
    if (table->KeepsHistory()) MakeBackup(store, ids, *table, BackupKind::kSystem, "", now);
    const bool is_taken =
        until > now
            ? store.ChangeTable(
                  table, [&](json& changed) { Mark(changed, Work::kDeleting, until); }) != nullptr
            : store.RemoveTable(table);
    if (!is_taken) return TableNotFound(name);
  }
  return json{
      {"TableDescription", DescribeAs(store, *table, shown, DescriptionOf::kDeleted, Time::min())}};
}

}  // namespace fractus::dynamo
