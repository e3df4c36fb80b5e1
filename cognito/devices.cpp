#include "cognito/devices.h"

#include "emulator/core/encoding.h"

namespace fractus::cognito {
namespace {

using storage::MakeKey;

constexpr std::string_view kGroupAlphabet = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

std::string KeyOf(const Pool& pool, const User& user, std::string_view key) {
  return MakeKey({"device", pool.id, user.username, key});
}

Time TimeOf(const json& stored, const char* member) {
  return Time(Duration(stored.at(member).get<long long>()));
}

std::string BytesOf(const json& stored, const char* member) {
  return Base64Decode(stored.at(member).get<std::string>()).value_or("");
}

}  // namespace

json Device::Describe() const {
  json attributes = json::array();
  const auto add = [&](const char* attribute, const std::string& value) {
    if (!value.empty()) attributes.push_back({{"Name", attribute}, {"Value", value}});
  };
  add("device_status", "valid");
  add("device_name", name);
  add("dev:device_remembered_status", remembered ? "remembered" : "not_remembered");
  add("last_ip_used", address);
  return {{"DeviceKey", key},
          {"DeviceAttributes", std::move(attributes)},
          {"DeviceCreateDate", EpochSeconds(created)},
          {"DeviceLastModifiedDate", EpochSeconds(modified)},
          {"DeviceLastAuthenticatedDate", EpochSeconds(authenticated)}};
}

bool RemembersDevices(const Pool& pool) { return pool.description.contains("DeviceConfiguration"); }

bool StandsForMfa(const Pool& pool, const Device& device) {
  return device.remembered && pool.description.value("DeviceConfiguration", json::object())
                                  .value("ChallengeRequiredOnNewDevice", false);
}

std::optional<Device> FindDevice(Parts& parts, const Pool& pool, const User& user,
                                 std::string_view key) {
  if (key.empty() || !RemembersDevices(pool)) return std::nullopt;
  const auto stored = parts.store.room().GetJson(KeyOf(pool, user, key));
  if (!stored) return std::nullopt;
  Device device;
  device.key = key;
  device.group_key = stored->at("Group").get<std::string>();
  device.name = stored->at("Name").get<std::string>();
  device.srp = {BytesOf(*stored, "Salt"), BytesOf(*stored, "Verifier")};
  device.confirmed = stored->at("Confirmed").get<bool>();
  device.remembered = stored->at("Remembered").get<bool>();
  device.created = TimeOf(*stored, "Created");
  device.modified = TimeOf(*stored, "Modified");
  device.authenticated = TimeOf(*stored, "Authenticated");
  device.address = stored->at("Address").get<std::string>();
  return device;
}

void SaveDevice(Parts& parts, const Pool& pool, const User& user, const Device& device) {
  parts.store.room().PutJson(KeyOf(pool, user, device.key),
                             {{"Group", device.group_key},
                              {"Name", device.name},
                              {"Salt", Base64Encode(device.srp.salt)},
                              {"Verifier", Base64Encode(device.srp.verifier)},
                              {"Confirmed", device.confirmed},
                              {"Remembered", device.remembered},
                              {"Created", device.created.time_since_epoch().count()},
                              {"Modified", device.modified.time_since_epoch().count()},
                              {"Authenticated", device.authenticated.time_since_epoch().count()},
                              {"Address", device.address}});
}

Device OfferDevice(Parts& parts, const Pool& pool, const User& user,
                   const RequestContext& context) {
  Device device;
  device.key = pool.region + "_" + parts.ids.Uuid();
  device.group_key = "-" + parts.ids.Text(8, kGroupAlphabet);
  device.created = device.modified = device.authenticated = context.now;
  device.address = context.source_ip;
  SaveDevice(parts, pool, user, device);
  return device;
}

void TouchDevice(Parts& parts, const Pool& pool, const User& user, std::string_view key, Time now) {
  const auto lock = parts.store.Lock(pool.id);
  auto device = FindDevice(parts, pool, user, key);
  if (!device) return;
  device->authenticated = now;
  SaveDevice(parts, pool, user, *device);
}

}  // namespace fractus::cognito
