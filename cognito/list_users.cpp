#include <algorithm>
#include <optional>

#include "cognito/errors.h"
#include "cognito/operations.h"
#include "emulator/core/http_message.h"

namespace fractus::cognito {
namespace {

using storage::MakeKey;

enum class Match { kEqual, kPrefix };

struct Filter {
  std::string attribute;
  Match match = Match::kEqual;
  std::string value;
};

void SkipBlanks(std::string_view& text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
}

// attribute = "value" or attribute ^= "value"; '\' escapes a quotation mark.
std::optional<Filter> ParseFilter(std::string_view text) {
  Filter filter;
  SkipBlanks(text);
  const bool quoted_name = !text.empty() && text.front() == '"';
  if (quoted_name) text.remove_prefix(1);
  const size_t end = text.find_first_of(quoted_name ? "\"" : " \t=^");
  if (end == std::string_view::npos || end == 0) return std::nullopt;
  filter.attribute = text.substr(0, end);
  text.remove_prefix(quoted_name ? end + 1 : end);
  SkipBlanks(text);
  if (text.starts_with("^=")) {
    filter.match = Match::kPrefix;
    text.remove_prefix(2);
  } else if (text.starts_with("=")) {
    text.remove_prefix(1);
  } else {
    return std::nullopt;
  }
  SkipBlanks(text);
  if (text.size() < 2 || text.front() != '"') return std::nullopt;
  text.remove_prefix(1);
  while (!text.empty() && text.front() != '"') {
    if (text.front() == '\\' && text.size() > 1) text.remove_prefix(1);
    filter.value.push_back(text.front());
    text.remove_prefix(1);
  }
  if (text.empty()) return std::nullopt;
  text.remove_prefix(1);
  SkipBlanks(text);
  if (!text.empty()) return std::nullopt;
  return filter;
}

constexpr const char* kIndexed[] = {"email",      "phone_number", "name",
                                    "given_name", "family_name",  "preferred_username"};

bool IsIndexed(const std::string& attribute) {
  return std::find(std::begin(kIndexed), std::end(kIndexed), attribute) != std::end(kIndexed);
}

bool Matches(const Filter& filter, std::string_view value) {
  return filter.match == Match::kEqual ? value == filter.value : value.starts_with(filter.value);
}

// For the attributes without an index: username, sub, the status and whether the user is enabled.
bool Matches(const Filter& filter, const User& user) {
  if (filter.attribute == "username") return Matches(filter, user.username);
  if (filter.attribute == "sub") return Matches(filter, user.sub);
  if (filter.attribute == "status") return Matches(filter, user.enabled ? "Enabled" : "Disabled");
  Filter folded = filter;
  folded.value = ToLower(filter.value);
  return Matches(folded, ToLower(user.status));
}

// The rows to walk for an indexed attribute. Observed: values compare without case (the guide says
// so of some attributes and nothing of others).
std::string IndexPrefix(const Pool& pool, const Filter& filter) {
  std::string prefix = MakeKey({"attr", pool.id, filter.attribute, ToLower(filter.value)});
  // Without the byte that ends the part, it stands for all values that start so.
  if (filter.match == Match::kPrefix) prefix.pop_back();
  return prefix;
}

json Project(const User& user, const json& names) {
  json described = user.Describe();
  if (names.empty()) return described;
  json kept = json::array();
  for (json& entry : described["Attributes"]) {
    if (std::find(names.begin(), names.end(), entry.at("Name")) != names.end()) {
      kept.push_back(std::move(entry));
    }
  }
  described["Attributes"] = std::move(kept);
  return described;
}

}  // namespace

// Source:
// https://docs.aws.amazon.com/cognito/latest/developerguide/how-to-manage-user-accounts.html
// (searching)
Result<json> ListUsers(Parts& parts, const Request& request) {
  const auto found = RequirePool(parts, request);
  if (!found) return found.error();
  const Pool& pool = **found;
  std::optional<Filter> filter;
  if (!request.Text("Filter").empty()) {
    filter = ParseFilter(request.Text("Filter"));
    if (!filter) return InvalidParameter("Error while parsing filter");
    const bool known = IsIndexed(filter->attribute) || filter->attribute == "username" ||
                       filter->attribute == "sub" || filter->attribute == "status" ||
                       filter->attribute == "cognito:user_status";
    if (!known) return InvalidParameter("Invalid search attribute: " + filter->attribute);
  }
  const json& names = request.Array("AttributesToGet");
  const size_t limit = PageSize(request, "Limit");
  json output = {{"Users", json::array()}};
  json& users = output["Users"];

  const bool exact = filter && filter->match == Match::kEqual;
  if (exact && (filter->attribute == "username" || filter->attribute == "sub")) {
    const auto user = parts.store.FindUser(pool, filter->value);
    if (user && Matches(*filter, *user)) users.push_back(Project(*user, names));
    return output;
  }

  const bool indexed = filter && IsIndexed(filter->attribute);
  const std::string prefix = indexed ? IndexPrefix(pool, *filter) : MakeKey({"user", pool.id});
  std::string token = request.Text("PaginationToken");
  // Without an index a page of rows may hold few matches: read on until the answer is full.
  while (true) {
    const auto page = parts.store.ReadPage(prefix, token, limit - users.size());
    if (!page) return BadPageToken();
    for (const auto& row : page->rows) {
      // A row of the index holds the folded username; a row of users is the user.
      const auto user = indexed ? parts.store.ReadUser(pool, row.value) : parts.store.ReadRow(row);
      if (!user || (filter && !indexed && !Matches(*filter, *user))) continue;
      users.push_back(Project(*user, names));
    }
    if (!page->next) return output;
    token = *page->next;
    if (users.size() >= limit) break;
  }
  output["PaginationToken"] = token;
  return output;
}

}  // namespace fractus::cognito
