// Where the lambdas room gets its runtime hosts from; main.cpp plugs in the one that loads plugins.
#pragma once

#include <string_view>

#include "emulator/core/api_error.h"
#include "lambdas/runtime/runtime_host.h"

namespace fractus::lambdas {

class HostSource {
 public:
  virtual ~HostSource() = default;

  // The host that runs functions of that runtime ("python3.9", "provided.al2023"). May load a
  // plugin, so it may block: called on environment threads only, also from several at once. A host
  // lives as long as its source. Fails with the error that Invoke answers: a runtime that is not
  // emulated, a plugin that cannot be loaded.
  virtual Result<RuntimeHost*> HostFor(std::string_view runtime) = 0;
};

}  // namespace fractus::lambdas
