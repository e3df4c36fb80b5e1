#include "emulator/protocol/rest_json_protocol.h"

#include <map>
#include <optional>

#include "emulator/core/encoding.h"
#include "emulator/protocol/json_value.h"

namespace fractus::protocol {
namespace {

using model::Location;
using model::Member;
using model::Operation;
using model::Shape;
using model::ShapeType;

using Labels = std::map<std::string, std::string>;

struct UriTemplate {
  std::vector<std::string> segments;
  // Constant query parameters that select the operation.
  std::vector<std::pair<std::string, std::string>> query;

  explicit UriTemplate(const std::string& uri) {
    const size_t mark = uri.find('?');
    segments =
        Split(std::string_view(uri).substr(1, mark == std::string::npos ? mark : mark - 1), '/');
    if (mark != std::string::npos) query = ParseQuery(std::string_view(uri).substr(mark + 1));
  }
};

std::vector<std::string> PathSegments(std::string_view path) {
  if (path.starts_with('/')) path.remove_prefix(1);
  if (path.ends_with('/')) path.remove_suffix(1);
  return Split(path, '/');
}

std::optional<Labels> Match(const UriTemplate& uri, const HttpRequest& request) {
  std::vector<std::string> wanted = uri.segments;
  if (wanted.size() > 1 && wanted.back().empty()) wanted.pop_back();
  const auto path = PathSegments(request.path);
  Labels labels;
  size_t at = 0;
  for (size_t i = 0; i < wanted.size(); ++i) {
    const std::string& segment = wanted[i];
    if (at >= path.size()) return std::nullopt;
    if (!segment.starts_with('{')) {
      if (segment != path[at]) return std::nullopt;
      ++at;
      continue;
    }
    if (segment.ends_with("+}")) {
      const size_t after = wanted.size() - i - 1;
      if (path.size() < at + after + 1) return std::nullopt;
      std::string rest;
      for (const size_t end = path.size() - after; at < end; ++at)
        rest += (rest.empty() ? "" : "/") + path[at];
      labels[segment.substr(1, segment.size() - 3)] = PercentDecode(rest);
      continue;
    }
    if (path[at].empty()) return std::nullopt;
    labels[segment.substr(1, segment.size() - 2)] = PercentDecode(path[at]);
    ++at;
  }
  if (at != path.size()) return std::nullopt;
  const auto query = ParseQuery(request.query);
  for (const auto& constant : uri.query) {
    bool found = false;
    for (const auto& given : query) found = found || given == constant;
    if (!found) return std::nullopt;
  }
  return labels;
}

// More literal segments and more constant query parameters are more specific.
int Specificity(const UriTemplate& uri) {
  int score = static_cast<int>(uri.query.size()) * 100;
  for (const auto& segment : uri.segments)
    score += segment.starts_with('{') ? (segment.ends_with("+}") ? 0 : 1) : 10;
  return score;
}

std::string TextOfPayload(const json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_binary()) return {value.get_binary().begin(), value.get_binary().end()};
  return value.dump();
}

Result<json> DecodeQueryMember(const Member& member,
                               const std::vector<std::pair<std::string, std::string>>& query) {
  if (member.shape->type == ShapeType::kMap) {
    json map = json::object();
    for (const auto& [name, value] : query) {
      if (member.shape->value.shape->type == ShapeType::kList) {
        map[name].push_back(value);
      } else {
        map[name] = value;
      }
    }
    return map;
  }
  if (member.shape->type == ShapeType::kList) {
    json list = json::array();
    for (const auto& [name, value] : query) {
      if (name != member.wire_name) continue;
      auto element =
          DecodeText(*member.shape->element.shape, member.shape->element.timestamp_format, value);
      if (!element) return element.error();
      list.push_back(*std::move(element));
    }
    return list.empty() ? json() : list;
  }
  for (const auto& [name, value] : query) {
    if (name == member.wire_name) return DecodeText(*member.shape, member.timestamp_format, value);
  }
  return json();
}

Result<json> DecodeHeaderMember(const Member& member, const HttpHeaders& headers) {
  if (member.location == Location::kHeaders) {
    json map = json::object();
    for (const auto& [name, value] : headers) {
      if (ToLower(name).starts_with(ToLower(member.wire_name)))
        map[name.substr(member.wire_name.size())] = value;
    }
    return map.empty() ? json() : map;
  }
  const auto value = headers.Find(member.wire_name);
  if (!value) return json();
  return DecodeText(*member.shape, member.timestamp_format, std::string(*value));
}

}  // namespace

Result<const Operation*> RestJsonProtocol::FindOperation(const model::ServiceModel& service,
                                                         const HttpRequest& request) const {
  const Operation* best = nullptr;
  int best_score = -1;
  for (const auto& [name, operation] : service.operations()) {
    if (operation.method != request.method) continue;
    const UriTemplate uri(operation.uri);
    const int score = Specificity(uri);
    if (score > best_score && Match(uri, request)) {
      best = &operation;
      best_score = score;
    }
  }
  if (best) return best;
  return ApiError{"UnknownOperationException",
                  "Unable to determine service/operation name to be authorized", 404};
}

Result<json> RestJsonProtocol::ParseInput(const model::ServiceModel&, const Operation& operation,
                                          const HttpRequest& request) const {
  json input = json::object();
  if (!operation.input) return input;
  const Shape& shape = *operation.input;
  const auto labels = Match(UriTemplate(operation.uri), request).value_or(Labels());
  const auto query = ParseQuery(request.query);
  bool has_body_members = false;
  for (const auto& member : shape.members) {
    Result<json> value = json();
    switch (member.location) {
      case Location::kUri:
        if (const auto label = labels.find(member.wire_name); label != labels.end())
          value = DecodeText(*member.shape, member.timestamp_format, label->second);
        break;
      case Location::kQuery:
        value = DecodeQueryMember(member, query);
        break;
      case Location::kHeader:
      case Location::kHeaders:
        value = DecodeHeaderMember(member, request.headers);
        break;
      default:
        has_body_members = has_body_members || member.name != shape.payload;
        continue;
    }
    if (!value) return value.error();
    if (!value->is_null()) input[member.name] = *std::move(value);
  }

  if (!shape.payload.empty()) {
    const Member* payload = shape.Find(shape.payload);
    if (request.body.empty()) return input;
    if (payload->shape->type == ShapeType::kBlob) {
      input[payload->name] = json::binary({request.body.begin(), request.body.end()});
      return input;
    }
    if (payload->shape->type == ShapeType::kString) {
      input[payload->name] = request.body;
      return input;
    }
    const json document = json::parse(request.body, nullptr, false);
    if (document.is_discarded())
      return ApiError{"SerializationException", "Could not parse request body"};
    auto value = DecodeJson(*payload->shape, document);
    if (!value) return value.error();
    input[payload->name] = *std::move(value);
    return input;
  }

  if (!has_body_members || request.body.empty()) return input;
  const json document = json::parse(request.body, nullptr, false);
  if (document.is_discarded() || !document.is_object()) {
    return ApiError{"SerializationException",
                    "Could not parse request body into json: Could not parse payload into json"};
  }
  for (const auto& member : shape.members) {
    if (member.location != Location::kBody) continue;
    const auto found = document.find(member.wire_name);
    if (found == document.end() || found->is_null()) continue;
    auto value = DecodeJson(*member.shape, *found);
    if (!value) return value.error();
    input[member.name] = *std::move(value);
  }
  return input;
}

HttpResponse RestJsonProtocol::Reply(const model::ServiceModel&, const Operation& operation,
                                     json output, const RequestContext& context) const {
  HttpResponse response = MakeResponse(operation.http_status, "application/json", "", context);
  if (const auto status = output.find("$status"); status != output.end())
    response.status = status->get<int>();
  if (const auto headers = output.find("$headers"); headers != output.end()) {
    for (const auto& [name, value] : headers->items())
      response.headers.Set(name, value.get<std::string>());
  }
  if (!operation.output) {
    if (response.status == 204 || response.status == 202) response.headers.Remove("Content-Type");
    return response;
  }
  const Shape& shape = *operation.output;
  json body_members = json::object();
  for (const auto& member : shape.members) {
    const auto found = output.find(member.name);
    if (found == output.end() || found->is_null()) continue;
    switch (member.location) {
      case Location::kHeader:
        response.headers.Set(member.wire_name,
                             EncodeText(*member.shape,
                                        member.timestamp_format == model::TimestampFormat::kDefault
                                            ? model::TimestampFormat::kRfc822
                                            : member.timestamp_format,
                                        *found));
        break;
      case Location::kHeaders:
        for (const auto& [name, value] : found->items())
          response.headers.Set(member.wire_name + name, value.get<std::string>());
        break;
      case Location::kStatusCode:
        response.status = found->get<int>();
        break;
      default:
        if (member.name == shape.payload) {
          const bool opaque =
              member.shape->type == ShapeType::kBlob || member.shape->type == ShapeType::kString;
          response.body =
              opaque ? TextOfPayload(*found) : EncodeJson(*member.shape, std::move(*found)).dump();
        } else {
          body_members[member.name] = std::move(*found);
        }
    }
  }
  if (shape.payload.empty() && response.status != 204) {
    response.body = EncodeJson(shape, std::move(body_members))
                        .dump(-1, ' ', false, json::error_handler_t::replace);
  }
  return response;
}

HttpResponse RestJsonProtocol::Fail(const model::ServiceModel& service, const ApiError& error,
                                    const RequestContext& context) const {
  json document = error.extra;
  const auto* shape = service.FindError(error.code);
  const bool upper = shape && shape->Find("Message") && !shape->Find("message");
  document[upper ? "Message" : "message"] = error.message;
  if (shape && shape->Find("Type") && !document.contains("Type"))
    document["Type"] = shape->fault || StatusOf(service, error) >= 500 ? "Service" : "User";
  HttpResponse response =
      MakeResponse(StatusOf(service, error), "application/json",
                   document.dump(-1, ' ', false, json::error_handler_t::replace), context);
  response.headers.Add("x-amzn-ErrorType", error.code);
  return response;
}

}  // namespace fractus::protocol
