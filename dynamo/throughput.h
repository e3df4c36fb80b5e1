// Provisioned throughput of tables and indexes: how it is described, checked and changed.
#pragma once

#include <optional>
#include <string>

#include "emulator/core/api_error.h"
#include "emulator/core/clock.h"
#include "emulator/core/json.h"

namespace fractus::dynamo {

bool IsOnDemand(const json& definition);

// A ProvisionedThroughputDescription; `kept` is what the definition holds, or an empty object.
json DescribeThroughput(const json& kept, Time now);
// A WarmThroughput of a table or index: what was asked for, else what the service starts with.
// Source: recorded test_gsi_with_billing_mode, test_table_warm_throughput.
json DescribeWarmThroughput(const json& given, const json& throughput, bool is_on_demand,
                            const char* status);

// Whether the units are within what the service can count. `index` is empty for the table.
std::optional<ApiError> CheckUnits(const json& throughput, const std::string& index);

// What is kept after a change to `wanted`; refuses a change to the same units, and decreases
// beyond the day's allowance. `kept` is null or an empty object for a subject that had none.
Result<json> ChangeThroughput(const json& kept, const json& wanted, const std::string& index,
                              Time now);

}  // namespace fractus::dynamo
