#include "dynamo/table_definition.h"

#include <algorithm>
#include <set>

#include "dynamo/errors.h"
#include "dynamo/fields.h"
#include "emulator/core/encoding.h"

namespace fractus::dynamo {
namespace {

// Source: DynamoDB's quotas page.
constexpr size_t kMostLocalIndexes = 5;
constexpr size_t kMostGlobalIndexes = 20;
constexpr size_t kMostIncludedAttributes = 100;

std::optional<std::string> TextOf(const json& object, const char* member) {
  if (!object.contains(member) || !object.at(member).is_string()) return std::nullopt;
  return object.at(member).get<std::string>();
}

std::vector<std::string> KeyNames(const json& schema) {
  std::vector<std::string> names;
  for (const auto& element : schema)
    names.push_back(element.at("AttributeName").get<std::string>());
  return names;
}

std::string Bracketed(const std::vector<std::string>& names) {
  return "[" + Join(names, ", ") + "]";
}

std::optional<ApiError> CheckKeySchema(const json& schema) {
  if (schema.at(0).at("KeyType") != "HASH") {
    return InvalidParameter("Invalid KeySchema: The first KeySchemaElement is not a HASH key type");
  }
  if (schema.size() < 2) return std::nullopt;
  if (schema.at(1).at("KeyType") != "RANGE") {
    return InvalidParameter(
        "Invalid KeySchema: The second KeySchemaElement is not a RANGE key type");
  }
  if (schema.at(0).at("AttributeName") == schema.at(1).at("AttributeName")) {
    return Invalid(
        "Both the Hash Key and the Range Key element in the KeySchema have the same name");
  }
  return std::nullopt;
}

// Up to four attributes of each kind, those of the partition first.
// Source:
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.DesignPattern.MultiAttributeKeys.html
// Observed: the texts are known without what stands around them.
std::optional<ApiError> CheckGlobalKeySchema(const json& schema) {
  constexpr std::ptrdiff_t kMostOfAKind = 4;
  const auto invalid = [](const std::string& reason) {
    return InvalidParameter("Invalid KeySchema: " + reason);
  };
  const auto is = [](const char* kind) {
    return [kind](const json& element) { return element.at("KeyType") == kind; };
  };
  if (!is("HASH")(schema.at(0)))
    return invalid("The first KeySchemaElement is not a HASH key type");
  if (!std::is_partitioned(schema.begin(), schema.end(), is("HASH")))
    return invalid("All HASH key attributes must precede RANGE key attributes in the KeySchema");
  for (const char* kind : {"HASH", "RANGE"}) {
    if (std::count_if(schema.begin(), schema.end(), is(kind)) <= kMostOfAKind) continue;
    return invalid("The KeySchema exceeds the maximum allowed number of " + std::string(kind) +
                   " key attributes");
  }
  std::set<std::string> names;
  for (const auto& name : KeyNames(schema)) {
    if (names.insert(name).second) continue;
    if (schema.size() == 2) {
      return Invalid(
          "Both the Hash Key and the Range Key element in the KeySchema have the same name");
    }
    return invalid("The KeySchema contains the attribute " + name + " more than once");
  }
  return std::nullopt;
}

}  // namespace

std::optional<ApiError> CheckDefined(const json& schema, const json& attributes) {
  std::vector<std::string> defined;
  for (const auto& attribute : attributes)
    defined.push_back(attribute.at("AttributeName").get<std::string>());
  for (const auto& name : KeyNames(schema)) {
    if (std::find(defined.begin(), defined.end(), name) == defined.end()) {
      return InvalidParameter(
          "Some index key attributes are not defined in AttributeDefinitions. Keys: " +
          Bracketed(KeyNames(schema)) + ", AttributeDefinitions: " + Bracketed(defined));
    }
  }
  return std::nullopt;
}

namespace {

std::optional<ApiError> CheckProjection(const json& index) {
  const json projection = index.value("Projection", json::object());
  const auto type = TextOf(projection, "ProjectionType");
  if (!type) return InvalidParameter("Unknown ProjectionType: null");
  const bool has_attributes = projection.contains("NonKeyAttributes");
  if (*type == "INCLUDE") {
    if (!has_attributes)
      return InvalidParameter("ProjectionType is INCLUDE, but NonKeyAttributes is not specified");
  } else if (has_attributes) {
    return InvalidParameter("ProjectionType is " + *type + ", but NonKeyAttributes is specified");
  }
  return std::nullopt;
}

std::optional<ApiError> CheckLocalIndex(const json& index, const json& table_keys) {
  const auto name = index.at("IndexName").get<std::string>();
  const json& keys = index.at("KeySchema");
  if (keys.size() < 2)
    return InvalidParameter("Index KeySchema does not have a range key for index: " + name);
  if (keys.at(0).at("AttributeName") != table_keys.at(0).at("AttributeName")) {
    return InvalidParameter(
        "Index KeySchema does not have the same leading hash key as table KeySchema for index: " +
        name + ". index hash key: " + keys.at(0).at("AttributeName").get<std::string>() +
        ", table hash key: " + table_keys.at(0).at("AttributeName").get<std::string>());
  }
  return std::nullopt;
}

std::optional<ApiError> CheckThroughput(const json& input) {
  const bool has_throughput = input.contains("ProvisionedThroughput");
  if (input.value("BillingMode", "PROVISIONED") == "PAY_PER_REQUEST") {
    if (has_throughput) {
      return InvalidParameter(
          "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is "
          "PAY_PER_REQUEST");
    }
    return std::nullopt;
  }
  if (!has_throughput) {
    return InvalidParameter(
        "ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is "
        "PROVISIONED");
  }
  for (const auto& index : input.value("GlobalSecondaryIndexes", json::array())) {
    if (index.contains("ProvisionedThroughput")) continue;
    return InvalidParameter("ProvisionedThroughput is not specified for index: " +
                            index.at("IndexName").get<std::string>());
  }
  return std::nullopt;
}

std::optional<ApiError> CheckIndexes(const json& input) {
  const json local = input.value("LocalSecondaryIndexes", json::array());
  const json global = input.value("GlobalSecondaryIndexes", json::array());
  if (input.contains("LocalSecondaryIndexes")) {
    if (local.empty()) return InvalidParameter("List of LocalSecondaryIndexes is empty");
    if (input.at("KeySchema").size() < 2) {
      return InvalidParameter(
          "Table KeySchema does not have a range key, which is required when specifying a "
          "LocalSecondaryIndex");
    }
  }
  if (input.contains("GlobalSecondaryIndexes") && global.empty()) {
    return InvalidParameter("List of GlobalSecondaryIndexes is empty");
  }
  std::set<std::string> names;
  size_t included = 0;
  for (const json* list : {&local, &global}) {
    for (const auto& index : *list) {
      const json& keys = index.at("KeySchema");
      if (auto error = list == &local ? CheckKeySchema(keys) : CheckGlobalKeySchema(keys))
        return error;
      if (auto error = CheckDefined(index.at("KeySchema"), input.at("AttributeDefinitions")))
        return error;
      if (list == &local) {
        if (auto error = CheckLocalIndex(index, input.at("KeySchema"))) return error;
      }
      if (auto error = CheckProjection(index)) return error;
      const auto name = index.at("IndexName").get<std::string>();
      if (!names.insert(name).second) return InvalidParameter("Duplicate index name: " + name);
      included += index.at("Projection").value("NonKeyAttributes", json::array()).size();
    }
  }
  if (local.size() > kMostLocalIndexes) {
    return InvalidParameter("Number of LocalSecondaryIndexes exceeds per-table limit of 5");
  }
  if (global.size() > kMostGlobalIndexes) {
    return InvalidParameter("GlobalSecondaryIndex count exceeds the per-table limit of 20");
  }
  if (included > kMostIncludedAttributes) {
    return InvalidParameter("Number of NonKeyAttributes exceeds per-table limit of 100");
  }
  return std::nullopt;
}

}  // namespace

std::optional<ApiError> CheckEnums(const json& input) {
  Constraints constraints;
  size_t place = 0;
  for (const auto& attribute : input.value("AttributeDefinitions", json::array())) {
    constraints.Enum(TextOf(attribute, "AttributeType"),
                     "attributeDefinitions." + std::to_string(++place) + ".member.attributeType",
                     "B, N, S");
  }
  const auto check_keys = [&](const json& schema, const std::string& path) {
    size_t at = 0;
    for (const auto& element : schema) {
      constraints.Enum(TextOf(element, "KeyType"),
                       path + "." + std::to_string(++at) + ".member.keyType", "HASH, RANGE");
    }
  };
  check_keys(input.value("KeySchema", json::array()), "keySchema");
  const auto check_index = [&](const json& index, const std::string& path) {
    check_keys(index.value("KeySchema", json::array()), path + ".keySchema");
    constraints.Enum(TextOf(index.value("Projection", json::object()), "ProjectionType"),
                     path + ".projection.projectionType", "ALL, INCLUDE, KEYS_ONLY");
  };
  for (const auto& [member, path] :
       {std::pair{"LocalSecondaryIndexes", "localSecondaryIndexes"},
        std::pair{"GlobalSecondaryIndexes", "globalSecondaryIndexes"}}) {
    size_t at = 0;
    for (const auto& index : input.value(member, json::array()))
      check_index(index, path + ("." + std::to_string(++at)) + ".member");
  }
  size_t at = 0;
  for (const auto& update : input.value("GlobalSecondaryIndexUpdates", json::array())) {
    check_index(update.value("Create", json::object()),
                "globalSecondaryIndexUpdates." + std::to_string(++at) + ".member.create");
  }
  constraints.Enum(TextOf(input, "BillingMode"), "billingMode", "PROVISIONED, PAY_PER_REQUEST");
  constraints.Enum(TextOf(input.value("StreamSpecification", json::object()), "StreamViewType"),
                   "streamSpecification.streamViewType",
                   "KEYS_ONLY, NEW_IMAGE, OLD_IMAGE, NEW_AND_OLD_IMAGES");
  constraints.Enum(TextOf(input.value("SSESpecification", json::object()), "SSEType"),
                   "sSESpecification.sSEType", "AES256, KMS");
  constraints.Enum(TextOf(input, "TableClass"), "tableClass",
                   "STANDARD, STANDARD_INFREQUENT_ACCESS");
  return constraints.Error();
}

std::optional<ApiError> CheckEmulated(const json& input) {
  const auto refused = [](const std::string& what) {
    return ApiError{"NotImplemented", "The emulator does not have " + what + " yet.", 501};
  };
  if (input.contains("ReplicaUpdates")) return refused("global tables");
  return std::nullopt;
}

// Observed: that an enabled stream needs its view type; the text is not known.
std::optional<ApiError> CheckStream(const json& input, const json* definition) {
  const json none = json::object();
  const json wanted = input.value("StreamSpecification", none);
  if (wanted.empty()) return std::nullopt;
  const bool enables = wanted.at("StreamEnabled").get<bool>();
  const bool has_view_type = TextOf(wanted, "StreamViewType").has_value();
  if (enables && !has_view_type)
    return InvalidParameter("StreamViewType must be specified when StreamEnabled is true");
  if (!enables && has_view_type) {
    return InvalidParameter(
        "Table is being created with a stream disabled, UpdateViewType should not be specified");
  }
  if (!definition) return std::nullopt;
  const std::string table = "TableName: " + definition->at("TableName").get<std::string>();
  const bool is_enabled =
      definition->value("StreamSpecification", none).value("StreamEnabled", false);
  if (enables && is_enabled) return Invalid("Table already has an enabled stream: " + table);
  if (!enables && !is_enabled) return Invalid("Table has no stream to disable: " + table);
  return std::nullopt;
}

void SetStream(json& definition, const json& input) {
  const json wanted = input.value("StreamSpecification", json::object());
  if (wanted.empty()) return;
  if (wanted.at("StreamEnabled").get<bool>()) {
    definition["StreamSpecification"] = wanted;
  } else {
    definition.erase("StreamSpecification");
  }
}

std::optional<ApiError> CheckDefinition(const json& input) {
  if (auto error = CheckThroughput(input)) return error;
  if (auto error = CheckKeySchema(input.at("KeySchema"))) return error;
  std::vector<std::string> defined;
  for (const auto& attribute : input.at("AttributeDefinitions"))
    defined.push_back(attribute.at("AttributeName").get<std::string>());
  for (size_t i = 0; i < defined.size(); ++i) {
    if (std::find(defined.begin(), defined.begin() + static_cast<ptrdiff_t>(i), defined[i]) !=
        defined.begin() + static_cast<ptrdiff_t>(i)) {
      return InvalidParameter("Duplicate AttributeName in AttributeDefinitions: " + defined[i]);
    }
  }
  if (auto error = CheckDefined(input.at("KeySchema"), input.at("AttributeDefinitions")))
    return error;
  if (auto error = CheckIndexes(input)) return error;
  std::set<std::string> used;
  const auto use = [&](const json& schema) {
    for (const auto& name : KeyNames(schema)) used.insert(name);
  };
  use(input.at("KeySchema"));
  bool has_indexes = false;
  for (const char* member : {"LocalSecondaryIndexes", "GlobalSecondaryIndexes"}) {
    for (const auto& index : input.value(member, json::array())) {
      use(index.at("KeySchema"));
      has_indexes = true;
    }
  }
  if (used.size() == defined.size()) return std::nullopt;
  if (!has_indexes) {
    return InvalidParameter(
        "Number of attributes in KeySchema does not exactly match number of attributes defined in "
        "AttributeDefinitions");
  }
  return InvalidParameter(
      "Some AttributeDefinitions are not used. AttributeDefinitions: " + Bracketed(defined) +
      ", keys used: " + Bracketed({used.begin(), used.end()}));
}

void DropUnusedAttributes(json& definition) {
  json kept = json::array();
  for (const auto& attribute : definition.at("AttributeDefinitions")) {
    const auto uses = [&](const json& schema) {
      return std::any_of(schema.begin(), schema.end(), [&](const json& element) {
        return element.at("AttributeName") == attribute.at("AttributeName");
      });
    };
    bool is_used = uses(definition.at("KeySchema"));
    for (const char* member : {"LocalSecondaryIndexes", "GlobalSecondaryIndexes"}) {
      for (const auto& index : definition.value(member, json::array()))
        is_used = is_used || uses(index.at("KeySchema"));
    }
    if (is_used) kept.push_back(attribute);
  }
  definition["AttributeDefinitions"] = std::move(kept);
}

}  // namespace fractus::dynamo
