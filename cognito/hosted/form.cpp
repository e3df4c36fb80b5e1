#include "cognito/hosted/form.h"

#include <fmt/format.h>

#include <algorithm>

#include "cognito/hosted/authorization.h"
#include "cognito/hosted/qr_code.h"
#include "cognito/ui_customization.h"

namespace fractus::cognito::hosted {
namespace {

using http::EscapeHtml;

std::string Attribute(const char* name, const std::string& value) {
  return value.empty() ? "" : fmt::format(" {}=\"{}\"", name, EscapeHtml(value));
}

// kMend: where the page's problem is to be mended, by all we know.
enum class Focus { kNone, kHere, kMend };

std::string ShowField(const Field& field, Focus focus) {
  const std::string name = EscapeHtml(field.name);
  std::string html = fmt::format(
      "<div class=\"field\"><label for=\"{0}\" class=\"label-customizable\">{1}</label>"
      "<input id=\"{0}\" name=\"{0}\"",
      name, EscapeHtml(field.label));
  const bool code = field.autocomplete == "one-time-code";
  html += Attribute("type", field.type) + Attribute("autocomplete", field.autocomplete);
  html += fmt::format(" class=\"{}inputField-customizable\"", code ? "code " : "");
  if (code) html += " inputmode=\"numeric\"";
  if (field.type != "date") html += " spellcheck=\"false\" autocapitalize=\"none\"";
  html += Attribute("value", field.value);
  if (field.presence == Field::Presence::kRequired) html += " required";
  if (focus != Focus::kNone) html += " autofocus";
  std::string described = focus == Focus::kMend ? "problem" : "";
  if (!field.hint.empty()) described += (described.empty() ? "" : " ") + field.name + "-hint";
  html += Attribute("aria-describedby", described) + ">";
  if (field.hint.empty()) return html + "</div>\n";
  return html + fmt::format("<p class=\"hint\" id=\"{}-hint\">{}</p></div>\n", name,
                            EscapeHtml(field.hint));
}

std::string Url(const Visit& visit, const std::string& path) {
  const std::string query = visit.query.Encode();
  return EscapeHtml(visit.base + path + (query.empty() ? "" : "?" + query));
}

std::string ShowChoices(const Form& form) {
  if (form.choices.empty()) return "";
  std::string html = "<div class=\"field\" role=\"radiogroup\" aria-labelledby=\"title\">\n";
  for (const auto& [value, label] : form.choices) {
    html += fmt::format(
        "<label class=\"choice\"><input type=\"radio\" name=\"{}\" value=\"{}\" "
        "required{}>{}</label>\n",
        EscapeHtml(form.choice_name), EscapeHtml(value),
        value == form.choices.front().first ? " checked" : "", EscapeHtml(label));
  }
  return html + "</div>\n";
}

std::string Problem(const std::string& text) {
  if (text.empty()) return "";
  return fmt::format(
      "<p class=\"notice bad errorMessage-customizable\" role=\"alert\" id=\"problem\">{}</p>\n",
      EscapeHtml(text));
}

std::string Success(const std::string& text) {
  if (text.empty()) return "";
  return fmt::format("<p class=\"notice good\" role=\"status\">{}</p>\n", EscapeHtml(text));
}

// Four by four, for people who type it; copied, it is one word.
std::string InGroups(std::string_view key) {
  std::string html;
  for (; !key.empty(); key.remove_prefix(std::min<size_t>(4, key.size()))) {
    html += "<span>" + EscapeHtml(key.substr(0, 4)) + "</span>";
  }
  return html;
}

// What stands above the form.
std::string ShowHead(const Form& form, const std::string& logo) {
  std::string html;
  if (!logo.empty()) {
    html += fmt::format(
        "<div class=\"banner-customizable\"><img class=\"logo logo-customizable\" src=\"{}\" "
        "alt=\"\"></div>\n",
        EscapeHtml(logo));
  }
  html += fmt::format("<h1 id=\"title\">{}</h1>\n", EscapeHtml(form.title));
  if (!form.intro.empty()) {
    html += fmt::format("<p class=\"quiet textDescription-customizable\">{}</p>\n",
                        EscapeHtml(form.intro));
  }
  html += Problem(form.bad) + Success(form.good);
  if (!form.uri.empty()) {
    html += QrCodeSvg(form.uri, "QR code of the key below");
    html += fmt::format("<p><a href=\"{}\">Open it in an app on this device</a></p>\n",
                        EscapeHtml(form.uri));
  }
  if (!form.key.empty()) html += "<p class=\"key\">" + InGroups(form.key) + "</p>\n";
  return html;
}

std::string BeginForm(const std::string& url, const std::string& csrf) {
  return fmt::format(
      "<form method=\"post\" action=\"{}\">\n"
      "<input type=\"hidden\" name=\"_csrf\" value=\"{}\">\n",
      url, EscapeHtml(csrf));
}

std::string ShowInputs(const Form& form) {
  std::string html;
  for (const auto& [name, value] : form.hidden) {
    html += fmt::format("<input type=\"hidden\" name=\"{}\" value=\"{}\">\n", EscapeHtml(name),
                        EscapeHtml(value));
  }
  html += ShowChoices(form);
  // To the first field that is still to be filled in.
  Focus focus = form.bad.empty() ? Focus::kHere : Focus::kMend;
  for (const Field& field : form.fields) {
    const bool here = field.value.empty();
    html += ShowField(field, here ? focus : Focus::kNone);
    if (here) focus = Focus::kNone;
  }
  return html + fmt::format("<button class=\"submitButton-customizable\">{}</button>\n</form>\n",
                            EscapeHtml(form.button));
}

std::string ShowLinks(const Visit& visit, const std::vector<Link>& links) {
  if (links.empty()) return "";
  std::string html = "<p class=\"foot redirect-customizable\">";
  for (const Link& link : links) {
    if (&link != &links.front()) html += "<br>";
    html += fmt::format("<a href=\"{}\">{}</a>", Url(visit, link.path), EscapeHtml(link.text));
  }
  return html + "</p>\n";
}

// The look that the pool's owner gave the pages of the visit's client.
json LookOf(Desk& desk, const Visit& visit) {
  const auto app = FindApp(desk, visit, visit.query.Get("client_id"));
  if (!app) return json::object();
  return FindUiCustomization(desk.parts, app->pool->id, app->client->id).value_or(json::object());
}

struct KnownAttribute {
  const char* name;
  const char* label;
  const char* type;
  const char* autocomplete;
};

constexpr KnownAttribute kAttributes[] = {
    {"name", "Name", "text", "name"},
    {"given_name", "Given name", "text", "given-name"},
    {"family_name", "Family name", "text", "family-name"},
    {"middle_name", "Middle name", "text", "additional-name"},
    {"nickname", "Nickname", "text", "nickname"},
    {"preferred_username", "Preferred username", "text", "nickname"},
    {"email", "Email", "email", "email"},
    {"phone_number", "Phone number", "tel", "tel"},
    {"birthdate", "Birth date", "date", "bday"},
    {"gender", "Gender", "text", "sex"},
    {"address", "Address", "text", "street-address"},
    {"website", "Website", "url", "url"},
    {"picture", "Picture", "url", "photo"},
    {"profile", "Profile", "url", "url"},
    {"locale", "Locale", "text", "language"},
    {"zoneinfo", "Time zone", "text", "off"},
};

// "at least 8 characters, a lower case letter, ..."
std::string PolicyInWords(const Pool& pool) {
  const json& policy = pool.password_policy();
  std::string words = fmt::format("At least {} characters", policy.value("MinimumLength", 8));
  for (const auto& [member, text] : {std::pair{"RequireLowercase", "a lower case letter"},
                                     {"RequireUppercase", "an upper case letter"},
                                     {"RequireNumbers", "a number"},
                                     {"RequireSymbols", "a special character"}}) {
    if (policy.value(member, false)) words += std::string(", ") + text;
  }
  return words + ".";
}

}  // namespace

Field AttributeField(const std::string& name, std::string_view attribute) {
  Field field{.name = name, .label = std::string(attribute)};
  for (const auto& known : kAttributes) {
    if (attribute != known.name) continue;
    field.label = known.label;
    field.type = known.type;
    field.autocomplete = known.autocomplete;
  }
  if (attribute == "phone_number") field.hint = "With country code, for example +15550100.";
  return field;
}

Field CodeField(const std::string& label) {
  return {.name = "code", .label = label, .type = "text", .autocomplete = "one-time-code"};
}

Field NewPasswordField(const Pool& pool, const std::string& name, const std::string& label) {
  return {.name = name,
          .label = label,
          .type = "password",
          .autocomplete = "new-password",
          .value = "",
          .hint = PolicyInWords(pool)};
}

HttpResponse Show(Desk& desk, const Visit& visit, const Form& form) {
  const std::string csrf = CsrfToken(desk, visit);
  const json look = LookOf(desk, visit);
  std::string html = ShowHead(form, look.value("ImageUrl", std::string()));
  html += BeginForm(Url(visit, form.action), csrf) + ShowInputs(form);
  if (!form.second.text.empty()) {
    html += BeginForm(Url(visit, form.second.path), csrf);
    html += fmt::format("<button class=\"second\">{}</button>\n</form>\n",
                        EscapeHtml(form.second.text));
  }
  html += ShowLinks(visit, form.links);
  HttpResponse response =
      http::Render({.title = (form.bad.empty() ? "" : "Error: ") + form.title,
                    .content = "<div class=\"background-customizable\">\n" + html + "</div>\n",
                    .layout = http::Layout::kCard,
                    .style = look.value("CSS", std::string()),
                    .form_target = form.target});
  if (Cookie(visit, kCsrfCookie).empty()) SetCookie(visit, response, kCsrfCookie, csrf);
  if (!form.bad.empty()) response.log_reason = form.bad;
  return response;
}

}  // namespace fractus::cognito::hosted
