// DynamoDB: tables, items and expressions.
#pragma once

#include <memory>

#include "emulator/core/clock.h"
#include "emulator/core/id_source.h"
#include "emulator/service/operation_table.h"
#include "emulator/storage/database.h"

namespace fractus::dynamo {

class Store;

// Thread-safe. The references outlive it; the operations it hands out do not.
class Dynamo {
 public:
  // Opens the rooms "dynamo" (definitions) and "dynamo.items".
  Dynamo(storage::Database& database, Clock& clock, IdSource& ids);
  ~Dynamo();

  service::OperationTable Operations();

 private:
  IdSource& ids_;
  std::unique_ptr<Store> store_;
};

}  // namespace fractus::dynamo
