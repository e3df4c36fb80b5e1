// A service model as shapes and operations: what a service's requests and responses look like.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/core/json.h"

namespace fractus::model {

enum class ShapeType {
  kStructure,
  kList,
  kMap,
  kString,
  kBlob,
  kInteger,
  kLong,
  kFloat,
  kDouble,
  kBoolean,
  kTimestamp
};
// Where a member travels in rest protocols.
enum class Location { kBody, kUri, kQuery, kHeader, kHeaders, kStatusCode };
enum class TimestampFormat { kDefault, kIso8601, kRfc822, kUnix };
enum class WireProtocol { kJson, kQuery, kRestJson, kRestXml, kEc2 };

struct Shape;

struct Member {
  std::string name;
  const Shape* shape = nullptr;
  bool required = false;
  Location location = Location::kBody;
  // The name on the wire where it differs from `name`; else `name`.
  std::string wire_name;
  // The wire name was given explicitly (query protocols use it for lists too).
  bool renamed = false;
  bool idempotency_token = false;
  TimestampFormat timestamp_format = TimestampFormat::kDefault;
};

struct Shape {
  std::string name;
  ShapeType type = ShapeType::kStructure;

  std::vector<Member> members;  // of a structure
  std::string payload;          // the member that is the whole HTTP body, or empty
  Member element;               // of a list
  Member key, value;            // of a map
  bool flattened = false;

  std::optional<double> min, max;
  std::string pattern;
  std::vector<std::string> enum_values;
  bool sensitive = false;
  TimestampFormat timestamp_format = TimestampFormat::kDefault;

  // Of an error.
  bool is_error = false;
  bool fault = false;
  std::string error_code;  // the code on the wire; equals `name` unless the model says otherwise
  int http_status = 0;

  const Member* Find(std::string_view member) const;
};

struct Operation {
  std::string name;
  std::string method = "POST";
  // "/restapis/{restapi_id}/resources", with a constant query where the model has one
  // ("?mode=import").
  std::string uri = "/";
  int http_status = 200;
  const Shape* input = nullptr;   // null: takes nothing
  const Shape* output = nullptr;  // null: answers nothing
  std::string result_wrapper;
  // Clients do not sign it: end users have no credentials.
  bool is_unsigned = false;
};

class ServiceModel {
 public:
  // Throws std::runtime_error for text that is no service model.
  ServiceModel(std::string name, std::string_view embedded_text);

  const std::string& name() const { return name_; }
  WireProtocol protocol() const { return protocol_; }
  const std::string& json_version() const { return json_version_; }
  const std::string& target_prefix() const { return target_prefix_; }
  const std::string& xml_namespace() const { return xml_namespace_; }
  const std::string& api_version() const { return api_version_; }

  const Operation* FindOperation(std::string_view operation) const;
  const std::map<std::string, Operation, std::less<>>& operations() const { return operations_; }
  // By the shape's name or by the code on the wire; null for a code that the model does not have.
  const Shape* FindError(std::string_view code) const;

 private:
  const Shape* MakeShape(const std::string& shape_name, const json& shapes);
  Member MakeMember(const std::string& member_name, const json& reference, const json& shapes);

  std::string name_;
  WireProtocol protocol_ = WireProtocol::kJson;
  std::string json_version_, target_prefix_, xml_namespace_, api_version_;
  std::map<std::string, std::unique_ptr<Shape>, std::less<>> shapes_;
  std::map<std::string, Operation, std::less<>> operations_;
};

}  // namespace fractus::model
