// The e-mails and SMS that user pools would send: kept on this machine, and printed.
#pragma once

#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "cognito/store.h"

namespace fractus::cognito {

enum class Medium { kEmail, kSms };

struct Message {
  Time time;
  std::string pool_id;
  std::string username;
  Medium medium = Medium::kEmail;
  // The address or the phone number.
  std::string to;
  // "verification code", "temporary password", ...: what the log line calls it.
  std::string kind;
  // The code or password alone.
  std::string code;
  std::string subject;
  std::string body;
};

// Thread-safe. Keeps the newest kKept messages in the store.
class Mailbox {
 public:
  static constexpr size_t kKept = 1000;

  explicit Mailbox(Store& store) : store_(store) {}

  // Keeps the message and prints one line: "verification code 123456 for jane@example.com (pool
  // ...)".
  void Deliver(const Message& message);
  // Newest first, at most `limit`; only those to that address unless it is empty.
  std::vector<Message> Newest(std::string_view to, size_t limit) const;

 private:
  Store& store_;
  std::mutex mutex_;
};

}  // namespace fractus::cognito
