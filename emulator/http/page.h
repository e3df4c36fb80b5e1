// Pages of HTML with the house's look: one embedded stylesheet, no script, no external asset.
#pragma once

#include <string>
#include <string_view>

#include "emulator/core/http_message.h"

namespace fractus::http {

// Safe as text and inside a quoted attribute.
std::string EscapeHtml(std::string_view text);

// A card in the middle for forms, or the whole width for lists.
enum class Layout { kCard, kWide };

struct Page {
  std::string title;
  // HTML; whatever comes from outside must have gone through EscapeHtml.
  std::string content;
  Layout layout = Layout::kCard;
  // More style, after the house's own; or empty.
  std::string style = "";
  // A URI to which the answer to this page's form may redirect, or empty: browsers check the whole
  // chain.
  std::string form_target;
};

// With headers that forbid scripts, frames, foreign content and caches.
HttpResponse Render(const Page& page, int status = 200);

}  // namespace fractus::http
