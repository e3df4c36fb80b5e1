// Unpacks the zip that holds a function's code, trusting nothing in it.
#pragma once

#include <string>
#include <string_view>

#include "emulator/core/api_error.h"

namespace fractus::lambdas {

// Source: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
inline constexpr size_t kMostZippedBytes = 52428800;
inline constexpr size_t kMostUnzippedBytes = 262144000;

// Unpacks `zip` into `folder`, which must not exist yet and is removed again when it fails. Nothing
// is ever written outside of it: absolute paths, "..", links that leave the folder, devices,
// encrypted or damaged entries are refused with InvalidParameterValueException. Returns the
// unpacked size in bytes.
Result<size_t> UnpackCode(std::string_view zip, const std::string& folder);

}  // namespace fractus::lambdas
