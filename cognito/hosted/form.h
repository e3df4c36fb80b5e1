// The forms of the hosted pages, as HTML.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cognito/hosted/visit.h"

namespace fractus::cognito::hosted {

struct Field {
  std::string name;
  std::string label;
  // Of the input: "text", "password", "email", ...
  std::string type = "text";
  std::string autocomplete = "off";
  std::string value = "";
  // Below the input.
  std::string hint = "";
  enum class Presence { kRequired, kOptional };
  Presence presence = Presence::kRequired;
};

// A standard attribute by its label and kind; `name` is the field's.
Field AttributeField(const std::string& name, std::string_view attribute);
// A code of a few digits.
Field CodeField(const std::string& label);
Field NewPasswordField(const Pool& pool, const std::string& name, const std::string& label);

// A link or a second form of one button below the first form.
struct Link {
  std::string text;
  std::string path;
};

struct Form {
  std::string title = "";
  // One sentence below the title; or empty.
  std::string intro = "";
  // What went wrong, or what has worked; or empty.
  std::string bad = "";
  std::string good = "";
  // Below the visit's base, with the visit's query.
  std::string action = "";
  // For another device: as a QR code and as a link for apps on this one; or empty.
  std::string uri = "";
  // To be copied by hand; or empty.
  std::string key = "";
  // Of which one is chosen, under `choice_name`: value and label.
  std::vector<std::pair<std::string, std::string>> choices = {};
  std::string choice_name = "";
  std::vector<Field> fields = {};
  // Sent along unseen.
  std::vector<std::pair<std::string, std::string>> hidden = {};
  std::string button = "";
  // A second button, which posts to another path; or empty.
  Link second = {};
  std::vector<Link> links = {};
  // Where the form's answer may redirect.
  std::string target = "";
};

// The page, with its CSRF cookie.
HttpResponse Show(Desk& desk, const Visit& visit, const Form& form);

}  // namespace fractus::cognito::hosted
