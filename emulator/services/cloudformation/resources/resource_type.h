// How a type of resource is made, changed and deleted through the operations of its service.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/core/api_error.h"
#include "emulator/core/id_source.h"
#include "emulator/core/request.h"
#include "emulator/model/catalog.h"
#include "emulator/ports/api_caller.h"

namespace fractus::cloudformation {

// A resource as the template's functions see it.
struct Made {
  // What Ref gives.
  std::string physical_id;
  // What Fn::GetAtt gives.
  json attributes = json::object();
};

// What a provider works with while it handles one resource.
class Scene {
 public:
  Scene(ports::ApiCaller& api, model::Catalog& catalog, IdSource& ids, RequestContext caller,
        std::string stack, std::string resource)
      : context(std::move(caller)),
        stack_name(std::move(stack)),
        logical_id(std::move(resource)),
        api_(api),
        catalog_(catalog),
        ids_(ids) {}

  // Calls an operation. `input` may be in CloudFormation's spelling: members are found without
  // regard to the case of their first letter, and scalars take the type that the operation's model
  // asks for ("128" becomes 128). What the model does not know is left out; below the first level
  // it is noted as ignored.
  Result<json> Call(std::string_view service, std::string_view operation, const json& input);

  // "Stack-Logical-1A2B3C4D5E6F", cut in the middle to fit.
  std::string GeneratedName(size_t max_length);

  // A property that had no effect.
  void Ignore(std::string property) { ignored.push_back(std::move(property)); }

  IdSource& ids() { return ids_; }

  const RequestContext context;
  const std::string stack_name;
  const std::string logical_id;
  // The stack's tags, [{Key, Value}], for types that have tags.
  json stack_tags = json::array();
  std::vector<std::string> ignored;

 private:
  json Shaped(const model::Shape& shape, const json& value, const std::string& path);

  ports::ApiCaller& api_;
  model::Catalog& catalog_;
  IdSource& ids_;
};

struct ResourceType {
  std::string_view name;
  // Properties that are acted on; others are named in a warning.
  std::vector<std::string_view> properties;
  // A change of one of these makes a new resource.
  std::vector<std::string_view> create_only;
  // The property that names the resource, so that it cannot be replaced under the same name; may be
  // empty.
  std::string_view name_property;
  std::vector<std::string_view> required;

  std::function<Result<Made>(Scene&, const json& properties)> create;
  // Empty: every change is a replacement.
  std::function<Result<Made>(Scene&, const std::string& physical_id, const json& before,
                             const json& after)>
      update;
  // The resource may be gone already: that is no error.
  std::function<std::optional<ApiError>(Scene&, const std::string& physical_id,
                                        const json& properties)>
      remove;
};

// Null for a type that is not emulated.
const ResourceType* FindResourceType(std::string_view name);

// The groups the table is made of, one for each service.
std::vector<ResourceType> DynamoDbTypes();
std::vector<ResourceType> LambdaTypes();
std::vector<ResourceType> IamTypes();
std::vector<ResourceType> RestApiTypes();
std::vector<ResourceType> RestApiPartTypes();
std::vector<ResourceType> CognitoTypes();
std::vector<ResourceType> ObservabilityTypes();
std::vector<ResourceType> SupportTypes();

// For providers.

// The member, or null when it is absent.
const json& Property(const json& properties, std::string_view name);
std::string TextProperty(const json& properties, std::string_view name);
// The named members that are present.
json Pick(const json& properties, const std::vector<std::string_view>& names);
// Members of `after` that differ from `before`; those only in `before` are not among them.
bool Differs(const json& before, const json& after, std::string_view name);
// Tags of a resource and of its stack: as a list [{Key, Value}] or as a map.
json TagList(const Scene& scene, const json& tags);
json TagMap(const Scene& scene, const json& tags);
// Makes the tags of `arn` those of `after`, when "Tags" differs.
std::optional<ApiError> UpdateTags(Scene& scene, std::string_view service, const std::string& arn,
                                   const json& before, const json& after);
// A resource that is gone was deleted.
std::optional<ApiError> UnlessGone(const Result<json>& result);

}  // namespace fractus::cloudformation
