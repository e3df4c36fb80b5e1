// Where services hand over the e-mails and SMS that AWS would send.
#pragma once

#include <string>

#include "emulator/core/clock.h"

namespace fractus::ports {

enum class Medium { kEmail, kSms };

struct Message {
  Time time;
  // The service model's name of who sends: "cognito-idp", "sns".
  std::string service;
  // On whose behalf: a user pool's id, a topic's ARN.
  std::string source;
  // Who is addressed, where the service knows people; else empty.
  std::string username;
  Medium medium = Medium::kEmail;
  // The address or the phone number.
  std::string to;
  // "verification code", "temporary password", ...: what the log line calls it.
  std::string kind;
  // The code or password alone; empty where there is none.
  std::string code;
  std::string subject;
  std::string body;
};

// Thread-safe. Nothing that is delivered here leaves the machine.
class Mailbox {
 public:
  virtual ~Mailbox() = default;
  virtual void Deliver(const Message& message) = 0;
};

}  // namespace fractus::ports
