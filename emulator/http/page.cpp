#include "emulator/http/page.h"

#include <algorithm>

#include "emulator/auth/digest.h"
#include "emulator/core/encoding.h"

namespace fractus::http {
namespace {

constexpr std::string_view kStyle = R"css(
:root {
  color-scheme: light dark;
  --ground: #f3f4f7; --paper: #ffffff; --ink: #1b1f2a; --quiet: #565e70; --line: #8a92a3;
  --hair: #dfe3ea; --accent: #2f55c8; --accent-deep: #24439f; --on-accent: #ffffff;
  --bad: #a3202b; --bad-ground: #fdeeee; --good: #17643a; --good-ground: #e9f6ee;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #12151c; --paper: #1b202a; --ink: #eceff5; --quiet: #a9b2c3; --line: #727c90;
    --hair: #2f3644; --accent: #8fabff; --accent-deep: #b0c4ff; --on-accent: #10162b;
    --bad: #ffb3b5; --bad-ground: #3a1d22; --good: #9be0b6; --good-ground: #16321f;
  }
}
*, *::before, *::after { box-sizing: border-box; }
body {
  margin: 0; min-height: 100vh; background: var(--ground); color: var(--ink);
  font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif;
}
main { margin: 0 auto; padding: 2.25rem; background: var(--paper); border: 1px solid var(--hair); border-radius: 14px;
       box-shadow: 0 1px 2px rgb(20 25 40 / 6%), 0 12px 32px rgb(20 25 40 / 8%); }
body.card { display: grid; place-items: center; padding: 1.5rem 1rem; }
.card main { width: 100%; max-width: 27rem; }
body.wide { padding: 2rem 1rem; }
.wide main { max-width: 56rem; }
h1 { text-wrap: balance; margin: 0 0 .35rem; font-size: 1.5rem; line-height: 1.25; letter-spacing: -.01em; }
h2 { margin: 0; font-size: 1.05rem; line-height: 1.4; overflow-wrap: anywhere; }
p { margin: 0 0 1rem; }
.quiet { color: var(--quiet); }
a { color: var(--accent); text-underline-offset: .15em; }
a:hover { color: var(--accent-deep); }
form { margin: 1.25rem 0 0; }
.field { margin: 0 0 1.1rem; }
label { display: block; margin: 0 0 .3rem; font-weight: 600; }
label.choice { display: flex; align-items: center; gap: .6rem; margin: 0 0 .75rem; font-weight: 400; }
.hint { margin: .35rem 0 0; color: var(--quiet); font-size: .875rem; }
ul.hint { padding-left: 1.1rem; }
input { width: 100%; min-height: 2.9rem; padding: .6rem .75rem; font: inherit; color: inherit;
        background: var(--paper); border: 1px solid var(--line); border-radius: 8px; }
.choice input { flex: none; width: 1.2rem; min-height: 1.2rem; margin: 0; }
input.code { font-variant-numeric: tabular-nums; letter-spacing: .18em; font-size: 1.15rem; }
button { width: 100%; min-height: 2.9rem; padding: .6rem 1rem; font: inherit; font-weight: 600; cursor: pointer;
         color: var(--on-accent); background: var(--accent); border: 1px solid transparent; border-radius: 8px; }
button:hover { background: var(--accent-deep); }
button.second { color: var(--accent); background: transparent; border-color: var(--line); }
button.second:hover { color: var(--accent-deep); border-color: var(--accent-deep); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.notice { margin: 1.25rem 0 0; padding: .75rem .9rem; border-radius: 8px; border: 1px solid currentColor;
          overflow-wrap: anywhere; }
.bad { color: var(--bad); background: var(--bad-ground); }
.good { color: var(--good); background: var(--good-ground); }
.between { display: flex; justify-content: space-between; align-items: baseline; gap: 1rem; }
.foot { margin: 1.5rem 0 0; padding: 1.25rem 0 0; border-top: 1px solid var(--hair); text-align: center; }
.row { display: flex; gap: .75rem; align-items: end; flex-wrap: wrap; }
.row .field { flex: 1 1 14rem; margin: 0; }
.row button { width: auto; flex: 0 0 auto; padding-inline: 1.5rem; }
.summary { margin: 1.5rem 0 0; }
.letters { list-style: none; margin: 1rem 0 0; padding: 0; }
.letters > li { padding: 1.25rem 0; border-top: 1px solid var(--hair); }
.letters .meta { display: flex; flex-wrap: wrap; gap: .1rem 1.25rem; margin: .15rem 0 .6rem; color: var(--quiet);
                 font-size: .875rem; overflow-wrap: anywhere; }
.key { display: inline-block; margin: 0 0 .6rem; padding: .25rem .7rem; border-radius: 8px;
                background: var(--good-ground); color: var(--good); font-weight: 700; font-size: 1.15rem;
                font-family: ui-monospace, "DejaVu Sans Mono", monospace; overflow-wrap: anywhere; }
.key span { display: inline-block; margin-right: .6ch; }
.logo { display: block; max-width: 100%; max-height: 6rem; margin: 0 auto 1.25rem; }
.qr { display: block; width: 13rem; max-width: 100%; margin: 1.25rem auto .6rem; border-radius: 8px; }
.qr + p { text-align: center; }
.letters .body { margin: 0; white-space: pre-wrap; overflow-wrap: anywhere; }
@media (max-width: 30rem) {
  body.card { place-items: start stretch; padding: 0; background: var(--paper); }
  body.wide { padding: 0; background: var(--paper); }
  main { padding: 1.75rem 1.25rem; border: 0; border-radius: 0; box-shadow: none; }
  .row button { width: 100%; }
}
)css";

bool IsSchemeOrHost(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '-' || c == ':' || c == '+';
  });
}

// "http://localhost:3000" of a URI, as a source of a content security policy; only the scheme where
// the host is none that a policy can name, and nothing of what is not a URI.
std::string SourceOf(std::string_view uri) {
  const size_t colon = uri.find(':');
  if (colon == std::string_view::npos || !IsSchemeOrHost(uri.substr(0, colon))) return "";
  const std::string scheme(uri.substr(0, colon + 1));
  if (!uri.substr(colon).starts_with("://")) return scheme;
  std::string_view host = uri.substr(colon + 3);
  host = host.substr(0, host.find_first_of("/?#"));
  const bool web = scheme == "http:" || scheme == "https:";
  return web && IsSchemeOrHost(host) ? scheme + "//" + std::string(host) : scheme;
}

std::string Policy(const Page& page) {
  static const std::string house = Base64Encode(auth::Sha256(kStyle));
  const std::string more =
      page.style.empty() ? "" : " 'sha256-" + Base64Encode(auth::Sha256(page.style)) + "'";
  const std::string target = SourceOf(page.form_target);
  return "default-src 'none'; img-src data:; style-src 'sha256-" + house + "'" + more +
         "; form-action 'self'" + (target.empty() ? "" : " " + target) +
         "; base-uri 'none'; frame-ancestors 'none'";
}

}  // namespace

std::string EscapeHtml(std::string_view text) {
  std::string escaped;
  escaped.reserve(text.size());
  for (const char c : text) {
    switch (c) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      case '\'':
        escaped += "&#39;";
        break;
      default:
        escaped += c;
    }
  }
  return escaped;
}

HttpResponse Render(const Page& page, int status) {
  HttpResponse response;
  response.status = status;
  auto& headers = response.headers;
  headers.Add("Content-Type", "text/html;charset=UTF-8");
  headers.Add("Cache-Control", "no-store");
  headers.Add("Content-Security-Policy", Policy(page));
  headers.Add("X-Frame-Options", "DENY");
  headers.Add("X-Content-Type-Options", "nosniff");
  // Not "no-referrer": with it browsers send "Origin: null" with forms, and forms are only taken
  // from this origin.
  headers.Add("Referrer-Policy", "same-origin");
  const char* layout = page.layout == Layout::kCard ? "card" : "wide";
  response.body =
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta name=\"robots\" content=\"noindex\">\n<link rel=\"icon\" href=\"data:,\">\n"
      "<title>" +
      EscapeHtml(page.title) + "</title>\n<style>" + std::string(kStyle) + "</style>\n" +
      (page.style.empty() ? "" : "<style>" + page.style + "</style>\n") +
      "</head>\n<body class=\"" + layout + "\">\n<main>\n" + page.content +
      "</main>\n</body>\n</html>\n";
  return response;
}

}  // namespace fractus::http
