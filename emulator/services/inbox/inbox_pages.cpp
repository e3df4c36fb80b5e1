#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "emulator/core/encoding.h"
#include "emulator/http/page.h"
#include "emulator/services/inbox/inbox.h"

namespace fractus::inbox {
namespace {

using http::EscapeHtml;

constexpr size_t kShown = 100;

HttpResponse AnswerJson(const json& body, int status = 200) {
  HttpResponse response;
  response.status = status;
  response.headers.Add("Content-Type", "application/json");
  response.headers.Add("Cache-Control", "no-store");
  response.body = body.dump(-1, ' ', false, json::error_handler_t::replace);
  return response;
}

// What of the query this page understands; the rest is ignored.
struct Wish {
  std::string to;
  std::string id;
  size_t limit = kShown;
};

Wish ReadWish(const HttpRequest& request) {
  Wish wish;
  for (const auto& [name, value] : ParseQuery(request.query)) {
    if (name == "to" || name == "email" || name == "phoneNumber") wish.to = value;
    // "?to=+15550100" as people type it: unencoded, the plus sign is a blank.
    if (wish.to.starts_with(' ')) wish.to.front() = '+';
    if (name == "id") wish.id = value;
    if (name == "limit") std::from_chars(value.data(), value.data() + value.size(), wish.limit);
  }
  wish.limit = std::min(wish.limit, Inbox::kKept);
  return wish;
}

json Describe(const Letter& letter) {
  const ports::Message& message = letter.message;
  return {{"id", std::to_string(letter.number)},
          {"time", FormatIso8601Millis(message.time)},
          {"service", message.service},
          {"source", message.source},
          {"username", message.username},
          {"medium", message.medium == ports::Medium::kSms ? "SMS" : "EMAIL"},
          {"to", message.to},
          {"kind", message.kind},
          {"code", message.code},
          {"subject", message.subject},
          {"body", message.body}};
}

// "2026-01-02 03:04:05 UTC" for people, with the standard's form for programs.
std::string ShowTime(Time time) {
  const std::string iso = FormatIso8601(time);
  return fmt::format("<time datetime=\"{}\">{} {} UTC</time>", iso, iso.substr(0, 10),
                     iso.substr(11, 8));
}

// A web address in a text, or a whole "<a href=...>label</a>" around one.
struct Link {
  size_t begin = std::string_view::npos;
  size_t end = 0;
  std::string_view url;
  std::string_view label;
};

Link FindLink(std::string_view text, size_t from) {
  const size_t begin = std::min(text.find("https://", from), text.find("http://", from));
  if (begin == std::string_view::npos) return {};
  const size_t end = std::min(text.find_first_of(" \t\r\n\"'<>", begin), text.size());
  const std::string_view url = text.substr(begin, end - begin);
  const Link bare{begin, end, url, url};
  const std::string_view before = text.substr(from, begin - from);
  const size_t tag = before.rfind("<a ");
  if (tag == std::string_view::npos || before.find('>', tag) != std::string_view::npos) return bare;
  const size_t label = text.find('>', end);
  const size_t close = text.find("</a>", end);
  if (label == std::string_view::npos || close == std::string_view::npos || close < label) {
    return bare;
  }
  return {from + tag, close + 4, url, text.substr(label + 1, close - label - 1)};
}

// The message as plain text, in which web addresses can be followed.
std::string ShowBody(std::string_view body) {
  std::string html;
  size_t done = 0;
  for (Link link = FindLink(body, 0); link.end != 0; link = FindLink(body, done)) {
    html += EscapeHtml(body.substr(done, link.begin - done));
    html += fmt::format("<a href=\"{}\" rel=\"noreferrer\">{}</a>", EscapeHtml(link.url),
                        EscapeHtml(link.label));
    done = link.end;
  }
  return html + EscapeHtml(body.substr(done));
}

std::string Show(const Letter& letter) {
  const ports::Message& message = letter.message;
  const bool sms = message.medium == ports::Medium::kSms;
  const std::string title = !message.subject.empty() ? message.subject : message.kind;
  std::string item = fmt::format(
      "<li><h2>{}</h2>\n<p class=\"meta\"><span>{} to {}</span>{}<span>from {} {}</span></p>\n",
      EscapeHtml(title), sms ? "SMS" : "E-mail", EscapeHtml(message.to), ShowTime(message.time),
      EscapeHtml(message.service), EscapeHtml(message.source));
  if (!message.code.empty()) item += "<p class=\"key\">" + EscapeHtml(message.code) + "</p>\n";
  return item + "<p class=\"body\">" + ShowBody(message.body) + "</p></li>\n";
}

// "3 messages to jane@example.com"
std::string Summary(size_t count, const Wish& wish) {
  const std::string to = wish.to.empty() ? "" : " to " + EscapeHtml(wish.to);
  if (count == 0) return "There is no message" + to + " yet.";
  if (count == 1) return "1 message" + to + ".";
  return fmt::format("{}{} messages{}.", count == wish.limit ? "The newest " : "", count, to);
}

HttpResponse ShowPage(const std::vector<Letter>& letters, const Wish& wish) {
  std::string content = fmt::format(
      "<h1>Inbox</h1>\n<p class=\"quiet\">What the services would have sent by e-mail and SMS, "
      "newest first. Nothing has left this machine.</p>\n"
      "<form method=\"get\" class=\"row\"><div class=\"field\"><label for=\"to\">Only to this "
      "address</label><input id=\"to\" name=\"to\" autocomplete=\"off\" spellcheck=\"false\" "
      "autocapitalize=\"none\" value=\"{}\"></div><button>Show</button></form>\n",
      EscapeHtml(wish.to));
  content += "<p class=\"summary\" role=\"status\">" + Summary(letters.size(), wish);
  if (!wish.to.empty()) content += " <a href=\"?\">Show all</a>";
  content += "</p>\n";
  if (!letters.empty()) {
    content += "<ol class=\"letters\">\n";
    for (const auto& letter : letters) content += Show(letter);
    content += "</ol>\n";
  }
  return http::Render({.title = "Inbox",
                       .content = std::move(content),
                       .layout = http::Layout::kWide,
                       .form_target = ""});
}

bool IsRead(const HttpRequest& request) {
  return request.method == "GET" || request.method == "HEAD";
}

bool WantsHtml(const HttpRequest& request) {
  return request.headers.Get("Accept").find("text/html") != std::string_view::npos;
}

HttpResponse WrongMethod() {
  HttpResponse response =
      AnswerJson({{"message", "GET shows the messages, DELETE removes them."}}, 405);
  response.headers.Add("Allow", "GET, DELETE");
  return response;
}

}  // namespace

boost::asio::awaitable<HttpResponse> Inbox::Serve(ports::EndpointRequest request) {
  if (request.path == "/_aws/ses") co_return AnswerSes(request);
  if (request.path == "/_aws/sns/sms-messages") co_return AnswerSms(request);
  if (request.path == "/_fractus/inbox") co_return Answer(request);
  const json unknown = {{"message", "fractus has no page " + request.path}};
  co_return AnswerJson(unknown, 404);
}

HttpResponse Inbox::Empty() {
  Clear();
  HttpResponse response;
  response.status = 204;
  return response;
}

HttpResponse Inbox::Answer(const ports::EndpointRequest& request) {
  if (request.http.method == "DELETE") return Empty();
  if (!IsRead(request.http)) return WrongMethod();
  const Wish wish = ReadWish(request.http);
  const auto letters = Newest(wish.to, wish.limit);
  if (WantsHtml(request.http)) return ShowPage(letters, wish);
  json list = json::array();
  for (const auto& letter : letters) list.push_back(Describe(letter));
  return AnswerJson({{"messages", std::move(list)}});
}

// LocalStack's form, oldest first. Differs from AWS: there is no such address; other emulators have
// it, and their ?email= names the sender, here the receiver.
HttpResponse Inbox::AnswerSes(const ports::EndpointRequest& request) {
  if (request.http.method == "DELETE") return Empty();
  if (!IsRead(request.http)) return WrongMethod();
  const Wish wish = ReadWish(request.http);
  json list = json::array();
  for (const auto& letter : Newest(wish.to, kKept)) {
    const ports::Message& message = letter.message;
    const std::string id = std::to_string(letter.number);
    if (message.medium == ports::Medium::kSms || (!wish.id.empty() && wish.id != id)) continue;
    const char* sender =
        message.service == "sns" ? "no-reply@sns.amazonaws.com" : "no-reply@verificationemail.com";
    list.push_back({{"Id", id},
                    {"Region", request.context.region},
                    {"Source", sender},
                    {"Destination", {{"ToAddresses", {message.to}}}},
                    {"Subject", message.subject},
                    {"Body", {{"text_part", message.body}, {"html_part", json()}}},
                    {"Timestamp", FormatIso8601(message.time)}});
  }
  std::reverse(list.begin(), list.end());
  return AnswerJson({{"messages", std::move(list)}});
}

// By phone number, oldest first. Those of user pools are among them, though no client of SNS sent
// them.
HttpResponse Inbox::AnswerSms(const ports::EndpointRequest& request) {
  if (request.http.method == "DELETE") return Empty();
  if (!IsRead(request.http)) return WrongMethod();
  const auto letters = Newest(ReadWish(request.http).to, kKept);
  json by_number = json::object();
  for (auto letter = letters.rbegin(); letter != letters.rend(); ++letter) {
    const ports::Message& message = letter->message;
    if (message.medium != ports::Medium::kSms) continue;
    const bool topic = message.source.starts_with("arn:");
    by_number[message.to].push_back({{"PhoneNumber", message.to},
                                     {"TopicArn", topic ? json(message.source) : json()},
                                     {"SubscriptionArn", json()},
                                     {"MessageId", std::to_string(letter->number)},
                                     {"Message", message.body},
                                     {"MessageAttributes", json::object()},
                                     {"MessageStructure", json()},
                                     {"Subject", json()}});
  }
  return AnswerJson({{"sms_messages", std::move(by_number)}, {"region", request.context.region}});
}

}  // namespace fractus::inbox
