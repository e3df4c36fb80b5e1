// Files that are never forced to the disk, for a database that is thrown away at the end.
#pragma once

#include <rocksdb/env.h>

#include <memory>

namespace fractus::storage {

// The system's files with every fsync left out. One for the process.
rocksdb::Env* UnsyncedEnv();

}  // namespace fractus::storage
