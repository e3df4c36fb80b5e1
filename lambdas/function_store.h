// Keeps the functions: all of them in memory, so that an invocation reads no disk, and in the
// database.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <string>
#include <vector>

#include "emulator/storage/database.h"
#include "lambdas/function.h"

namespace fractus::lambdas {

// Thread-safe. What it hands out never changes; a change makes a new Function.
class FunctionStore {
 public:
  // Loads all functions and removes unpacked code below `code_folder` that belongs to none.
  FunctionStore(storage::Room room, std::string code_folder);

  std::shared_ptr<const Function> Find(const FunctionId& id) const;
  // The same, failing with ResourceNotFoundException.
  Result<std::shared_ptr<const Function>> Get(const FunctionReference& reference) const;
  // Ordered by name.
  std::vector<std::shared_ptr<const Function>> List(const std::string& account,
                                                    const std::string& region) const;

  // What the functions of that one's account and region have reserved together. Quick: asked for by
  // every invocation.
  int ReservedConcurrency(const FunctionId& id) const;

  // Fails with ResourceConflictException when there is a function of that name.
  Result<std::shared_ptr<const Function>> Insert(Function function);
  // Runs `change` on a copy, under a lock, and keeps the copy when it returned no error. Code that
  // the copy no longer uses is discarded.
  Result<std::shared_ptr<const Function>> Change(
      const FunctionReference& reference,
      const std::function<std::optional<ApiError>(Function&)>& change);
  // The function that was removed; nothing when there was none.
  std::shared_ptr<const Function> Remove(const FunctionId& id);

  // The folder in which a function's code may be unpacked.
  std::string CodeFolder(const FunctionId& id) const;

 private:
  void Sweep() const;
  void Keep(std::shared_ptr<const Function> function);
  // Puts `function` in the place of the one before it; null removes. The lock must be held.
  void Replace(const FunctionId& id, std::shared_ptr<const Function> function);

  const storage::Room room_;
  const std::string code_folder_;
  // One change at a time; reads only take `mutex_`.
  std::mutex change_mutex_;
  mutable std::shared_mutex mutex_;
  std::map<FunctionId, std::shared_ptr<const Function>> functions_;
  // By account and region.
  std::map<std::pair<std::string, std::string>, int> reserved_;
};

}  // namespace fractus::lambdas
