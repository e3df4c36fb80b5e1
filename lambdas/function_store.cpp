#include "lambdas/function_store.h"

#include <filesystem>
#include <set>

namespace fractus::lambdas {
namespace {

namespace fs = std::filesystem;

// "function", account, region, name.
std::string KeyOf(const FunctionId& id) {
  return storage::MakeKey({"function", id.account, id.region, id.name});
}

std::set<std::shared_ptr<Code>> CodesOf(const Function& function) {
  std::set<std::shared_ptr<Code>> codes{function.latest->code};
  for (const auto& [number, version] : function.versions) codes.insert(version->code);
  return codes;
}

}  // namespace

FunctionStore::FunctionStore(storage::Room room, std::string code_folder)
    : room_(room), code_folder_(std::move(code_folder)) {
  for (const json& stored : room_.ListJson(storage::MakeKey({"function"}))) {
    const FunctionId id{stored.at("account").get<std::string>(),
                        stored.at("region").get<std::string>(),
                        stored.at("name").get<std::string>()};
    Replace(id, std::make_shared<const Function>(Function::FromJson(stored, CodeFolder(id))));
  }
  Sweep();
}

// Folders are code_folder/account/region/name/<random>: the last level is one unpacked zip.
void FunctionStore::Sweep() const {
  std::set<std::string> used;
  for (const auto& [id, function] : functions_) {
    for (const auto& code : CodesOf(*function)) used.insert(code->home());
  }
  std::vector<fs::path> unused;
  std::error_code error;
  fs::recursive_directory_iterator at(code_folder_, error);
  for (; !error && at != fs::recursive_directory_iterator(); at.increment(error)) {
    if (at.depth() < 3) continue;
    at.disable_recursion_pending();
    if (!used.contains(at->path().string())) unused.push_back(at->path());
  }
  for (const auto& folder : unused) fs::remove_all(folder, error);
}

std::shared_ptr<const Function> FunctionStore::Find(const FunctionId& id) const {
  const std::shared_lock lock(mutex_);
  const auto found = functions_.find(id);
  return found == functions_.end() ? nullptr : found->second;
}

Result<std::shared_ptr<const Function>> FunctionStore::Get(
    const FunctionReference& reference) const {
  auto function = Find(reference.id);
  if (!function) return FunctionNotFound(reference);
  return function;
}

std::vector<std::shared_ptr<const Function>> FunctionStore::List(const std::string& account,
                                                                 const std::string& region) const {
  std::vector<std::shared_ptr<const Function>> listed;
  const std::shared_lock lock(mutex_);
  FunctionId first;
  first.account = account;
  first.region = region;
  for (auto at = functions_.lower_bound(first);
       at != functions_.end() && at->first.account == account && at->first.region == region; ++at) {
    listed.push_back(at->second);
  }
  return listed;
}

void FunctionStore::Keep(std::shared_ptr<const Function> function) {
  room_.PutJson(KeyOf(function->id), function->ToJson());
  const std::unique_lock lock(mutex_);
  const FunctionId id = function->id;
  Replace(id, std::move(function));
}

void FunctionStore::Replace(const FunctionId& id, std::shared_ptr<const Function> function) {
  int& reserved = reserved_[{id.account, id.region}];
  if (const auto before = functions_.find(id); before != functions_.end()) {
    reserved -= before->second->reserved_concurrency.value_or(0);
    functions_.erase(before);
  }
  if (!function) return;
  reserved += function->reserved_concurrency.value_or(0);
  functions_[id] = std::move(function);
}

int FunctionStore::ReservedConcurrency(const FunctionId& id) const {
  const std::shared_lock lock(mutex_);
  const auto found = reserved_.find({id.account, id.region});
  return found == reserved_.end() ? 0 : found->second;
}

Result<std::shared_ptr<const Function>> FunctionStore::Insert(Function function) {
  const std::lock_guard lock(change_mutex_);
  if (Find(function.id)) {
    for (const auto& code : CodesOf(function)) code->Discard();
    return ApiError{"ResourceConflictException", "Function already exist: " + function.id.name,
                    409};
  }
  auto kept = std::make_shared<const Function>(std::move(function));
  Keep(kept);
  return kept;
}

Result<std::shared_ptr<const Function>> FunctionStore::Change(
    const FunctionReference& reference,
    const std::function<std::optional<ApiError>(Function&)>& change) {
  const std::lock_guard lock(change_mutex_);
  const auto before = Find(reference.id);
  if (!before) return FunctionNotFound(reference);
  Function copy = *before;
  if (auto error = change(copy)) return *std::move(error);
  auto after = std::make_shared<const Function>(std::move(copy));
  Keep(after);
  const auto used = CodesOf(*after);
  for (const auto& code : CodesOf(*before)) {
    if (!used.contains(code)) code->Discard();
  }
  return after;
}

std::shared_ptr<const Function> FunctionStore::Remove(const FunctionId& id) {
  const std::lock_guard lock(change_mutex_);
  auto function = Find(id);
  if (!function) return nullptr;
  room_.Delete(KeyOf(id));
  {
    const std::unique_lock map_lock(mutex_);
    Replace(id, nullptr);
  }
  for (const auto& code : CodesOf(*function)) code->Discard();
  return function;
}

std::string FunctionStore::CodeFolder(const FunctionId& id) const {
  return (fs::path(code_folder_) / id.account / id.region / id.name).string();
}

}  // namespace fractus::lambdas
