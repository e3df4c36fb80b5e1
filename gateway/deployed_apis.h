// What the execution path may read of the control plane.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "emulator/core/json.h"

namespace fractus::gateway {

struct DeployedStage {
  // The Stage as GetStage answers it.
  json stage;
  // The API as it was when the stage's deployment was made: "api", "resources", "authorizers",
  // "models", "requestValidators", "gatewayResponses" as in ApiStore's documents.
  json snapshot;
};

struct DeployedApi {
  std::string account;
  std::string region;
  std::string id;
  std::map<std::string, DeployedStage> stages;
};

class DeployedApis {
 public:
  virtual ~DeployedApis() = default;

  // Reads storage: call it on the blocking pool.
  virtual std::optional<DeployedApi> FindDeployed(const std::string& api_id) const = 0;
  // Grows whenever something that is served changes. Never blocks.
  virtual uint64_t generation() const = 0;
};

}  // namespace fractus::gateway
