#include "emulator/services/inbox/inbox.h"

#include <fmt/format.h>

#include "emulator/core/http_message.h"
#include "emulator/core/log.h"

namespace fractus::inbox {
namespace {

using storage::MakeKey;

// "letter <number>" in twelve digits: sorts by delivery, which a moved clock cannot upset.
const std::string kPrefix = MakeKey({"letter"});

std::string Key(long long number) { return MakeKey({"letter", fmt::format("{:012}", number)}); }

json ToJson(const Letter& letter) {
  const ports::Message& message = letter.message;
  return {{"Number", letter.number},
          {"Time", message.time.time_since_epoch().count()},
          {"Service", message.service},
          {"Source", message.source},
          {"Username", message.username},
          {"Medium", message.medium == ports::Medium::kSms ? "SMS" : "EMAIL"},
          {"To", message.to},
          {"Kind", message.kind},
          {"Code", message.code},
          {"Subject", message.subject},
          {"Body", message.body}};
}

Letter FromJson(const json& stored) {
  const auto text = [&](const char* member) { return stored.at(member).get<std::string>(); };
  return {.number = stored.at("Number").get<long long>(),
          .message = {
              .time = Time(Duration(stored.at("Time").get<long long>())),
              .service = text("Service"),
              .source = text("Source"),
              .username = text("Username"),
              .medium = stored.at("Medium") == "SMS" ? ports::Medium::kSms : ports::Medium::kEmail,
              .to = text("To"),
              .kind = text("Kind"),
              .code = text("Code"),
              .subject = text("Subject"),
              .body = text("Body")}};
}

}  // namespace

Inbox::Inbox(storage::Database& database) : room_(database.OpenRoom("inbox")) {}

void Inbox::Deliver(const ports::Message& message) {
  {
    const std::lock_guard lock(mutex_);
    const auto number_of = [&](std::string_view key) {
      return room_.GetJson(key).value().at("Number").get<long long>();
    };
    long long first = 0, last = -1;
    storage::Cursor cursor = room_.MakeCursor();
    cursor.Seek(kPrefix);
    if (cursor.Valid() && cursor.Key().starts_with(kPrefix)) {
      first = number_of(cursor.Key());
      cursor.SeekBackward(storage::PrefixEnd(kPrefix));
      last = number_of(cursor.Key());
    }
    storage::Batch batch;
    room_.PutJson(batch, Key(last + 1), ToJson({.number = last + 1, .message = message}));
    if (last + 1 - first >= static_cast<long long>(kKept)) room_.Delete(batch, Key(first));
    room_.Write(std::move(batch));
  }
  Log(LogLevel::kInfo, "{}{}{} for {} ({})", message.kind, message.code.empty() ? "" : " ",
      message.code, message.to, message.source);
}

std::vector<Letter> Inbox::Newest(std::string_view to, size_t limit) const {
  std::vector<Letter> letters;
  storage::Cursor cursor = room_.MakeCursor();
  cursor.SeekBackward(storage::PrefixEnd(kPrefix));
  for (; cursor.Valid() && cursor.Key().starts_with(kPrefix) && letters.size() < limit;
       cursor.Previous()) {
    const auto stored = room_.GetJson(cursor.Key());
    // Dropped since the cursor was made.
    if (!stored) break;
    Letter letter = FromJson(*stored);
    if (to.empty() || EqualsIgnoreCase(letter.message.to, to)) letters.push_back(std::move(letter));
  }
  return letters;
}

void Inbox::Clear() {
  const std::lock_guard lock(mutex_);
  storage::Batch batch;
  room_.DeleteRange(batch, kPrefix, storage::PrefixEnd(kPrefix));
  room_.Write(std::move(batch));
}

}  // namespace fractus::inbox
