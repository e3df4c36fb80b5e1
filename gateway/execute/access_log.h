// Access-log lines on their way to the log group, off the network threads.
#pragma once

#include <memory>

#include "emulator/core/blocking_pool.h"
#include "emulator/ports/log_sink.h"
#include "gateway/execute/exchange.h"

namespace fractus::gateway::execute {

// Thread-safe. Lines are written in the order in which they came, some moments later.
class AccessLog {
 public:
  AccessLog(ports::LogSink& sink, BlockingPool& pool);

  // Writes the exchange's line when its stage has an access log.
  void Write(const Exchange& exchange, Time now);

 private:
  struct Queue;
  BlockingPool& pool_;
  std::shared_ptr<Queue> queue_;
};

}  // namespace fractus::gateway::execute
