#include "emulator/storage/collection.h"

#include <algorithm>

#include "emulator/core/encoding.h"

namespace fractus::storage {
namespace {

constexpr std::string_view kTokenMark = "after:";

// The first part of what MakeKey made.
std::string FirstPart(std::string_view key) {
  std::string part;
  for (size_t i = 0; i < key.size() && key[i] != '\0'; ++i) {
    if (key[i] == '\x01' && i + 1 < key.size()) {
      part += key[++i] == '\x01' ? '\0' : '\x01';
    } else {
      part += key[i];
    }
  }
  return part;
}

}  // namespace

std::string Collection::Key(const Scope& scope, std::string_view name) const {
  return MakeKey({kind_, scope.account, scope.region, name});
}

std::optional<json> Collection::Find(const Scope& scope, std::string_view name) const {
  return room_.GetJson(Key(scope, name));
}

bool Collection::Contains(const Scope& scope, std::string_view name) const {
  std::string ignored;
  return room_.Get(Key(scope, name), ignored);
}

void Collection::Put(const Scope& scope, std::string_view name, const json& document) const {
  room_.PutJson(Key(scope, name), document);
}

void Collection::Put(Batch& batch, const Scope& scope, std::string_view name,
                     const json& document) const {
  room_.PutJson(batch, Key(scope, name), document);
}

void Collection::Delete(const Scope& scope, std::string_view name) const {
  room_.Delete(Key(scope, name));
}

void Collection::Delete(Batch& batch, const Scope& scope, std::string_view name) const {
  room_.Delete(batch, Key(scope, name));
}

Page Collection::List(const Scope& scope, std::string_view prefix, std::string_view after,
                      size_t limit) const {
  Page page;
  // A part of a key ends with 0x00: without it, the key of a prefix is a prefix of the keys.
  std::string begin = Key(scope, prefix);
  begin.pop_back();
  const std::string first = after.empty() ? begin : Key(scope, after);
  const size_t name_at = MakeKey({kind_, scope.account, scope.region}).size();
  std::string last;
  Cursor cursor = room_.MakeCursor();
  for (cursor.Seek(std::max(begin, first)); cursor.Valid() && cursor.Key().starts_with(begin);
       cursor.Next()) {
    if (!after.empty() && cursor.Key() == first) continue;
    if (page.documents.size() == limit) {
      page.more = last;
      return page;
    }
    page.documents.push_back(json::from_cbor(cursor.Value()));
    last = FirstPart(cursor.Key().substr(name_at));
  }
  return page;
}

std::vector<json> Collection::All(const Scope& scope, std::string_view prefix) const {
  return List(scope, prefix, "", static_cast<size_t>(-1)).documents;
}

std::string MakeToken(std::string_view last_name) {
  return Base64UrlEncode(std::string(kTokenMark) + std::string(last_name));
}

std::optional<std::string> ReadToken(std::string_view token) {
  if (token.empty()) return "";
  auto text = Base64UrlDecode(token);
  if (!text || !text->starts_with(kTokenMark)) return std::nullopt;
  return text->substr(kTokenMark.size());
}

}  // namespace fractus::storage
