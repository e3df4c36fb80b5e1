// Lambda triggers of a user pool: the events they get, and what their answers mean.
#pragma once

#include <string>
#include <string_view>

#include "cognito/parts.h"

namespace fractus::cognito {

// For whom a trigger runs.
struct TriggerScene {
  PoolRef pool;
  // Empty when an administrator acts for no client.
  std::string client_id;
  std::string username;
  RequestContext context;
};

// Whether the pool's LambdaConfig names a function for this trigger ("PreSignUp", ...).
bool HasTrigger(const Pool& pool, std::string_view trigger);

// Runs the pool's function for `trigger`, 5 seconds at most, with an event of this `source`
// ("PreSignUp_SignUp"), request and empty response. The answer is the event's response as the
// function left it; `response` itself where the pool has no such trigger.
//
// Fails as AWS does: UserLambdaValidationException when the handler raises,
// UnexpectedLambdaException when it cannot be run or takes too long, InvalidLambdaResponseException
// for an answer that is no event.
Task<json> RunTrigger(Parts& parts, TriggerScene scene, std::string trigger, std::string source,
                      json request, json response, std::string version = "1");

// The members "userAttributes" of an event: with sub and cognito:user_status for a user that is
// there.
json EventAttributes(const User& user);
// ClientMetadata as events carry it, where AWS leaves an empty one out as null.
json MetadataOf(const Request& request);

}  // namespace fractus::cognito
