// A resource's tags, and how each service wants them changed.
#include "emulator/services/cloudformation/resources/resource_type.h"

namespace fractus::cloudformation {
namespace {

enum class TagForm { kMap, kList };

// The members of TagResource and UntagResource.
struct TagApi {
  std::string_view service, arn, tags, keys;
  TagForm form;
};

constexpr TagApi kTagApis[] = {
    {"apigateway", "resourceArn", "tags", "tagKeys", TagForm::kMap},
    {"dynamodb", "ResourceArn", "Tags", "TagKeys", TagForm::kList},
    {"lambda", "Resource", "Tags", "TagKeys", TagForm::kMap},
    {"logs", "resourceArn", "tags", "tagKeys", TagForm::kMap},
    {"sns", "ResourceArn", "Tags", "TagKeys", TagForm::kList},
};

const TagApi& TagApiOf(std::string_view service) {
  for (const auto& api : kTagApis) {
    if (api.service == service) return api;
  }
  throw std::logic_error("no tags are known for " + std::string(service));
}

}  // namespace

json TagMap(const Scene& scene, const json& tags) {
  json map = json::object();
  for (const json* source : {&scene.stack_tags, &tags}) {
    if (source->is_object()) {
      for (const auto& [key, value] : source->items()) {
        map[key] = value.is_string() ? value : json(value.dump());
      }
    } else if (source->is_array()) {
      for (const json& tag : *source) {
        const std::string key = TextProperty(tag, "Key");
        map[key] = TextProperty(tag, "Value");
      }
    }
  }
  return map;
}

json TagList(const Scene& scene, const json& tags) {
  json list = json::array();
  const json map = TagMap(scene, tags);
  for (const auto& [key, value] : map.items()) list.push_back({{"Key", key}, {"Value", value}});
  return list;
}

std::optional<ApiError> UpdateTags(Scene& scene, std::string_view service, const std::string& arn,
                                   const json& before, const json& after) {
  if (!Differs(before, after, "Tags")) return std::nullopt;
  const TagApi& api = TagApiOf(service);
  const std::string name(service);
  const json old_tags = TagMap(scene, Property(before, "Tags")),
             new_tags = TagMap(scene, Property(after, "Tags"));
  json gone = json::array();
  for (const auto& [key, value] : old_tags.items()) {
    if (!new_tags.contains(key)) gone.push_back(key);
  }
  if (!gone.empty()) {
    const auto done = scene.Call(name, "UntagResource",
                                 {{std::string(api.arn), arn}, {std::string(api.keys), gone}});
    if (!done) return done.error();
  }
  if (new_tags.empty()) return std::nullopt;
  const json tags = api.form == TagForm::kMap ? new_tags : TagList(scene, Property(after, "Tags"));
  const auto done =
      scene.Call(name, "TagResource", {{std::string(api.arn), arn}, {std::string(api.tags), tags}});
  if (!done) return done.error();
  return std::nullopt;
}

}  // namespace fractus::cloudformation
