#include "cognito/store.h"

#include <functional>

#include "emulator/core/encoding.h"
#include "emulator/core/http_message.h"

namespace fractus::cognito {
namespace {

using storage::MakeKey;

// In a client's record, beside its description.
constexpr char kSecrets[] = "Secrets";
// The attributes that a filter of ListUsers may name and that are worth an index.
constexpr const char* kIndexed[] = {"email",      "phone_number", "name",
                                    "given_name", "family_name",  "preferred_username"};
constexpr const char* kAliases[] = {"email", "phone_number", "preferred_username"};

// In AliasAttributes pools only proven addresses stand for the user; a preferred_username once
// confirmed.
bool OwnsAlias(const Pool& pool, const User& user, const std::string& attribute) {
  if (pool.SignsInBy(attribute)) return true;
  if (!pool.HasAlias(attribute)) return false;
  if (attribute == "preferred_username") return user.status != kUnconfirmed;
  return user.IsTrue(attribute + "_verified");
}

}  // namespace

Store::Store(storage::Database& database) : room_(database.OpenRoom("cognito")) {}

std::unique_lock<std::mutex> Store::Lock(std::string_view pool_id) {
  return std::unique_lock(locks_[std::hash<std::string_view>{}(pool_id) % locks_.size()]);
}

std::shared_ptr<const Pool> Store::FindPool(std::string_view id) {
  {
    const std::shared_lock lock(cache_mutex_);
    if (const auto found = pools_.find(id); found != pools_.end()) return found->second;
  }
  // Read under the lock, so that a reader never puts back what a writer has just replaced.
  const std::unique_lock lock(cache_mutex_);
  const auto stored = room_.GetJson(MakeKey({"pool", id}));
  if (!stored) return nullptr;
  auto pool = std::make_shared<Pool>();
  pool->id = id;
  pool->account = stored->at("Account").get<std::string>();
  pool->region = stored->at("Region").get<std::string>();
  pool->description = stored->at("Description");
  pool->mfa = stored->at("Mfa");
  pools_[pool->id] = pool;
  return pool;
}

void Store::Save(const Pool& pool) {
  storage::Batch batch;
  room_.PutJson(batch, MakeKey({"pool", pool.id}),
                {{"Account", pool.account},
                 {"Region", pool.region},
                 {"Description", pool.description},
                 {"Mfa", pool.mfa}});
  room_.Put(batch, MakeKey({"account", pool.account, pool.region, pool.id}), pool.id);
  const std::unique_lock lock(cache_mutex_);
  room_.Write(std::move(batch));
  pools_.erase(pool.id);
}

void Store::Remove(const Pool& pool) {
  storage::Batch batch;
  std::vector<std::string> clients;
  room_.Scan(MakeKey({"pool-client", pool.id}), [&](std::string_view, std::string_view id) {
    clients.emplace_back(id);
    room_.Delete(batch, MakeKey({"client", id}));
    return true;
  });
  room_.Scan(MakeKey({"session", pool.id}), [&](std::string_view key, std::string_view) {
    const auto session = room_.GetJson(key);
    if (!session) return true;
    room_.Delete(batch, MakeKey({"refresh", session->at("RefreshDigest").get<std::string>()}));
    return true;
  });
  for (const char* kind :
       {"pool-client", "user", "sub", "alias", "attr", "group", "member", "membership", "session",
        "attempts", "device", "resource-server", "provider", "ui"}) {
    const std::string begin = MakeKey({kind, pool.id});
    room_.DeleteRange(batch, begin, storage::PrefixEnd(begin));
  }
  for (const char* kind : {"pool", "keys", "count"}) room_.Delete(batch, MakeKey({kind, pool.id}));
  room_.Delete(batch, MakeKey({"account", pool.account, pool.region, pool.id}));
  const std::unique_lock lock(cache_mutex_);
  room_.Write(std::move(batch));
  pools_.erase(pool.id);
  for (const auto& id : clients) clients_.erase(id);
}

std::shared_ptr<const Client> Store::FindClient(std::string_view id) {
  {
    const std::shared_lock lock(cache_mutex_);
    if (const auto found = clients_.find(id); found != clients_.end()) return found->second;
  }
  const std::unique_lock lock(cache_mutex_);
  const auto stored = room_.GetJson(MakeKey({"client", id}));
  if (!stored) return nullptr;
  auto client = std::make_shared<Client>();
  client->id = id;
  client->pool_id = stored->at("UserPoolId").get<std::string>();
  client->description = *stored;
  if (const auto kept = stored->find(kSecrets); kept != stored->end()) {
    client->kept_secrets = *kept;
    client->description.erase(kSecrets);
  }
  clients_[client->id] = client;
  return client;
}

void Store::Save(const Client& client) {
  storage::Batch batch;
  json stored = client.description;
  if (!client.kept_secrets.empty()) stored[kSecrets] = client.kept_secrets;
  room_.PutJson(batch, MakeKey({"client", client.id}), stored);
  room_.Put(batch, MakeKey({"pool-client", client.pool_id, client.id}), client.id);
  const std::unique_lock lock(cache_mutex_);
  room_.Write(std::move(batch));
  clients_.erase(client.id);
}

void Store::Remove(const Client& client) {
  storage::Batch batch;
  room_.Delete(batch, MakeKey({"client", client.id}));
  room_.Delete(batch, MakeKey({"pool-client", client.pool_id, client.id}));
  const std::unique_lock lock(cache_mutex_);
  room_.Write(std::move(batch));
  clients_.erase(client.id);
}

std::optional<User> Store::ReadUser(const Pool& pool, std::string_view folded) const {
  const auto stored = room_.GetJson(MakeKey({"user", pool.id, folded}));
  if (!stored) return std::nullopt;
  return User::FromJson(*stored);
}

std::optional<User> Store::ReadRow(const Row& row) const {
  const auto stored = room_.GetJson(row.key);
  if (!stored) return std::nullopt;
  return User::FromJson(*stored);
}

std::optional<User> Store::FindUser(const Pool& pool, std::string_view name) const {
  const std::string folded = pool.Fold(name);
  if (auto user = ReadUser(pool, folded)) return user;
  if (const auto owner = room_.Get(MakeKey({"sub", pool.id, name}))) return ReadUser(pool, *owner);
  for (const char* attribute : kAliases) {
    if (const auto owner = AliasOwner(pool, attribute, name)) return ReadUser(pool, *owner);
  }
  return std::nullopt;
}

std::optional<std::string> Store::AliasOwner(const Pool& pool, std::string_view attribute,
                                             std::string_view value) const {
  if (!pool.SignsInBy(attribute) && !pool.HasAlias(attribute)) return std::nullopt;
  return room_.Get(MakeKey({"alias", pool.id, attribute, pool.Fold(value)}));
}

Store::Entries Store::IndexEntries(const Pool& pool, const User& user) {
  Entries entries;
  const std::string folded = pool.Fold(user.username);
  if (folded != user.sub) entries[MakeKey({"sub", pool.id, user.sub})] = folded;
  for (const char* attribute : kAliases) {
    const std::string* value = user.Find(attribute);
    if (value && OwnsAlias(pool, user, attribute)) {
      entries[MakeKey({"alias", pool.id, attribute, pool.Fold(*value)})] = folded;
    }
  }
  for (const char* attribute : kIndexed) {
    if (const std::string* value = user.Find(attribute)) {
      entries[MakeKey({"attr", pool.id, attribute, ToLower(*value), folded})] = folded;
    }
  }
  return entries;
}

void Store::TakeAliases(const Pool& pool, const User& user, storage::Batch& batch) {
  for (const char* attribute : {"email", "phone_number"}) {
    const std::string* address = user.Find(attribute);
    if (!address || !pool.HasAlias(attribute) || !OwnsAlias(pool, user, attribute)) continue;
    const auto owner = AliasOwner(pool, attribute, *address);
    if (!owner || *owner == pool.Fold(user.username)) continue;
    auto loser = ReadUser(pool, *owner);
    if (!loser) continue;
    loser->Set(std::string(attribute) + "_verified", "false");
    room_.PutJson(batch, MakeKey({"user", pool.id, *owner}), loser->ToJson());
  }
}

void Store::Save(const Pool& pool, const User& user, const User* before) {
  storage::Batch batch;
  const Entries after = IndexEntries(pool, user);
  if (before) {
    for (const auto& [key, owner] : IndexEntries(pool, *before)) {
      // An alias may have been taken over by another user (ForceAliasCreation): only its owner lets
      // it go.
      if (!after.contains(key) && room_.Get(key) == owner) room_.Delete(batch, key);
    }
  } else {
    AddCount(batch, pool.id, 1);
  }
  TakeAliases(pool, user, batch);
  for (const auto& [key, owner] : after) room_.Put(batch, key, owner);
  room_.PutJson(batch, MakeKey({"user", pool.id, pool.Fold(user.username)}), user.ToJson());
  room_.Write(std::move(batch));
}

void Store::Remove(const Pool& pool, const User& user) {
  RemoveSessions(pool.id, user.username);
  storage::Batch batch;
  const std::string folded = pool.Fold(user.username);
  for (const auto& [key, owner] : IndexEntries(pool, user)) {
    if (room_.Get(key) == owner) room_.Delete(batch, key);
  }
  const std::string memberships = MakeKey({"membership", pool.id, folded});
  room_.Scan(memberships, [&](std::string_view key, std::string_view group) {
    room_.Delete(batch, key);
    room_.Delete(batch, MakeKey({"member", pool.id, group, folded}));
    return true;
  });
  const std::string devices = MakeKey({"device", pool.id, user.username});
  room_.DeleteRange(batch, devices, storage::PrefixEnd(devices));
  room_.Delete(batch, MakeKey({"user", pool.id, folded}));
  AddCount(batch, pool.id, -1);
  room_.Write(std::move(batch));
}

long long Store::CountUsers(std::string_view pool_id) const {
  const auto count = room_.Get(MakeKey({"count", pool_id}));
  return count ? std::stoll(*count) : 0;
}

void Store::AddCount(storage::Batch& batch, std::string_view pool_id, long long change) const {
  room_.Put(batch, MakeKey({"count", pool_id}), std::to_string(CountUsers(pool_id) + change));
}

void Store::Save(const Session& session) {
  storage::Batch batch;
  room_.PutJson(batch, MakeKey({"session", session.pool_id, session.username, session.event_id}),
                session.ToJson());
  room_.PutJson(
      batch, MakeKey({"refresh", session.refresh_digest}),
      {{"Pool", session.pool_id}, {"Username", session.username}, {"EventId", session.event_id}});
  room_.Write(std::move(batch));
}

void Store::Rotate(const Session& session, const std::string& old_digest,
                   const std::string& new_digest, Time now) {
  json entry = {
      {"Pool", session.pool_id}, {"Username", session.username}, {"EventId", session.event_id}};
  storage::Batch batch;
  room_.PutJson(batch, MakeKey({"refresh", new_digest}), entry);
  const auto old = room_.GetJson(MakeKey({"refresh", old_digest}));
  if (old && !old->contains("Rotated")) {
    entry["Rotated"] = now.time_since_epoch().count();
    room_.PutJson(batch, MakeKey({"refresh", old_digest}), entry);
  }
  room_.Write(std::move(batch));
}

std::optional<Session> Store::FindSession(std::string_view pool_id, std::string_view username,
                                          std::string_view event_id) const {
  const auto stored = room_.GetJson(MakeKey({"session", pool_id, username, event_id}));
  if (!stored) return std::nullopt;
  return Session::FromJson(*stored);
}

void Store::Remove(const Session& session) {
  room_.Delete(MakeKey({"session", session.pool_id, session.username, session.event_id}));
}

void Store::RemoveSessions(std::string_view pool_id, std::string_view username) {
  const std::string begin = MakeKey({"session", pool_id, username});
  storage::Batch batch;
  room_.DeleteRange(batch, begin, storage::PrefixEnd(begin));
  room_.Write(std::move(batch));
}

std::optional<Page> Store::ReadPage(std::string_view prefix, std::string_view token,
                                    size_t limit) const {
  std::string after;
  if (!token.empty()) {
    const auto decoded = Base64UrlDecode(token);
    // Every key ends so: what does not is no token of ours.
    if (!decoded || !decoded->ends_with('\0')) return std::nullopt;
    after = std::string(prefix) + *decoded;
  }
  Page page;
  storage::Cursor cursor = room_.MakeCursor();
  cursor.Seek(after.empty() ? prefix : std::string_view(after));
  for (; cursor.Valid() && cursor.Key().starts_with(prefix); cursor.Next()) {
    if (cursor.Key() == after) continue;
    if (page.rows.size() == limit) {
      page.next = Base64UrlEncode(std::string_view(page.rows.back().key).substr(prefix.size()));
      break;
    }
    page.rows.push_back({std::string(cursor.Key()), std::string(cursor.Value())});
  }
  return page;
}

}  // namespace fractus::cognito
