#include "cognito/mailbox.h"

#include <fmt/format.h>

#include "emulator/core/log.h"

namespace fractus::cognito {
namespace {

using storage::MakeKey;

Message FromJson(const json& stored) {
  return {.time = Time(Duration(stored.at("Time").get<long long>())),
          .pool_id = stored.at("Pool").get<std::string>(),
          .username = stored.at("Username").get<std::string>(),
          .medium = stored.at("Medium") == "SMS" ? Medium::kSms : Medium::kEmail,
          .to = stored.at("To").get<std::string>(),
          .kind = stored.at("Kind").get<std::string>(),
          .code = stored.at("Code").get<std::string>(),
          .subject = stored.at("Subject").get<std::string>(),
          .body = stored.at("Body").get<std::string>()};
}

}  // namespace

void Mailbox::Deliver(const Message& message) {
  const std::string prefix = MakeKey({"mail"});
  {
    const std::lock_guard lock(mutex_);
    // Numbered in order of delivery, which a moved clock cannot upset.
    const auto number_of = [&](std::string_view key) {
      return store_.room().GetJson(key).value().at("Number").get<long long>();
    };
    long long first = 0, last = -1;
    storage::Cursor cursor = store_.room().MakeCursor();
    cursor.Seek(prefix);
    if (cursor.Valid() && cursor.Key().starts_with(prefix)) {
      first = number_of(cursor.Key());
      cursor.SeekBackward(storage::PrefixEnd(prefix));
      last = number_of(cursor.Key());
    }
    storage::Batch batch;
    const auto key = [](long long number) {
      return MakeKey({"mail", fmt::format("{:012}", number)});
    };
    store_.room().PutJson(batch, key(last + 1),
                          {{"Number", last + 1},
                           {"Time", message.time.time_since_epoch().count()},
                           {"Pool", message.pool_id},
                           {"Username", message.username},
                           {"Medium", message.medium == Medium::kSms ? "SMS" : "EMAIL"},
                           {"To", message.to},
                           {"Kind", message.kind},
                           {"Code", message.code},
                           {"Subject", message.subject},
                           {"Body", message.body}});
    if (last + 1 - first >= static_cast<long long>(kKept)) store_.room().Delete(batch, key(first));
    store_.room().Write(std::move(batch));
  }
  Log(LogLevel::kInfo, "{} {} for {} (pool {})", message.kind, message.code, message.to,
      message.pool_id);
}

std::vector<Message> Mailbox::Newest(std::string_view to, size_t limit) const {
  const std::string prefix = MakeKey({"mail"});
  std::vector<Message> messages;
  storage::Cursor cursor = store_.room().MakeCursor();
  cursor.SeekBackward(storage::PrefixEnd(prefix));
  for (; cursor.Valid() && cursor.Key().starts_with(prefix) && messages.size() < limit;
       cursor.Previous()) {
    const auto stored = store_.room().GetJson(cursor.Key());
    // Dropped since the cursor was made.
    if (!stored) break;
    Message message = FromJson(*stored);
    if (to.empty() || message.to == to) messages.push_back(std::move(message));
  }
  return messages;
}

}  // namespace fractus::cognito
