#include "gateway/execute/access_log.h"

#include <mutex>

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

struct AccessLog::Queue {
  struct Entry {
    std::string account;
    std::string region;
    std::string group;
    ports::LogLine line;
  };

  explicit Queue(ports::LogSink& log_sink) : sink(log_sink) {}

  void Drain() {
    while (true) {
      std::vector<Entry> batch;
      {
        const std::lock_guard lock(mutex);
        if (entries.empty()) {
          draining = false;
          return;
        }
        batch.swap(entries);
      }
      for (Entry& entry : batch) {
        std::vector<ports::LogLine> lines;
        lines.push_back(std::move(entry.line));
        sink.Write(entry.account, entry.region, entry.group, StreamName(), std::move(lines));
      }
    }
  }

  ports::LogSink& sink;
  std::mutex mutex;
  std::vector<Entry> entries;
  bool draining = false;
};

AccessLog::AccessLog(ports::LogSink& sink, BlockingPool& pool)
    : pool_(pool), queue_(std::make_shared<Queue>(sink)) {}

void AccessLog::Write(const Exchange& exchange, Time now) {
  if (exchange.stage == nullptr || exchange.stage->log_group.empty()) return;
  std::string line = exchange.stage->log_format.Line(
      [&](std::string_view name) { return ContextValue(exchange, name); });
  bool starts = false;
  {
    const std::lock_guard lock(queue_->mutex);
    queue_->entries.push_back({exchange.api->account,
                               exchange.api->region,
                               exchange.stage->log_group,
                               {now, std::move(line)}});
    starts = !queue_->draining;
    queue_->draining = true;
  }
  if (starts) pool_.Post([queue = queue_] { queue->Drain(); });
}

}  // namespace fractus::gateway::execute
