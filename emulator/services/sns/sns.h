// Simple Notification Service: topics, subscriptions by mail, and publishing to them.
#pragma once

#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "emulator/core/clock.h"
#include "emulator/core/id_source.h"
#include "emulator/ports/mailbox.h"
#include "emulator/service/operation_table.h"
#include "emulator/storage/collection.h"

namespace fractus::sns {

// Thread-safe. Keeps its state in the room "sns" of the database, which must outlive it.
//
// Mail for subscribers and SMS go to the mailbox, the token that confirms a subscription too.
// Differs from AWS: subscriptions of other protocols (SQS, Lambda, HTTP, SMS, ...) and filter
// policies are refused with NotImplemented.
class Sns {
 public:
  Sns(storage::Database& database, Clock& clock, IdSource& ids, ports::Mailbox& mailbox);

  service::OperationTable Operations();

 private:
  // topics.cpp
  Result<json> CreateTopic(const Request& request);
  Result<json> DeleteTopic(const Request& request);
  Result<json> ListTopics(const Request& request);
  Result<json> GetTopicAttributes(const Request& request);
  Result<json> SetTopicAttributes(const Request& request);
  Result<json> TagResource(const Request& request);
  Result<json> UntagResource(const Request& request);
  Result<json> ListTagsForResource(const Request& request);
  // subscriptions.cpp
  Result<json> Subscribe(const Request& request);
  Result<json> ConfirmSubscription(const Request& request);
  Result<json> Unsubscribe(const Request& request);
  Result<json> ListSubscriptions(const Request& request);
  Result<json> ListSubscriptionsByTopic(const Request& request);
  Result<json> GetSubscriptionAttributes(const Request& request);
  Result<json> SetSubscriptionAttributes(const Request& request);
  // publish.cpp
  Result<json> Publish(const Request& request);
  Result<json> PublishSms(const Request& request);

  // The topic that the member of the input names, as {"name", "attributes", "tags", "deleted"}.
  Result<json> FindTopic(const Request& request, std::string_view member) const;
  Result<json> FindTaggedTopic(const Request& request) const;

  IdSource& ids_;
  ports::Mailbox& mailbox_;
  // Held by every operation that reads and then writes.
  std::mutex mutex_;
  storage::Collection topics_;
  // By "<topic>:<id>".
  storage::Collection subscriptions_;
};

ApiError InvalidParameter(std::string_view what);
ApiError NotEmulated(std::string_view what);
std::string TopicArn(const RequestContext& context, std::string_view topic);

}  // namespace fractus::sns
