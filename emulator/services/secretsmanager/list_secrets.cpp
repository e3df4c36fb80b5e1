#include <algorithm>

#include "emulator/core/http_message.h"
#include "emulator/service/tags.h"
#include "emulator/services/secretsmanager/secretsmanager.h"

namespace fractus::secretsmanager {
namespace {

constexpr long long kPageSize = 100;

bool StartsWith(const std::string& text, const std::string& prefix) {
  return text.starts_with(prefix);
}

// Names and descriptions match by prefix; "all" by any word, without case.
bool MatchesOne(const json& secret, const std::string& key, const std::string& value) {
  const auto name = secret.at("Name").get<std::string>();
  const auto description = secret.value("Description", "");
  if (key == "name") return StartsWith(name, value);
  if (key == "description") return StartsWith(ToLower(description), ToLower(value));
  const auto& tags = secret.at("tags");
  const auto any_tag = [&](const auto& matches) {
    for (const auto& [tag_key, tag_value] : tags.items()) {
      if (matches(tag_key, tag_value.template get<std::string>())) return true;
    }
    return false;
  };
  if (key == "tag-key")
    return any_tag([&](const std::string& k, const std::string&) { return StartsWith(k, value); });
  if (key == "tag-value")
    return any_tag([&](const std::string&, const std::string& v) { return StartsWith(v, value); });
  if (key == "all") {
    const auto wanted = ToLower(value);
    const auto has = [&](const std::string& text) {
      return ToLower(text).find(wanted) != std::string::npos;
    };
    return has(name) || has(description) ||
           any_tag([&](const std::string& k, const std::string& v) { return has(k) || has(v); });
  }
  // primary-region and owning-service: there are neither replicas nor secrets of services.
  return false;
}

// Every filter must match, by one of its values; a value that starts with '!' must not match.
bool Matches(const json& secret, const json& filters) {
  return std::all_of(filters.begin(), filters.end(), [&](const json& filter) {
    const auto key = filter.at("Key").get<std::string>();
    const auto& values = filter.at("Values");
    return std::any_of(values.begin(), values.end(), [&](const json& value) {
      const auto text = value.get<std::string>();
      if (text.starts_with('!')) return !MatchesOne(secret, key, text.substr(1));
      return MatchesOne(secret, key, text);
    });
  });
}

json Describe(const json& secret) {
  json entry = {{"ARN", secret.at("ARN")}, {"Name", secret.at("Name")}};
  for (const auto* member :
       {"CreatedDate", "Description", "KmsKeyId", "LastAccessedDate", "LastChangedDate"}) {
    if (secret.contains(member)) entry[member] = secret.at(member);
  }
  if (secret.contains("delete_at")) entry["DeletedDate"] = secret.at("delete_at");
  auto stages = StagesByVersion(secret);
  if (!stages.empty()) entry["SecretVersionsToStages"] = std::move(stages);
  auto tags = service::ListTags(secret.at("tags"));
  if (!tags.empty()) entry["Tags"] = std::move(tags);
  return entry;
}

}  // namespace

// By the date of creation, the newest first unless asked otherwise.
Result<json> SecretsManager::ListSecrets(const Request& request) {
  const auto after = storage::ReadToken(request.Text("NextToken"));
  if (!after) return ApiError{"InvalidNextTokenException", "Invalid NextToken."};
  const auto limit = static_cast<size_t>(request.Integer("MaxResults", kPageSize));
  auto secrets = All(request);
  const bool deleted_too = request.Flag("IncludePlannedDeletion", false);
  std::erase_if(secrets, [&](const json& secret) {
    return (secret.contains("delete_at") && !deleted_too) ||
           !Matches(secret, request.Array("Filters"));
  });
  std::stable_sort(secrets.begin(), secrets.end(), [](const json& a, const json& b) {
    return a.at("CreatedDate").get<double>() < b.at("CreatedDate").get<double>();
  });
  if (request.Text("SortOrder") != "asc") std::reverse(secrets.begin(), secrets.end());

  json output = {{"SecretList", json::array()}};
  auto next = secrets.begin();
  if (!after->empty()) {
    next = std::find_if(secrets.begin(), secrets.end(),
                        [&](const json& secret) { return secret.at("Name") == *after; });
    if (next != secrets.end()) ++next;
  }
  for (; next != secrets.end(); ++next) {
    if (output["SecretList"].size() == limit) {
      output["NextToken"] = storage::MakeToken(std::prev(next)->at("Name").get<std::string>());
      break;
    }
    output["SecretList"].push_back(Describe(*next));
  }
  return output;
}

}  // namespace fractus::secretsmanager
