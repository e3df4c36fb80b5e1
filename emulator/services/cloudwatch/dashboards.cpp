#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "emulator/services/cloudwatch/cloudwatch.h"

namespace fractus::cloudwatch {
namespace {

constexpr size_t kPageSize = 1000;

std::string DashboardArn(const RequestContext& context, const std::string& name) {
  return fmt::format("arn:aws:cloudwatch::{}:dashboard/{}", context.account, name);
}

bool IsName(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '_';
  });
}

json Finding(std::string path, std::string message) {
  return {{"DataPath", std::move(path)}, {"Message", std::move(message)}};
}

// What the structure of a body lacks; a body without findings is kept as it was sent.
// Differs from AWS: the properties of a dashboard's widgets are not looked at.
json Findings(const json& body) {
  json findings = json::array();
  if (!body.contains("widgets")) {
    findings.push_back(Finding("", "Should have required property 'widgets'"));
    return findings;
  }
  if (!body.at("widgets").is_array()) {
    findings.push_back(Finding("/widgets", "Should be array"));
    return findings;
  }
  static const std::set<std::string> kTypes = {"alarm", "custom", "explorer",
                                               "log",   "metric", "text"};
  size_t index = 0;
  for (const auto& widget : body.at("widgets")) {
    const auto path = fmt::format("/widgets/{}", index++);
    if (!widget.is_object()) {
      findings.push_back(Finding(path, "Should be object"));
      continue;
    }
    for (const auto* member : {"type", "properties"}) {
      if (!widget.contains(member)) {
        findings.push_back(
            Finding(path, fmt::format("Should have required property '{}'", member)));
      }
    }
    if (widget.contains("type") &&
        !(widget.at("type").is_string() && kTypes.contains(widget.at("type").get<std::string>()))) {
      findings.push_back(Finding(path + "/type", "Should be equal to one of the allowed values"));
    }
  }
  return findings;
}

}  // namespace

// Observed: the wordings of the findings are not confirmed for every case.
Result<json> CloudWatch::PutDashboard(const Request& request) {
  const auto name = request.Text("DashboardName");
  if (!IsName(name)) {
    return ApiError{
        "InvalidParameterValueException",
        "The value for field DashboardName contains invalid characters. It can only contain "
        "alphanumerics, dash (-) and underscore (_).\n"};
  }
  const auto text = request.Text("DashboardBody");
  const auto body = json::parse(text, nullptr, false);
  if (!body.is_object()) {
    return ApiError{
        "DashboardInvalidInputError", "The field DashboardBody must be a valid JSON object", 0,
        json{{"dashboardValidationMessages",
              json::array({Finding("", "The field DashboardBody must be a valid JSON object")})}}};
  }
  const auto findings = Findings(body);
  if (!findings.empty()) {
    std::string list;
    for (const auto& finding : findings) {
      list += fmt::format("{}{{\"dataPath\": \"{}\", \"message\": \"{}\"}}",
                          list.empty() ? "" : ", ", finding.at("DataPath").get<std::string>(),
                          finding.at("Message").get<std::string>());
    }
    return ApiError{
        "DashboardInvalidInputError",
        fmt::format("The dashboard body is invalid, there are {} validation errors: [{}]",
                    findings.size(), list),
        0, json{{"dashboardValidationMessages", findings}}};
  }
  dashboards_.Put(
      storage::Scope::GlobalOf(request.context), name,
      {{"name", name}, {"body", text}, {"modified", EpochSeconds(request.context.now)}});
  return json{{"DashboardValidationMessages", json::array()}};
}

Result<json> CloudWatch::GetDashboard(const Request& request) {
  const auto name = request.Text("DashboardName");
  const auto dashboard = dashboards_.Find(storage::Scope::GlobalOf(request.context), name);
  if (!dashboard)
    return ApiError{"DashboardNotFoundError", fmt::format("Dashboard {} does not exist", name)};
  return json{{"DashboardArn", DashboardArn(request.context, name)},
              {"DashboardBody", dashboard->at("body")},
              {"DashboardName", name}};
}

Result<json> CloudWatch::ListDashboards(const Request& request) {
  const auto after = storage::ReadToken(request.Text("NextToken"));
  if (!after)
    return ApiError{"InvalidParameterValueException", "The next token specified is invalid."};
  const auto page = dashboards_.List(storage::Scope::GlobalOf(request.context),
                                     request.Text("DashboardNamePrefix"), *after, kPageSize);
  json output = {{"DashboardEntries", json::array()}};
  for (const auto& dashboard : page.documents) {
    const auto name = dashboard.at("name").get<std::string>();
    output["DashboardEntries"].push_back(
        {{"DashboardArn", DashboardArn(request.context, name)},
         {"DashboardName", name},
         {"LastModified", dashboard.at("modified")},
         {"Size", dashboard.at("body").get_ref<const std::string&>().size()}});
  }
  if (page.more) output["NextToken"] = storage::MakeToken(*page.more);
  return output;
}

// All or none.
Result<json> CloudWatch::DeleteDashboards(const Request& request) {
  const auto scope = storage::Scope::GlobalOf(request.context);
  const std::lock_guard lock(mutex_);
  for (const auto& name : request.Array("DashboardNames")) {
    if (!dashboards_.Contains(scope, name.get<std::string>())) {
      return ApiError{"DashboardNotFoundError",
                      fmt::format("Dashboard {} does not exist", name.get<std::string>())};
    }
  }
  for (const auto& name : request.Array("DashboardNames"))
    dashboards_.Delete(scope, name.get<std::string>());
  return json::object();
}

}  // namespace fractus::cloudwatch
