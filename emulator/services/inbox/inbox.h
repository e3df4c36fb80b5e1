// The inbox: every e-mail and SMS that a service would send, kept on this machine and shown.
#pragma once

#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/ports/http_endpoint.h"
#include "emulator/ports/mailbox.h"
#include "emulator/storage/database.h"

namespace fractus::inbox {

struct Letter {
  // Counts from 0 in order of delivery.
  long long number = 0;
  ports::Message message;
};

// Thread-safe. Keeps the newest kKept messages in the room "inbox", which must outlive it.
//
// Serves /_fractus/inbox: GET answers a page to browsers and JSON to others, newest first, with
// ?to=<address> and ?limit=<n>; DELETE empties it. And LocalStack's /_aws/ses and
// /_aws/sns/sms-messages: the e-mails and the SMS alone, in LocalStack's forms.
class Inbox : public ports::Mailbox, public ports::HttpEndpoint {
 public:
  static constexpr size_t kKept = 1000;

  explicit Inbox(storage::Database& database);

  // Prints one line: "verification code 123456 for jane@example.com (us-east-1_abc)".
  void Deliver(const ports::Message& message) override;
  // Newest first, at most `limit`; only those to that address, in whatever case, unless it is
  // empty.
  std::vector<Letter> Newest(std::string_view to, size_t limit) const;
  void Clear();

  boost::asio::awaitable<HttpResponse> Serve(ports::EndpointRequest request) override;

 private:
  HttpResponse Answer(const ports::EndpointRequest& request);
  HttpResponse AnswerSes(const ports::EndpointRequest& request);
  HttpResponse AnswerSms(const ports::EndpointRequest& request);
  HttpResponse Empty();

  storage::Room room_;
  std::mutex mutex_;
};

}  // namespace fractus::inbox
