// `--auth strict`: every request to an AWS API must be signed by a credential that is known here.
#pragma once

#include <optional>
#include <string_view>

#include "emulator/core/api_error.h"
#include "emulator/core/clock.h"
#include "emulator/core/http_message.h"
#include "emulator/core/request.h"
#include "emulator/model/service_model.h"
#include "emulator/ports/identity_directory.h"

namespace fractus::service {

// Thread-safe. Known are the credentials of `identities`, and the emulator's own: the secret "test"
// with the access key "test", or with an access key that is or carries an account id.
class SignatureCheck {
 public:
  // Both outlive it.
  SignatureCheck(const ports::IdentityDirectory& identities, const Clock& clock)
      : identities_(identities), clock_(clock) {}

  // Why the request is refused, in the service's words. The body must be as it was sent.
  std::optional<ApiError> Refusal(const model::ServiceModel& service, const HttpRequest& request,
                                  const RequestContext& context) const;

 private:
  const ports::IdentityDirectory& identities_;
  const Clock& clock_;
};

}  // namespace fractus::service
