#include "emulator/services/sns/sns.h"

#include <fmt/format.h>

#include <algorithm>

#include "emulator/core/arn.h"

namespace fractus::sns {

Sns::Sns(storage::Database& database, Clock&, IdSource& ids, ports::Mailbox& mailbox)
    : ids_(ids),
      mailbox_(mailbox),
      topics_(database.OpenRoom("sns"), "topic"),
      subscriptions_(database.OpenRoom("sns"), "subscription") {}

service::OperationTable Sns::Operations() {
  const auto bind = [this](Result<json> (Sns::*operation)(const Request&)) {
    return service::Operation(
        [this, operation](const Request& request) { return (this->*operation)(request); });
  };
  return {
      {"ConfirmSubscription", bind(&Sns::ConfirmSubscription)},
      {"CreateTopic", bind(&Sns::CreateTopic)},
      {"DeleteTopic", bind(&Sns::DeleteTopic)},
      {"GetSubscriptionAttributes", bind(&Sns::GetSubscriptionAttributes)},
      {"GetTopicAttributes", bind(&Sns::GetTopicAttributes)},
      {"ListSubscriptions", bind(&Sns::ListSubscriptions)},
      {"ListSubscriptionsByTopic", bind(&Sns::ListSubscriptionsByTopic)},
      {"ListTagsForResource", bind(&Sns::ListTagsForResource)},
      {"ListTopics", bind(&Sns::ListTopics)},
      {"Publish", bind(&Sns::Publish)},
      {"SetSubscriptionAttributes", bind(&Sns::SetSubscriptionAttributes)},
      {"SetTopicAttributes", bind(&Sns::SetTopicAttributes)},
      {"Subscribe", bind(&Sns::Subscribe)},
      {"TagResource", bind(&Sns::TagResource)},
      {"Unsubscribe", bind(&Sns::Unsubscribe)},
      {"UntagResource", bind(&Sns::UntagResource)},
  };
}

ApiError InvalidParameter(std::string_view what) {
  return {"InvalidParameterException", fmt::format("Invalid parameter: {}", what)};
}

ApiError NotEmulated(std::string_view what) {
  return {"NotImplemented", fmt::format("SNS does not emulate {} yet.", what), 501};
}

std::string TopicArn(const RequestContext& context, std::string_view topic) {
  return fmt::format("arn:aws:sns:{}:{}:{}", context.region, context.account, topic);
}

Result<json> Sns::FindTopic(const Request& request, std::string_view member) const {
  const auto text = request.Text(member);
  const auto arn = Arn::Parse(text);
  if (!arn) {
    const auto elements = std::count(text.begin(), text.end(), ':') + 1;
    return InvalidParameter(
        fmt::format("{} Reason: An ARN must have at least 6 elements, not {}", member, elements));
  }
  if (arn->service != "sns" || arn->region != request.context.region)
    return InvalidParameter(member);
  auto topic = topics_.Find({arn->account, arn->region}, arn->resource);
  if (!topic || arn->account != request.context.account) {
    return ApiError{"NotFoundException", "Topic does not exist"};
  }
  return *std::move(topic);
}

}  // namespace fractus::sns
