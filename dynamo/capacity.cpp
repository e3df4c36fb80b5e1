#include "dynamo/capacity.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "dynamo/value_json.h"

namespace fractus::dynamo {
namespace {

void WriteUnitsMember(std::string& out, double units) {
  fmt::format_to(std::back_inserter(out), "\"CapacityUnits\":{:.1f}", units);
}

void WriteIndexes(std::string& out, const char* member, IndexKind kind, const Capacity& capacity) {
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
    WriteUnitsMember(out, units);
    out += '}';
  }
  out += '}';
}

}  // namespace

double ReadUnits(size_t bytes, Consistency consistency) {
  const double units = static_cast<double>(std::max<size_t>(1, (bytes + 4095) / 4096));
  return consistency == Consistency::kStrong ? units : units / 2;
}

double WriteUnits(size_t bytes) {
  return static_cast<double>(std::max<size_t>(1, (bytes + 1023) / 1024));
}

void Capacity::Add(const PlannedWrite& write) {
  table += WriteUnits(std::max(write.old_size, write.new_size));
  indexes.insert(indexes.end(), write.index_uses.begin(), write.index_uses.end());
}

bool WantsCapacity(const std::optional<std::string>& return_consumed_capacity) {
  return return_consumed_capacity == "TOTAL" || return_consumed_capacity == "INDEXES";
}

void WriteCapacity(std::string& out, const Table& table, const Capacity& capacity,
                   const std::string& detail) {
  double total = capacity.table;
  for (const auto& use : capacity.indexes) total += use.units;
  out += "{\"TableName\":";
  WriteText(out, table.name());
  out += ',';
  WriteUnitsMember(out, total);
  if (detail == "INDEXES") {
    out += ",\"Table\":{";
    WriteUnitsMember(out, capacity.table);
    out += '}';
    WriteIndexes(out, "LocalSecondaryIndexes", IndexKind::kLocal, capacity);
    WriteIndexes(out, "GlobalSecondaryIndexes", IndexKind::kGlobal, capacity);
  }
  out += '}';
}

}  // namespace fractus::dynamo
