// CloudWatch Logs: groups, streams and events, written by services through LogSink and read by
// clients.
#pragma once

#include <string>
#include <vector>

#include "emulator/core/clock.h"
#include "emulator/core/id_source.h"
#include "emulator/ports/log_sink.h"
#include "emulator/service/operation_table.h"
#include "emulator/services/logs/event_store.h"
#include "emulator/storage/database.h"

namespace fractus::logs {

// Thread-safe. Keeps its state in the room "logs" of the database, which must outlive it.
class Logs : public ports::LogSink {
 public:
  Logs(storage::Database& database, Clock& clock, IdSource& ids);

  service::OperationTable Operations();

  // Returns before the lines are in the database: they are there a tenth of a second later, before
  // the next read through an operation, and when the object is destroyed.
  void Write(std::string_view account, std::string_view region, std::string_view group,
             std::string_view stream, std::vector<ports::LogLine> lines) override;

  // Returns when everything written before is in the database.
  void Flush() { store_.Flush(); }

 private:
  Clock& clock_;
  EventStore store_;
};

}  // namespace fractus::logs
