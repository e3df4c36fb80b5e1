// The access log of a stage.
#pragma once

#include "emulator/ports/log_sink.h"
#include "gateway/execute/exchange.h"

namespace fractus::gateway::execute {

// Writes the exchange's line when its stage has an access log. Does not block: a LogSink buffers.
void WriteAccessLog(ports::LogSink& sink, const Exchange& exchange, Time now);

}  // namespace fractus::gateway::execute
