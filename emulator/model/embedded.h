// The service models that the build put into the binary.
#pragma once

#include <string_view>
#include <vector>

namespace fractus::model {

struct EmbeddedModel {
  std::string_view service;
  // {"model": botocore's service-2.json without documentation, "patches": JSON Patch operations of
  // the rooms}.
  std::string_view text;
};

const std::vector<EmbeddedModel>& EmbeddedModels();

}  // namespace fractus::model
