#include "cognito/hosted/form.h"

#include <fmt/format.h>

namespace fractus::cognito::hosted {
namespace {

using http::EscapeHtml;

std::string Attribute(const char* name, const std::string& value) {
  return value.empty() ? "" : fmt::format(" {}=\"{}\"", name, EscapeHtml(value));
}

enum class Focus { kNone, kHere };

std::string ShowField(const Field& field, Focus focus) {
  const std::string name = EscapeHtml(field.name);
  std::string html = fmt::format(
      "<div class=\"field\"><label for=\"{0}\">{1}</label>"
      "<input id=\"{0}\" name=\"{0}\"",
      name, EscapeHtml(field.label));
  const bool code = field.autocomplete == "one-time-code";
  html += Attribute("type", field.type) + Attribute("autocomplete", field.autocomplete);
  if (code) html += " class=\"code\" inputmode=\"numeric\"";
  if (field.type != "date") html += " spellcheck=\"false\" autocapitalize=\"none\"";
  html += Attribute("value", field.value);
  if (field.presence == Field::Presence::kRequired) html += " required";
  if (focus == Focus::kHere) html += " autofocus";
  if (field.hint.empty()) return html + "></div>\n";
  html += fmt::format(" aria-describedby=\"{}-hint\">", name);
  return html + fmt::format("<p class=\"hint\" id=\"{}-hint\">{}</p></div>\n", name,
                            EscapeHtml(field.hint));
}

std::string Url(const Visit& visit, const std::string& path) {
  const std::string query = visit.query.Encode();
  return EscapeHtml(visit.base + path + (query.empty() ? "" : "?" + query));
}

std::string ShowChoices(const Form& form) {
  std::string html;
  for (const auto& [value, label] : form.choices) {
    html += fmt::format(
        "<label class=\"choice\"><input type=\"radio\" name=\"{}\" value=\"{}\" "
        "required{}>{}</label>\n",
        EscapeHtml(form.choice_name), EscapeHtml(value),
        value == form.choices.front().first ? " checked" : "", EscapeHtml(label));
  }
  return html;
}

std::string Notice(const char* kind, const char* role, const std::string& text) {
  if (text.empty()) return "";
  return fmt::format("<p class=\"notice {}\" role=\"{}\">{}</p>\n", kind, role, EscapeHtml(text));
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
  std::string html = fmt::format("<h1>{}</h1>\n", EscapeHtml(form.title));
  if (!form.intro.empty())
    html += fmt::format("<p class=\"quiet\">{}</p>\n", EscapeHtml(form.intro));
  if (!form.key.empty()) html += fmt::format("<p class=\"key\">{}</p>\n", EscapeHtml(form.key));
  html += Notice("bad", "alert", form.bad) + Notice("good", "status", form.good);
  html += fmt::format(
      "<form method=\"post\" action=\"{}\">\n<input type=\"hidden\" name=\"_csrf\" "
      "value=\"{}\">\n",
      Url(visit, form.action), EscapeHtml(csrf));
  for (const auto& [name, value] : form.hidden) {
    html += fmt::format("<input type=\"hidden\" name=\"{}\" value=\"{}\">\n", EscapeHtml(name),
                        EscapeHtml(value));
  }
  html += ShowChoices(form);
  Focus focus = Focus::kHere;
  for (const Field& field : form.fields) {
    // To the first that is still to be filled in.
    const bool here = focus == Focus::kHere && field.value.empty();
    html += ShowField(field, here ? Focus::kHere : Focus::kNone);
    if (here) focus = Focus::kNone;
  }
  html += fmt::format("<button>{}</button>\n</form>\n", EscapeHtml(form.button));
  if (!form.second.text.empty()) {
    html += fmt::format(
        "<form method=\"post\" action=\"{}\">\n<input type=\"hidden\" "
        "name=\"_csrf\" value=\"{}\">\n<button class=\"second\">{}</button>\n"
        "</form>\n",
        Url(visit, form.second.path), EscapeHtml(csrf), EscapeHtml(form.second.text));
  }
  if (!form.links.empty()) {
    html += "<p class=\"foot\">";
    for (const Link& link : form.links) {
      if (&link != &form.links.front()) html += "<br>";
      html += fmt::format("<a href=\"{}\">{}</a>", Url(visit, link.path), EscapeHtml(link.text));
    }
    html += "</p>\n";
  }
  HttpResponse response = http::Render({.title = form.title,
                                        .content = std::move(html),
                                        .layout = http::Layout::kCard,
                                        .form_target = form.target});
  if (Cookie(visit, kCsrfCookie).empty()) SetCookie(visit, response, kCsrfCookie, csrf);
  if (!form.bad.empty()) response.log_reason = form.bad;
  return response;
}

}  // namespace fractus::cognito::hosted
