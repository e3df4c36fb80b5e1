// Where user pools are kept: keys, indexes and the locks of read-modify-write.
//
// All keys live in the room "cognito" and are storage::MakeKey of:
//
//   pool <pool>                                          a Pool
//   account <account> <region> <pool>                    the pool's id; ListUserPools walks it
//   keys <pool>                                          its signing keys, or their seed
//   count <pool>                                         number of users, decimal
//   client <client>                                      a Client; ids are unique everywhere
//   pool-client <pool> <client>                          the client's id
//   domain <domain>                                      {"UserPoolId", ...}
//   pool-domain <pool>                                   {"Domain": ..., "CustomDomain": ...}
//   resource-server <pool> <identifier>                  the ResourceServerType structure
//   provider <pool> <name>                               the IdentityProviderType structure
//   ui <pool> <client or ALL>                            the UICustomizationType structure
//   user <pool> <folded username>                        a User
//   sub <pool> <sub>                                     folded username, where it is not the sub
//   alias <pool> <attribute> <folded value>              folded username of who signs in by it
//   attr <pool> <attribute> <lower value> <folded name>  folded username; ListUsers filters walk it
//   group <pool> <group>                                 the GroupType structure
//   member <pool> <group> <folded username>              folded username
//   membership <pool> <folded username> <group>          the group's name
//   device <pool> <username> <device key>                a device of that user
//   attempts <pool> <folded name> <kind>                 what somebody got wrong or asked for
//   session <pool> <username> <event id>                 a Session; gone when it was revoked
//   refresh <digest of the token>                        {"Pool", "Username", "EventId"}
//   challenge <digest of the session text>               what a RespondToAuthChallenge continues
//   challenge-expiry <time> <digest>                     the digest; old challenges are dropped
//   pepper                                               32 random bytes: who does not exist looks
//   like
//                                                        somebody, the same each time
#pragma once

#include <array>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <vector>

#include "cognito/records.h"
#include "emulator/storage/database.h"

namespace fractus::cognito {

struct Row {
  std::string key;
  std::string value;
};

struct Page {
  std::vector<Row> rows;
  // Continues after the last row; absent on the last page.
  std::optional<std::string> next;
};

// Thread-safe. Pools and clients are cached, so that a sign-in does not parse them again.
class Store {
 public:
  explicit Store(storage::Database& database);

  // Held while something of that pool is read, changed and written back.
  std::unique_lock<std::mutex> Lock(std::string_view pool_id);

  std::shared_ptr<const Pool> FindPool(std::string_view id);
  void Save(const Pool& pool);
  // With everything in it.
  void Remove(const Pool& pool);

  std::shared_ptr<const Client> FindClient(std::string_view id);
  void Save(const Client& client);
  void Remove(const Client& client);

  // By username, sub or an alias of the pool.
  std::optional<User> FindUser(const Pool& pool, std::string_view name) const;
  // By the key of an index entry.
  std::optional<User> ReadUser(const Pool& pool, std::string_view folded) const;
  // The user of a row of "user".
  std::optional<User> ReadRow(const Row& row) const;
  // The folded username of who may sign in by this attribute's value.
  std::optional<std::string> AliasOwner(const Pool& pool, std::string_view attribute,
                                        std::string_view value) const;
  // Writes the user and all index entries; `before` is what was read, nullptr for a new user.
  void Save(const Pool& pool, const User& user, const User* before);
  void Remove(const Pool& pool, const User& user);
  long long CountUsers(std::string_view pool_id) const;

  void Save(const Session& session);
  // Gives the session another refresh token; the old one is marked as rotated, unless it already
  // is.
  void Rotate(const Session& session, const std::string& old_digest, const std::string& new_digest,
              Time now);
  std::optional<Session> FindSession(std::string_view pool_id, std::string_view username,
                                     std::string_view event_id) const;
  void Remove(const Session& session);
  // Signs the user out everywhere.
  void RemoveSessions(std::string_view pool_id, std::string_view username);

  // At most `limit` rows with that prefix, after the row that `token` names. A token that is not
  // ours is nullopt.
  std::optional<Page> ReadPage(std::string_view prefix, std::string_view token, size_t limit) const;

  storage::Room& room() { return room_; }
  const storage::Room& room() const { return room_; }

 private:
  using Entries = std::map<std::string, std::string>;
  static Entries IndexEntries(const Pool& pool, const User& user);
  // Another user of the same verified address loses it as an alias: there it is unverified from now
  // on.
  void TakeAliases(const Pool& pool, const User& user, storage::Batch& batch);
  void AddCount(storage::Batch& batch, std::string_view pool_id, long long change) const;

  storage::Room room_;
  std::array<std::mutex, 64> locks_;
  std::shared_mutex cache_mutex_;
  std::map<std::string, std::shared_ptr<const Pool>, std::less<>> pools_;
  std::map<std::string, std::shared_ptr<const Client>, std::less<>> clients_;
};

}  // namespace fractus::cognito
