#include "emulator/protocol/query_protocol.h"

#include <fmt/format.h>

#include <map>
#include <pugixml.hpp>
#include <sstream>

#include "emulator/core/encoding.h"
#include "emulator/protocol/json_value.h"

namespace fractus::protocol {
namespace {

using model::Member;
using model::Shape;
using model::ShapeType;

using Form = std::map<std::string, std::string, std::less<>>;

constexpr int kMostElements = 10'000;

Form ReadForm(const HttpRequest& request) {
  Form form;
  for (auto& [name, value] : ParseQuery(request.query)) form[name] = std::move(value);
  for (auto& [name, value] : ParseQuery(request.body)) form[name] = std::move(value);
  return form;
}

bool HasPrefix(const Form& form, const std::string& prefix) {
  const auto found = form.lower_bound(prefix);
  return found != form.end() && found->first.starts_with(prefix);
}

Result<json> Decode(const Shape& shape, const Form& form, const std::string& prefix);

Result<json> DecodeStructure(const Shape& shape, const Form& form, const std::string& prefix) {
  json tree = json::object();
  for (const auto& member : shape.members) {
    std::string name = member.wire_name;
    // A flattened list goes by the name of its element where that has one.
    if (member.shape->type == ShapeType::kList && member.shape->flattened &&
        member.shape->element.renamed)
      name = member.shape->element.wire_name;
    const std::string at = prefix.empty() ? name : prefix + "." + name;
    const bool nested = member.shape->type == ShapeType::kStructure ||
                        member.shape->type == ShapeType::kList ||
                        member.shape->type == ShapeType::kMap;
    if (!form.contains(at) && !(nested && HasPrefix(form, at + "."))) continue;
    auto value = Decode(*member.shape, form, at);
    if (!value) return value.error();
    tree[member.name] = *std::move(value);
  }
  return tree;
}

Result<json> DecodeList(const Shape& shape, const Form& form, const std::string& prefix) {
  json tree = json::array();
  std::string at = prefix;
  if (!shape.flattened) {
    at += ".member";
    // Some clients use the element's own name.
    if (!HasPrefix(form, at + ".") && shape.element.renamed)
      at = prefix + "." + shape.element.wire_name;
  }
  for (int i = 1; i <= kMostElements; ++i) {
    const std::string element = fmt::format("{}.{}", at, i);
    if (!form.contains(element) && !HasPrefix(form, element + ".")) break;
    auto value = Decode(*shape.element.shape, form, element);
    if (!value) return value.error();
    tree.push_back(*std::move(value));
  }
  return tree;
}

Result<json> DecodeMap(const Shape& shape, const Form& form, const std::string& prefix) {
  json tree = json::object();
  for (int i = 1; i <= kMostElements; ++i) {
    const std::string entry =
        shape.flattened ? fmt::format("{}.{}", prefix, i) : fmt::format("{}.entry.{}", prefix, i);
    const auto key = form.find(entry + "." + shape.key.wire_name);
    if (key == form.end()) break;
    auto value = Decode(*shape.value.shape, form, entry + "." + shape.value.wire_name);
    if (!value) return value.error();
    tree[key->second] = *std::move(value);
  }
  return tree;
}

Result<json> Decode(const Shape& shape, const Form& form, const std::string& prefix) {
  switch (shape.type) {
    case ShapeType::kStructure:
      return DecodeStructure(shape, form, prefix);
    case ShapeType::kList:
      return DecodeList(shape, form, prefix);
    case ShapeType::kMap:
      return DecodeMap(shape, form, prefix);
    default: {
      const auto found = form.find(prefix);
      auto value = DecodeText(shape, model::TimestampFormat::kDefault,
                              found == form.end() ? "" : found->second);
      if (!value)
        return ApiError{"MalformedInput",
                        fmt::format("{} is not a valid value of {}",
                                    found == form.end() ? "" : found->second, prefix)};
      return value;
    }
  }
}

// XML 1.0 has no form for most control characters; AWS's answers leave them out too.
std::string XmlText(std::string text) {
  std::erase_if(text, [](char c) {
    return static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\n' && c != '\r';
  });
  return text;
}

void Encode(const Member& member, const json& value, pugi::xml_node parent);

void EncodeInto(const Shape& shape, model::TimestampFormat format, const json& value,
                pugi::xml_node node) {
  switch (shape.type) {
    case ShapeType::kStructure:
      for (const auto& member : shape.members) {
        const auto found = value.find(member.name);
        if (found != value.end() && !found->is_null()) Encode(member, *found, node);
      }
      break;
    case ShapeType::kList:
      for (const auto& element : value) {
        EncodeInto(
            *shape.element.shape, shape.element.timestamp_format, element,
            node.append_child(shape.element.renamed ? shape.element.wire_name.c_str() : "member"));
      }
      break;
    case ShapeType::kMap:
      for (const auto& [key, element] : value.items()) {
        auto entry = node.append_child("entry");
        entry.append_child(shape.key.wire_name.c_str()).text().set(XmlText(key).c_str());
        EncodeInto(*shape.value.shape, shape.value.timestamp_format, element,
                   entry.append_child(shape.value.wire_name.c_str()));
      }
      break;
    case ShapeType::kTimestamp:
      node.text().set(value.is_number()
                          ? FormatIso8601Millis(FromEpochSeconds(value.get<double>())).c_str()
                          : value.get<std::string>().c_str());
      break;
    default:
      node.text().set(XmlText(EncodeText(shape, format, value)).c_str());
  }
}

void Encode(const Member& member, const json& value, pugi::xml_node parent) {
  const Shape& shape = *member.shape;
  if (shape.type == ShapeType::kList && shape.flattened) {
    const auto& name = shape.element.renamed ? shape.element.wire_name : member.wire_name;
    for (const auto& element : value)
      EncodeInto(*shape.element.shape, shape.element.timestamp_format, element,
                 parent.append_child(name.c_str()));
    return;
  }
  if (shape.type == ShapeType::kMap && shape.flattened) {
    for (const auto& [key, element] : value.items()) {
      auto entry = parent.append_child(member.wire_name.c_str());
      entry.append_child(shape.key.wire_name.c_str()).text().set(XmlText(key).c_str());
      EncodeInto(*shape.value.shape, shape.value.timestamp_format, element,
                 entry.append_child(shape.value.wire_name.c_str()));
    }
    return;
  }
  EncodeInto(shape, member.timestamp_format, value, parent.append_child(member.wire_name.c_str()));
}

std::string Print(const pugi::xml_document& document) {
  std::ostringstream out;
  document.save(out, "", pugi::format_raw | pugi::format_no_declaration, pugi::encoding_utf8);
  return out.str();
}

}  // namespace

std::string FormValue(const HttpRequest& request, std::string_view name) {
  for (auto& [key, value] : ParseQuery(request.body)) {
    if (key == name) return value;
  }
  for (auto& [key, value] : ParseQuery(request.query)) {
    if (key == name) return value;
  }
  return {};
}

Result<const model::Operation*> QueryProtocol::FindOperation(const model::ServiceModel& service,
                                                             const HttpRequest& request) const {
  const std::string action = FormValue(request, "Action");
  if (action.empty())
    return ApiError{"MissingAction", "The request is missing an action or a required parameter",
                    400};
  if (const auto* operation = service.FindOperation(action)) return operation;
  const std::string version = FormValue(request, "Version");
  return ApiError{"InvalidAction",
                  "Could not find operation " + action + " for version " +
                      (version.empty() ? service.api_version() : version),
                  400};
}

Result<json> QueryProtocol::ParseInput(const model::ServiceModel&,
                                       const model::Operation& operation,
                                       const HttpRequest& request) const {
  if (!operation.input) return json::object();
  return DecodeStructure(*operation.input, ReadForm(request), "");
}

HttpResponse QueryProtocol::Reply(const model::ServiceModel& service,
                                  const model::Operation& operation, json output,
                                  const RequestContext& context) const {
  pugi::xml_document document;
  auto root = document.append_child((operation.name + "Response").c_str());
  root.append_attribute("xmlns").set_value(service.xml_namespace().c_str());
  if (operation.output) {
    auto result = operation.result_wrapper.empty()
                      ? root
                      : root.append_child(operation.result_wrapper.c_str());
    EncodeInto(*operation.output, model::TimestampFormat::kDefault, output, result);
  }
  root.append_child("ResponseMetadata")
      .append_child("RequestId")
      .text()
      .set(context.request_id.c_str());
  return MakeResponse(operation.http_status, "text/xml", Print(document), context);
}

HttpResponse QueryProtocol::Fail(const model::ServiceModel& service, const ApiError& error,
                                 const RequestContext& context) const {
  const auto* shape = service.FindError(error.code);
  const int status = StatusOf(service, error);
  pugi::xml_document document;
  auto root = document.append_child("ErrorResponse");
  root.append_attribute("xmlns").set_value(service.xml_namespace().c_str());
  auto node = root.append_child("Error");
  node.append_child("Type").text().set(status >= 500 ? "Receiver" : "Sender");
  node.append_child("Code").text().set((shape ? shape->error_code : error.code).c_str());
  node.append_child("Message").text().set(XmlText(error.message).c_str());
  for (const auto& [name, value] : error.extra.items())
    node.append_child(name.c_str())
        .text()
        .set(XmlText(value.is_string() ? value.get<std::string>() : value.dump()).c_str());
  root.append_child("RequestId").text().set(context.request_id.c_str());
  return MakeResponse(status, "text/xml", Print(document), context);
}

}  // namespace fractus::protocol
