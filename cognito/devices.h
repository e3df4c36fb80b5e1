// Devices that a user pool remembers.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "cognito/parts.h"
#include "cognito/srp.h"

namespace fractus::cognito {

struct Device {
  std::string key;
  std::string group_key;
  std::string name;
  // Empty until ConfirmDevice.
  SrpVerifier srp;
  bool confirmed = false;
  // Its user wants it remembered: DeviceRememberedStatus.
  bool remembered = false;
  Time created;
  Time modified;
  Time authenticated;
  std::string address;

  // The DeviceType structure.
  json Describe() const;
};

// The pool has a DeviceConfiguration.
bool RemembersDevices(const Pool& pool);
// The device is remembered and the pool asks for a second factor on new devices only.
bool StandsForMfa(const Pool& pool, const Device& device);

std::optional<Device> FindDevice(Parts& parts, const Pool& pool, const User& user,
                                 std::string_view key);
void SaveDevice(Parts& parts, const Pool& pool, const User& user, const Device& device);
// A new device, not confirmed yet.
Device OfferDevice(Parts& parts, const Pool& pool, const User& user, const RequestContext& context);
// The user has just signed in with it.
void TouchDevice(Parts& parts, const Pool& pool, const User& user, std::string_view key, Time now);

}  // namespace fractus::cognito
