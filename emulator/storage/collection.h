// Documents of one kind, kept by account and region: what most supporting services store.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/core/request.h"
#include "emulator/storage/database.h"

namespace fractus::storage {

// Whose documents. A global service (IAM) leaves the region empty.
struct Scope {
  std::string account;
  std::string region;

  static Scope Of(const RequestContext& context) { return {context.account, context.region}; }
  static Scope GlobalOf(const RequestContext& context) { return {context.account, ""}; }
};

struct Page {
  std::vector<json> documents;
  // The name of the last document when there are more; else nothing.
  std::optional<std::string> more;
};

// Keys: kind, account, region, name, each as a part of MakeKey. Cheap to copy, thread-safe; a
// read-modify-write needs the caller's lock.
class Collection {
 public:
  Collection(Room room, std::string kind) : room_(room), kind_(std::move(kind)) {}

  std::optional<json> Find(const Scope& scope, std::string_view name) const;
  bool Contains(const Scope& scope, std::string_view name) const;
  void Put(const Scope& scope, std::string_view name, const json& document) const;
  void Put(Batch& batch, const Scope& scope, std::string_view name, const json& document) const;
  void Delete(const Scope& scope, std::string_view name) const;
  void Delete(Batch& batch, const Scope& scope, std::string_view name) const;

  // Those whose name starts with `prefix` and comes after `after`, in byte order of their names, at
  // most `limit`.
  Page List(const Scope& scope, std::string_view prefix, std::string_view after,
            size_t limit) const;
  std::vector<json> All(const Scope& scope, std::string_view prefix = "") const;

 private:
  std::string Key(const Scope& scope, std::string_view name) const;

  Room room_;
  std::string kind_;
};

// A NextToken that says where a listing goes on; opaque for clients.
std::string MakeToken(std::string_view last_name);
// Nothing for a token that MakeToken did not make. The empty text stands for the beginning.
std::optional<std::string> ReadToken(std::string_view token);

}  // namespace fractus::storage
