#include "gateway/execute/mock_integration.h"

#include <boost/regex.hpp>
#include <charconv>

#include "emulator/yaml/yaml.h"
#include "gateway/execute/mapping.h"
#include "gateway/execute/refusal.h"

namespace fractus::gateway::execute {
namespace {

const json& Member(const json& object, const char* name) {
  static const json kNothing = json::object();
  const auto found = object.find(name);
  return found == object.end() || !found->is_object() ? kNothing : *found;
}

// The status that the request template asks for: {"statusCode": 200}, also without the quotes.
Result<std::string> MockStatus(const std::string& text) {
  json document = json::parse(text, nullptr, false);
  if (document.is_discarded()) {
    // Templates often leave out the quotes or the blank: {statusCode:200}.
    std::string spaced = text;
    for (size_t at = spaced.find(':'); at != std::string::npos; at = spaced.find(':', at + 2)) {
      spaced.insert(at + 1, " ");
    }
    if (auto parsed = yaml::Parse(spaced)) document = *std::move(parsed);
  }
  if (document.is_object() && document.contains("statusCode")) {
    const json& status = document["statusCode"];
    if (status.is_number_integer()) return status.dump();
    if (status.is_string()) return status.get<std::string>();
  }
  return ApiError{"NoStatus", "the request template gives no statusCode"};
}

// The integration response whose pattern matches the whole status, or the default one.
const json* SelectResponse(const json& responses, const std::string& status) {
  const json* otherwise = nullptr;
  for (const json& response : responses) {
    const std::string pattern = response.value("selectionPattern", "");
    if (pattern.empty()) {
      otherwise = &response;
      continue;
    }
    try {
      if (boost::regex_match(status, boost::regex(pattern))) return &response;
    } catch (const boost::regex_error&) {
      // AWS refuses such a pattern when it is put; imports may bring one.
    }
  }
  return otherwise;
}

HttpResponse Misconfigured(Exchange& exchange, const std::string& why) {
  return Refuse(exchange, IntegrationRefused("500: MOCK integration: " + why));
}

}  // namespace

HttpResponse AnswerMock(Exchange& exchange) {
  const json& integration = exchange.method->mock;
  const std::string& body = exchange.request.http.body;
  std::string type(exchange.request.http.headers.Get("Content-Type"));
  type = type.substr(0, type.find(';'));
  if (type.empty()) type = "application/json";

  const json& templates = Member(integration, "requestTemplates");
  std::string request = body;
  if (const auto found = templates.find(type); found != templates.end()) {
    auto expanded = ExpandTemplate(exchange, found->get<std::string>(), body);
    if (!expanded) return Misconfigured(exchange, expanded.error().message);
    request = *std::move(expanded);
  } else {
    const std::string passthrough = integration.value("passthroughBehavior", "WHEN_NO_MATCH");
    if (passthrough == "NEVER" || (passthrough == "WHEN_NO_TEMPLATES" && !templates.empty())) {
      return Refuse(exchange, UnsupportedMediaType("415: no request template for " + type));
    }
  }

  const auto status = MockStatus(request);
  if (!status) return Misconfigured(exchange, status.error().message);
  const json* const answer = SelectResponse(Member(integration, "integrationResponses"), *status);
  if (answer == nullptr) return Misconfigured(exchange, "no integration response for " + *status);
  const std::string answer_status = answer->value("statusCode", "");
  const json& declared = exchange.method->method_responses;
  if (!declared.contains(answer_status)) {
    return Misconfigured(exchange, "the method declares no response " + answer_status);
  }
  HttpResponse response;
  std::from_chars(answer_status.data(), answer_status.data() + answer_status.size(),
                  response.status);

  std::string content_type = "application/json";
  const json& answers = Member(*answer, "responseTemplates");
  auto chosen = answers.find("application/json");
  if (chosen == answers.end()) chosen = answers.begin();
  if (chosen != answers.end() && chosen->is_string()) {
    auto expanded = ExpandTemplate(exchange, chosen->get<std::string>(), request);
    if (!expanded) return Misconfigured(exchange, expanded.error().message);
    response.body = *std::move(expanded);
    content_type = chosen.key();
  }
  response.headers.Add("Content-Type", content_type);
  constexpr std::string_view kHeader = "method.response.header.";
  for (const auto& [target, source] : Member(*answer, "responseParameters").items()) {
    if (!std::string_view(target).starts_with(kHeader) || !source.is_string()) continue;
    if (auto value = MappedValue(exchange, source.get<std::string>())) {
      response.headers.Set(std::string_view(target).substr(kHeader.size()), *std::move(value));
    }
  }
  AddGatewayHeaders(exchange, response.headers);
  return response;
}

}  // namespace fractus::gateway::execute
