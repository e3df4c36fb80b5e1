#include "cognito/signing_keys.h"

#include <sys/resource.h>

#include "emulator/auth/digest.h"
#include "emulator/core/encoding.h"
#include "emulator/core/log.h"

namespace fractus::cognito {
namespace {

using storage::MakeKey;

constexpr size_t kSeedBytes = 32;
// On Linux a nice value belongs to a thread.
constexpr int kLowPriority = 10;

PoolKeys MakeKeys(std::string_view seed) {
  return {{SigningKey::FromSeed(auth::HmacSha256(seed, "id")),
           SigningKey::FromSeed(auth::HmacSha256(seed, "access"))}};
}

std::optional<PoolKeys> Load(const json& stored) {
  std::vector<SigningKey> keys;
  for (const json& entry : stored.at("Keys")) {
    const auto der = Base64Decode(entry.at("Der").get<std::string>());
    auto key =
        der ? SigningKey::FromPrivateDer(*der, entry.at("Kid").get<std::string>()) : std::nullopt;
    if (!key) return std::nullopt;
    keys.push_back(*std::move(key));
  }
  if (keys.size() != 2) return std::nullopt;
  return PoolKeys{{keys[0], keys[1]}};
}

}  // namespace

json PoolKeys::Jwks() const { return {{"keys", {keys[0].Jwk(), keys[1].Jwk()}}}; }

KeyRing::KeyRing(Store& store, IdSource& ids) : store_(store), ids_(ids) {}

KeyRing::~KeyRing() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void KeyRing::Start() {
  const std::lock_guard lock(mutex_);
  if (started_) return;
  started_ = true;
  thread_ = std::thread([this] { Run(); });
}

void KeyRing::AddPool(std::string_view pool_id) {
  std::shared_ptr<Job> job;
  {
    const std::lock_guard lock(mutex_);
    if (stock_ && stock_->made) job = std::exchange(stock_, nullptr);
  }
  if (!job) {
    job = std::make_shared<Job>();
    job->seed = ids_.Bytes(kSeedBytes);
  }
  store_.room().PutJson(MakeKey({"keys", pool_id}), {{"Seed", Base64Encode(job->seed)}});
  {
    const std::lock_guard lock(mutex_);
    pools_[std::string(pool_id)] = job;
    queue_.emplace_back(pool_id);
  }
  changed_.notify_all();
}

std::shared_ptr<KeyRing::Job> KeyRing::FindJob(std::string_view pool_id) {
  const std::lock_guard lock(mutex_);
  if (const auto found = pools_.find(pool_id); found != pools_.end()) return found->second;
  const auto stored = store_.room().GetJson(MakeKey({"keys", pool_id}));
  if (!stored) return nullptr;
  auto job = std::make_shared<Job>();
  if (const auto seed = Base64Decode(stored->value("Seed", std::string()))) job->seed = *seed;
  if (stored->contains("Keys")) {
    if (auto keys = Load(*stored)) job->made = std::make_shared<const PoolKeys>(*std::move(keys));
  }
  pools_[std::string(pool_id)] = job;
  return job;
}

KeyRing::Made KeyRing::Make(const std::shared_ptr<Job>& job) {
  std::unique_lock lock(mutex_);
  if (job->made) return job->made;
  if (job->running) {
    changed_.wait(lock, [&] { return job->made != nullptr; });
    return job->made;
  }
  job->running = true;
  lock.unlock();
  auto made = std::make_shared<const PoolKeys>(MakeKeys(job->seed));
  lock.lock();
  job->made = made;
  auto waiting = std::exchange(job->waiting, {});
  lock.unlock();
  changed_.notify_all();
  for (const auto& call : waiting) call();
  return made;
}

void KeyRing::Keep(std::string_view pool_id, const PoolKeys& keys) {
  json stored = {{"Keys", json::array()}};
  for (const auto& key : keys.keys) {
    stored["Keys"].push_back({{"Kid", key.kid()}, {"Der", Base64Encode(key.PrivateDer())}});
  }
  const std::lock_guard lock(mutex_);
  // A pool that was deleted meanwhile must not leave keys behind.
  if (pools_.contains(pool_id)) store_.room().PutJson(MakeKey({"keys", pool_id}), stored);
}

std::shared_ptr<const PoolKeys> KeyRing::Get(std::string_view pool_id) {
  const auto job = FindJob(pool_id);
  if (!job) return nullptr;
  {
    const std::lock_guard lock(mutex_);
    if (job->made) return job->made;
  }
  auto made = Make(job);
  Keep(pool_id, *made);
  return made;
}

std::shared_ptr<const PoolKeys> KeyRing::GetOrCall(std::string_view pool_id,
                                                   std::function<void()> later) {
  const auto job = FindJob(pool_id);
  if (!job) return nullptr;
  Start();
  {
    const std::lock_guard lock(mutex_);
    if (job->made) return job->made;
    job->waiting.push_back(std::move(later));
    queue_.emplace_front(pool_id);
  }
  changed_.notify_all();
  return nullptr;
}

void KeyRing::RemovePool(std::string_view pool_id) {
  const std::lock_guard lock(mutex_);
  if (const auto found = pools_.find(pool_id); found != pools_.end()) pools_.erase(found);
  store_.room().Delete(MakeKey({"keys", pool_id}));
}

void KeyRing::Run() {
  setpriority(PRIO_PROCESS, 0, kLowPriority);
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    if (!queue_.empty()) {
      const std::string pool_id = std::move(queue_.front());
      queue_.pop_front();
      const auto found = pools_.find(pool_id);
      if (found == pools_.end()) continue;
      const auto job = found->second;
      lock.unlock();
      try {
        Keep(pool_id, *Make(job));
      } catch (const std::exception& error) {
        Log(LogLevel::kError, "The keys of user pool {} cannot be kept: {}", pool_id, error.what());
      }
      lock.lock();
    } else if (!ids_.seeded() && !stock_) {
      const auto job = std::make_shared<Job>();
      stock_ = job;
      lock.unlock();
      job->seed = ids_.Bytes(kSeedBytes);
      Make(job);
      lock.lock();
    } else {
      changed_.wait(lock);
    }
  }
}

}  // namespace fractus::cognito
