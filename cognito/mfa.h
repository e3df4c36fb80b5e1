// Second factors as operations show and change them.
#pragma once

#include "cognito/parts.h"

namespace fractus::cognito {

// Adds PreferredMfaSetting and UserMFASettingList to the output of GetUser and AdminGetUser.
void DescribeMfa(const Mfa& mfa, json& output);

}  // namespace fractus::cognito
