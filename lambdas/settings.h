// What main.cpp tells the lambdas room about the emulator around it.
#pragma once

#include <chrono>
#include <string>

namespace fractus::lambdas {

struct Settings {
  // Where unpacked code is kept, in a folder "lambda-code" of this one. Nothing else is written or
  // removed there.
  std::string data_folder;
  // "127.0.0.1:4566": the emulator's listener as handlers reach it; empty when there is none
  // (tests).
  std::string endpoint;
  // The local CA alone, and the system's roots with the local CA; empty when there is none.
  std::string ca_file;
  std::string ca_bundle_file;
  // How long an environment may be idle, by the emulator's clock.
  std::chrono::microseconds keep_idle = std::chrono::minutes(10);
};

}  // namespace fractus::lambdas
