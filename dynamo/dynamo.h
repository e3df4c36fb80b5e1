// DynamoDB: tables, items, expressions and streams.
#pragma once

#include <memory>

#include "dynamo/settings.h"
#include "emulator/core/clock_alarm.h"
#include "emulator/core/id_source.h"
#include "emulator/service/operation_table.h"
#include "emulator/storage/database.h"

namespace fractus::dynamo {

class Store;

// Thread-safe. The references outlive it; the operations it hands out do not.
class Dynamo {
 public:
  // Opens the rooms "dynamo" (definitions), "dynamo.items", "dynamo.history" and "dynamo.streams".
  Dynamo(storage::Database& database, Clock& clock, IdSource& ids, Settings settings = {});
  ~Dynamo();

  service::OperationTable Operations();
  // Of the service "dynamodbstreams".
  service::OperationTable StreamOperations();

 private:
  IdSource& ids_;
  std::unique_ptr<Store> store_;
  // Deletes what time has ended.
  std::unique_ptr<ClockAlarm> reaper_;
};

}  // namespace fractus::dynamo
