// The endpoints for programs: tokens for codes, refresh tokens and client credentials, who a token
// stands for, and taking refresh tokens back.
#pragma once

#include "cognito/hosted/visit.h"

namespace fractus::cognito::hosted {

// POST /oauth2/token.
// Source: https://docs.aws.amazon.com/cognito/latest/developerguide/token-endpoint.html
Answer IssueTokens(Desk& desk, const Visit& visit);
// GET or POST /oauth2/userInfo.
// Source: https://docs.aws.amazon.com/cognito/latest/developerguide/userinfo-endpoint.html
HttpResponse TellUserInfo(Desk& desk, const Visit& visit);
// POST /oauth2/revoke.
// Source: https://docs.aws.amazon.com/cognito/latest/developerguide/revocation-endpoint.html
HttpResponse RevokeByForm(Desk& desk, const Visit& visit);

}  // namespace fractus::cognito::hosted
