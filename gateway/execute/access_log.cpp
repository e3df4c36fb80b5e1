#include "gateway/execute/access_log.h"

#include "emulator/auth/digest.h"
#include "emulator/core/encoding.h"

namespace fractus::gateway::execute {
namespace {

// AWS names the streams of access logs with digests of small numbers.
// Observed: "cfcd208495d565ef66e7dff9f98764da", which is the digest of "0".
const std::string& StreamName() {
  static const std::string name = HexEncode(auth::Md5("0"));
  return name;
}

}  // namespace

void WriteAccessLog(ports::LogSink& sink, const Exchange& exchange, Time now) {
  if (exchange.stage == nullptr || exchange.stage->log_group.empty()) return;
  std::vector<ports::LogLine> lines(1);
  lines[0].time = now;
  lines[0].message = exchange.stage->log_format.Line(
      [&](std::string_view name) { return ContextValue(exchange, name); });
  sink.Write(exchange.api->account, exchange.api->region, exchange.stage->log_group, StreamName(),
             std::move(lines));
}

}  // namespace fractus::gateway::execute
