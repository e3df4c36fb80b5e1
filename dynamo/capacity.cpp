#include "dynamo/capacity.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "dynamo/value_json.h"

namespace fractus::dynamo {
namespace {

void WriteUnitsMember(std::string& out, double units, std::string_view also) {
  fmt::format_to(std::back_inserter(out), "\"CapacityUnits\":{:.1f}", units);
  if (!also.empty()) fmt::format_to(std::back_inserter(out), ",\"{}\":{:.1f}", also, units);
}

void WriteIndexes(std::string& out, const char* member, IndexKind kind, const Capacity& capacity,
                  std::string_view also) {
  std::map<std::string, double> by_name;
  for (const auto& use : capacity.indexes) {
    if (use.index->kind == kind) by_name[use.index->name] += use.units;
  }
  if (by_name.empty()) return;
  fmt::format_to(std::back_inserter(out), ",\"{}\":{{", member);
  bool first = true;
  for (const auto& [name, units] : by_name) {
    if (!std::exchange(first, false)) out += ',';
    WriteText(out, name);
    out += ":{";
    WriteUnitsMember(out, units, also);
    out += '}';
  }
  out += '}';
}

ApiError Exceeded(const Table& table, const Index* index) {
  if (table.is_on_demand()) {
    return {"ThrottlingException",
            "Throughput exceeds the maximum OnDemandThroughput configured on table or index"};
  }
  if (index) {
    return {"ProvisionedThroughputExceededException",
            "The level of configured provisioned throughput for one or more global secondary "
            "indexes of the table was exceeded. Consider increasing your provisioning level for "
            "the under-provisioned global secondary indexes with the UpdateTable API"};
  }
  return {"ProvisionedThroughputExceededException",
          "The level of configured provisioned throughput for the table was exceeded. Consider "
          "increasing your provisioning level with the UpdateTable API."};
}

}  // namespace

double ReadUnits(size_t bytes, Consistency consistency) {
  const double units = static_cast<double>(std::max<size_t>(1, (bytes + 4095) / 4096));
  return consistency == Consistency::kStrong ? units : units / 2;
}

double WriteUnits(size_t bytes) {
  return static_cast<double>(std::max<size_t>(1, (bytes + 1023) / 1024));
}

SightPtr SightOf(const Store& store, Consistency consistency, Time now) {
  if (consistency == Consistency::kStrong) return nullptr;
  return store.SightAt(now, store.settings().stale_reads);
}

void Capacity::Add(const PlannedWrite& write, double times) {
  table += times * WriteUnits(std::max(write.old_size, write.new_size));
  for (const auto& use : write.index_uses) indexes.push_back({use.index, times * use.units});
}

std::optional<ApiError> CheckWriteCapacity(const Table& table, Time now) {
  if (!table.meter()) return std::nullopt;
  if (!table.meter()->writes.HasAny(now)) return Exceeded(table, nullptr);
  for (const auto& index : table.indexes()) {
    if (index.meter && !index.meter->writes.HasAny(now)) return Exceeded(table, &index);
  }
  return std::nullopt;
}

void TakeWriteCapacity(const PlannedWrite& write, double times, Time now) {
  const Table& table = *write.table;
  if (!table.meter()) return;
  table.meter()->writes.Take(times * WriteUnits(std::max(write.old_size, write.new_size)), now);
  for (const auto& use : write.index_uses) {
    Meter& meter = use.index->meter ? *use.index->meter : *table.meter();
    meter.writes.Take(times * use.units, now);
  }
}

std::optional<ApiError> CheckReadCapacity(const Table& table, const Index* index, Time now) {
  Meter* meter = index && index->meter ? index->meter.get() : table.meter().get();
  if (!meter || meter->reads.HasAny(now)) return std::nullopt;
  return Exceeded(table, index && index->meter ? index : nullptr);
}

void TakeReadCapacity(const Table& table, const Index* index, double units, Time now) {
  Meter* meter = index && index->meter ? index->meter.get() : table.meter().get();
  if (meter) meter->reads.Take(units, now);
}

bool WantsCapacity(const std::optional<std::string>& return_consumed_capacity) {
  return return_consumed_capacity == "TOTAL" || return_consumed_capacity == "INDEXES";
}

void WriteCapacity(std::string& out, const Table& table, const Capacity& capacity,
                   const std::string& detail, std::string_view also) {
  double total = capacity.table;
  for (const auto& use : capacity.indexes) total += use.units;
  out += "{\"TableName\":";
  WriteText(out, table.name());
  out += ',';
  WriteUnitsMember(out, total, also);
  if (detail == "INDEXES") {
    out += ",\"Table\":{";
    WriteUnitsMember(out, capacity.table, also);
    out += '}';
    WriteIndexes(out, "LocalSecondaryIndexes", IndexKind::kLocal, capacity, also);
    WriteIndexes(out, "GlobalSecondaryIndexes", IndexKind::kGlobal, capacity, also);
  }
  out += '}';
}

}  // namespace fractus::dynamo
