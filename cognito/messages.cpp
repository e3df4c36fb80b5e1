// The words in which codes and temporary passwords travel.
#include <fmt/format.h>

#include <array>

#include "cognito/codes.h"
#include "cognito/errors.h"
#include "emulator/core/encoding.h"

namespace fractus::cognito {
namespace {

using storage::MakeKey;

constexpr char kCodeMark[] = "{####}";
constexpr char kNameMark[] = "{username}";

enum class Kind { kVerification, kSignIn, kInvitation };

struct Words {
  std::string subject;
  std::string body;
};

Kind KindOf(const std::string& source) {
  if (source == "CustomMessage_AdminCreateUser") return Kind::kInvitation;
  if (source == "CustomMessage_Authentication") return Kind::kSignIn;
  return Kind::kVerification;
}

std::string LogName(const std::string& source) {
  if (source == "CustomMessage_ForgotPassword") return "password reset code";
  switch (KindOf(source)) {
    case Kind::kInvitation:
      return "temporary password";
    case Kind::kSignIn:
      return "sign-in code";
    case Kind::kVerification:
      break;
  }
  return "verification code";
}

void Replace(std::string& text, std::string_view placeholder, std::string_view value) {
  for (size_t at = text.find(placeholder); at != std::string::npos;
       at = text.find(placeholder, at + value.size())) {
    text.replace(at, placeholder.size(), value);
  }
}

bool ByLink(const Outgoing& outgoing) {
  const bool confirms =
      outgoing.source == "CustomMessage_SignUp" || outgoing.source == "CustomMessage_ResendCode";
  return confirms && outgoing.attribute == "email" &&
         outgoing.scene.pool->description.at("VerificationMessageTemplate")
                 .value("DefaultEmailOption", std::string()) == "CONFIRM_WITH_LINK";
}

// What the pool's settings say, with AWS's defaults.
Words PoolWords(const Outgoing& outgoing) {
  const Pool& pool = *outgoing.scene.pool;
  const bool email = outgoing.attribute == "email";
  if (KindOf(outgoing.source) == Kind::kInvitation) {
    const json texts =
        pool.description.at("AdminCreateUserConfig").value("InviteMessageTemplate", json::object());
    const std::string otherwise = "Your username is {username} and temporary password is {####}.";
    return {texts.value("EmailSubject", std::string("Your temporary password")),
            texts.value(email ? "EmailMessage" : "SMSMessage", otherwise)};
  }
  if (KindOf(outgoing.source) == Kind::kSignIn) {
    const json texts = pool.mfa.value("EmailMfaConfiguration", json::object());
    const json sms = pool.mfa.value("SmsMfaConfiguration", json::object());
    const std::string otherwise = "Your authentication code is {####}.";
    const std::string sms_text = sms.value(
        "SmsAuthenticationMessage", pool.description.value("SmsAuthenticationMessage", otherwise));
    return {texts.value("Subject", std::string("Your authentication code")),
            email ? texts.value("Message", otherwise) : sms_text};
  }
  const json texts = pool.description.at("VerificationMessageTemplate");
  if (ByLink(outgoing)) {
    return {texts.value("EmailSubjectByLink", std::string("Your verification link")),
            texts.value("EmailMessageByLink",
                        std::string("Please click the link below to verify your email address. "
                                    "{##Verify Email##}"))};
  }
  return {texts.value("EmailSubject", std::string("Your verification code")),
          texts.value(email ? "EmailMessage" : "SmsMessage",
                      std::string("Your verification code is {####}"))};
}

// Puts a link to the hosted page in the place of "{##words##}".
void PutLink(Parts& parts, const Outgoing& outgoing, std::string& body) {
  const size_t begin = body.find("{##"), end = body.find("##}", begin + 3);
  if (begin == std::string::npos || end == std::string::npos) return;
  const Pool& pool = *outgoing.scene.pool;
  const json domains =
      parts.store.room().GetJson(MakeKey({"pool-domain", pool.id})).value_or(json::object());
  const std::string host =
      domains.contains("CustomDomain")
          ? domains.at("CustomDomain").get<std::string>()
          : domains.value("Domain", std::string()) + ".auth." + pool.region + ".amazoncognito.com";
  const std::string link = fmt::format(
      "<a href=\"https://{}/confirmUser?client_id={}&user_name={}&confirmation_code={}\">{}</a>",
      host, PercentEncode(outgoing.scene.client_id), PercentEncode(outgoing.user.username),
      outgoing.code, body.substr(begin + 3, end - begin - 3));
  body.replace(begin, end + 3 - begin, link);
}

std::string TextOf(const json& response, const char* member) {
  const auto found = response.find(member);
  return found != response.end() && found->is_string() ? found->get<std::string>() : std::string();
}

// The trigger's words win where it has some.
void TakeWords(const json& response, bool email, Words& words) {
  const std::string body = TextOf(response, email ? "emailMessage" : "smsMessage");
  if (!body.empty()) words.body = body;
  const std::string subject = TextOf(response, "emailSubject");
  if (email && !subject.empty()) words.subject = subject;
}

// Whom the message calls the user.
std::string NameOf(const Outgoing& outgoing) {
  const Pool& pool = *outgoing.scene.pool;
  return pool.SignsInByAttribute() ? *outgoing.user.Find(outgoing.attribute)
                                   : outgoing.user.username;
}

}  // namespace

Task<json> Send(Parts& parts, Outgoing outgoing) {
  const Pool& pool = *outgoing.scene.pool;
  const bool email = outgoing.attribute == "email";
  const char* sender = email ? "CustomEmailSender" : "CustomSMSSender";
  if (pool.description.value("LambdaConfig", json::object()).contains(sender)) {
    // Differs from AWS: custom e-mail and SMS senders are refused, since KMS is not emulated.
    co_return NotEmulated(fmt::format(
        "The trigger {} of user pool {} is not emulated: it needs a KMS key.", sender, pool.id));
  }
  const bool invitation = KindOf(outgoing.source) == Kind::kInvitation;
  json event = json::object();
  event["userAttributes"] = EventAttributes(outgoing.user);
  event["codeParameter"] = kCodeMark;
  event["linkParameter"] = "{##Click Here##}";
  event["usernameParameter"] = invitation ? json(kNameMark) : json();
  event["clientMetadata"] = outgoing.client_metadata;
  json empty = json::object();
  for (const char* member : {"smsMessage", "emailMessage", "emailSubject"}) empty[member] = nullptr;
  const auto response = co_await RunTrigger(parts, outgoing.scene, "CustomMessage", outgoing.source,
                                            std::move(event), std::move(empty));
  if (!response) co_return response.error();

  Words words = PoolWords(outgoing);
  TakeWords(*response, email, words);
  if (ByLink(outgoing)) PutLink(parts, outgoing, words.body);
  const std::string address = *outgoing.user.Find(outgoing.attribute);
  Replace(words.body, kCodeMark, outgoing.code);
  Replace(words.body, kNameMark, NameOf(outgoing));
  Message message;
  message.time = outgoing.scene.context.now;
  message.service = "cognito-idp";
  message.source = pool.id;
  message.username = outgoing.user.username;
  message.medium = email ? Medium::kEmail : Medium::kSms;
  message.to = address;
  message.kind = LogName(outgoing.source);
  message.code = outgoing.code;
  if (email) message.subject = words.subject;
  message.body = words.body;
  parts.mailbox.Deliver(message);
  co_return DeliveryDetails(outgoing.attribute, address);
}

}  // namespace fractus::cognito
