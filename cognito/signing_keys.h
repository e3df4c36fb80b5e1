// The RSA keys that sign a pool's tokens, and the ring that makes them ahead of their use.
#pragma once

#include <openssl/types.h>

#include <array>
#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "cognito/store.h"
#include "emulator/core/id_source.h"

namespace fractus::cognito {

// An RSA key of 2048 bits. Cheap to copy, thread-safe.
class SigningKey {
 public:
  // The same seed gives the same key. Takes some 100 ms.
  static SigningKey FromSeed(std::string_view seed);
  // The private key of PrivateDer; nothing for damaged bytes.
  static std::optional<SigningKey> FromPrivateDer(std::string_view der, std::string kid);
  // A key of a JWKS, which can only verify; nothing when it is not an RSA key.
  static std::optional<SigningKey> FromJwk(const json& jwk);

  const std::string& kid() const { return kid_; }
  std::string PrivateDer() const;
  // {"alg", "e", "kid", "kty", "n", "use"}
  json Jwk() const;
  // RS256.
  std::string Sign(std::string_view bytes) const;
  bool Verify(std::string_view bytes, std::string_view signature) const;

 private:
  SigningKey(std::shared_ptr<EVP_PKEY> key, std::string kid)
      : key_(std::move(key)), kid_(std::move(kid)) {}

  std::shared_ptr<EVP_PKEY> key_;
  std::string kid_;
};

// As on AWS, a pool has two keys: the first signs id tokens, the second access tokens.
struct PoolKeys {
  std::array<SigningKey, 2> keys;

  const SigningKey& for_id_tokens() const { return keys[0]; }
  const SigningKey& for_access_tokens() const { return keys[1]; }
  json Jwks() const;
};

// A pool gets only a seed when it is created; its keys are computed from it by a background thread
// of low priority, or by the first request that needs them sooner. So with `--seed` keys are
// reproducible, and other ids are drawn in the same order whenever the thread gets to run. Without
// a seed one pool's keys are kept in stock.
class KeyRing {
 public:
  KeyRing(Store& store, IdSource& ids);
  ~KeyRing();
  KeyRing(const KeyRing&) = delete;
  KeyRing& operator=(const KeyRing&) = delete;

  // Starts the thread (once): nothing is made before the first request to this service.
  void Start();
  // Gives a new pool its seed; takes no time.
  void AddPool(std::string_view pool_id);
  // Waits for the keys when they are not there yet; nullptr for a pool that has none.
  std::shared_ptr<const PoolKeys> Get(std::string_view pool_id);
  // Never waits: nullptr also when they are still to be made; then `later` runs once, on the thread
  // of the ring.
  std::shared_ptr<const PoolKeys> GetOrCall(std::string_view pool_id, std::function<void()> later);
  void RemovePool(std::string_view pool_id);

 private:
  using Made = std::shared_ptr<const PoolKeys>;
  struct Job {
    std::string seed;
    bool running = false;
    Made made;
    std::vector<std::function<void()>> waiting;
  };

  void Run();
  // Makes the job's keys unless somebody else does; returns when they are there.
  Made Make(const std::shared_ptr<Job>& job);
  // The pool's job, with stored keys loaded into it; nullptr when there is no such pool.
  std::shared_ptr<Job> FindJob(std::string_view pool_id);
  void Keep(std::string_view pool_id, const PoolKeys& keys);

  Store& store_;
  IdSource& ids_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, std::shared_ptr<Job>, std::less<>> pools_;
  // Pool ids whose keys are to be made.
  std::deque<std::string> queue_;
  // Made ahead for the next pool.
  std::shared_ptr<Job> stock_;
  bool started_ = false;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace fractus::cognito
