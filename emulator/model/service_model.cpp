#include "emulator/model/service_model.h"

#include <stdexcept>
#include <unordered_map>

namespace fractus::model {
namespace {

ShapeType TypeOf(const std::string& type) {
  static const std::unordered_map<std::string, ShapeType> kTypes = {
      {"structure", ShapeType::kStructure},
      {"list", ShapeType::kList},
      {"map", ShapeType::kMap},
      {"string", ShapeType::kString},
      {"character", ShapeType::kString},
      {"blob", ShapeType::kBlob},
      {"integer", ShapeType::kInteger},
      {"short", ShapeType::kInteger},
      {"byte", ShapeType::kInteger},
      {"long", ShapeType::kLong},
      {"float", ShapeType::kFloat},
      {"double", ShapeType::kDouble},
      {"boolean", ShapeType::kBoolean},
      {"timestamp", ShapeType::kTimestamp},
  };
  const auto found = kTypes.find(type);
  if (found == kTypes.end()) throw std::runtime_error("service model: unknown type " + type);
  return found->second;
}

WireProtocol ProtocolOf(const std::string& protocol) {
  if (protocol == "json") return WireProtocol::kJson;
  if (protocol == "query") return WireProtocol::kQuery;
  if (protocol == "rest-json") return WireProtocol::kRestJson;
  if (protocol == "rest-xml") return WireProtocol::kRestXml;
  if (protocol == "ec2") return WireProtocol::kEc2;
  throw std::runtime_error("service model: unknown protocol " + protocol);
}

TimestampFormat FormatOf(const json& node) {
  const std::string format = node.value("timestampFormat", "");
  if (format == "iso8601") return TimestampFormat::kIso8601;
  if (format == "rfc822") return TimestampFormat::kRfc822;
  if (format == "unixTimestamp") return TimestampFormat::kUnix;
  return TimestampFormat::kDefault;
}

Location LocationOf(const json& node) {
  const std::string location = node.value("location", "");
  if (location == "uri") return Location::kUri;
  if (location == "querystring") return Location::kQuery;
  if (location == "header") return Location::kHeader;
  if (location == "headers") return Location::kHeaders;
  if (location == "statusCode") return Location::kStatusCode;
  return Location::kBody;
}

}  // namespace

const Member* Shape::Find(std::string_view member) const {
  for (const auto& candidate : members) {
    if (candidate.name == member) return &candidate;
  }
  return nullptr;
}

ServiceModel::ServiceModel(std::string name, std::string_view embedded_text)
    : name_(std::move(name)) {
  const json embedded = json::parse(embedded_text);
  const json model = embedded["patches"].empty() ? embedded["model"]
                                                 : embedded["model"].patch(embedded["patches"]);
  const json& metadata = model.at("metadata");
  protocol_ = ProtocolOf(metadata.at("protocol").get<std::string>());
  json_version_ = metadata.value("jsonVersion", "1.1");
  target_prefix_ = metadata.value("targetPrefix", "");
  xml_namespace_ = metadata.value("xmlNamespace", "");
  api_version_ = metadata.value("apiVersion", "");

  const json& shapes = model.at("shapes");
  for (const auto& [shape_name, shape] : shapes.items()) {
    if (shape.value("exception", false) || shape.contains("error")) MakeShape(shape_name, shapes);
  }
  for (const auto& [operation_name, node] : model.at("operations").items()) {
    Operation operation;
    operation.name = operation_name;
    const json http = node.value("http", json::object());
    operation.method = http.value("method", "POST");
    operation.uri = http.value("requestUri", "/");
    operation.http_status = http.value("responseCode", 200);
    operation.is_unsigned = node.value("authtype", "") == "none";
    if (node.contains("input"))
      operation.input = MakeShape(node["input"].at("shape").get<std::string>(), shapes);
    if (node.contains("output")) {
      operation.output = MakeShape(node["output"].at("shape").get<std::string>(), shapes);
      operation.result_wrapper = node["output"].value("resultWrapper", "");
    }
    operations_.emplace(operation_name, std::move(operation));
  }
}

const Shape* ServiceModel::MakeShape(const std::string& shape_name, const json& shapes) {
  auto& slot = shapes_[shape_name];
  if (slot) return slot.get();
  // In the map before its members are made: shapes may contain themselves.
  slot = std::make_unique<Shape>();
  Shape& shape = *slot;
  const json& node = shapes.at(shape_name);
  shape.name = shape_name;
  shape.type = TypeOf(node.at("type").get<std::string>());
  shape.flattened = node.value("flattened", false);
  shape.sensitive = node.value("sensitive", false);
  shape.pattern = node.value("pattern", "");
  shape.payload = node.value("payload", "");
  shape.timestamp_format = FormatOf(node);
  if (node.contains("min")) shape.min = node["min"].get<double>();
  if (node.contains("max")) shape.max = node["max"].get<double>();
  if (node.contains("enum")) shape.enum_values = node["enum"].get<std::vector<std::string>>();
  if (node.value("exception", false) || node.contains("error")) {
    const json error = node.value("error", json::object());
    shape.is_error = true;
    shape.fault = node.value("fault", false);
    shape.error_code = error.value("code", shape_name);
    shape.http_status = error.value("httpStatusCode", shape.fault ? 500 : 400);
  }
  if (shape.type == ShapeType::kStructure) {
    for (const auto& [member_name, reference] : node.at("members").items()) {
      shape.members.push_back(MakeMember(member_name, reference, shapes));
    }
    for (const auto& required : node.value("required", json::array())) {
      for (auto& member : shape.members) {
        if (member.name == required.get_ref<const std::string&>()) member.required = true;
      }
    }
  } else if (shape.type == ShapeType::kList) {
    shape.element = MakeMember("member", node.at("member"), shapes);
  } else if (shape.type == ShapeType::kMap) {
    shape.key = MakeMember("key", node.at("key"), shapes);
    shape.value = MakeMember("value", node.at("value"), shapes);
  }
  return &shape;
}

Member ServiceModel::MakeMember(const std::string& member_name, const json& reference,
                                const json& shapes) {
  Member member;
  member.name = member_name;
  member.shape = MakeShape(reference.at("shape").get<std::string>(), shapes);
  member.location = LocationOf(reference);
  member.renamed = reference.contains("locationName");
  member.wire_name = reference.value("locationName", member_name);
  member.idempotency_token = reference.value("idempotencyToken", false);
  member.timestamp_format = FormatOf(reference);
  return member;
}

const Operation* ServiceModel::FindOperation(std::string_view operation) const {
  const auto found = operations_.find(operation);
  return found == operations_.end() ? nullptr : &found->second;
}

const Shape* ServiceModel::FindError(std::string_view code) const {
  const auto found = shapes_.find(code);
  if (found != shapes_.end() && found->second && found->second->is_error)
    return found->second.get();
  for (const auto& [shape_name, shape] : shapes_) {
    if (shape && shape->is_error && shape->error_code == code) return shape.get();
  }
  return nullptr;
}

}  // namespace fractus::model
