#include "cognito/devices.h"
#include "cognito/errors.h"
#include "cognito/issue_tokens.h"
#include "cognito/operations.h"
#include "emulator/core/encoding.h"

namespace fractus::cognito {
namespace {

using storage::MakeKey;

// Whose devices: the caller's, or those of the user an administrator names.
struct Owner {
  PoolRef pool;
  User user;
};

Result<Owner> CallingOwner(Parts& parts, const Request& request) {
  auto caller = RequireCaller(parts, request);
  if (!caller) return caller.error();
  return Owner{caller->pool, caller->user};
}

Result<Owner> NamedOwner(Parts& parts, const Request& request) {
  auto pool = RequirePool(parts, request);
  if (!pool) return pool.error();
  auto user = RequireUser(parts, **pool, request);
  if (!user) return user.error();
  return Owner{*std::move(pool), *std::move(user)};
}

ApiError NoSuchDevice() { return ResourceNotFound("Device does not exist."); }

// Devices that were offered and never confirmed do not show.
Result<Device> RequireDevice(Parts& parts, const Owner& owner, const Request& request) {
  auto device = FindDevice(parts, *owner.pool, owner.user, request.Text("DeviceKey"));
  if (!device || !device->confirmed) return NoSuchDevice();
  return *std::move(device);
}

Result<json> Get(Parts& parts, const Result<Owner>& owner, const Request& request) {
  if (!owner) return owner.error();
  const auto device = RequireDevice(parts, *owner, request);
  if (!device) return device.error();
  return json{{"Device", device->Describe()}};
}

Result<json> List(Parts& parts, const Result<Owner>& owner, const Request& request) {
  if (!owner) return owner.error();
  const Pool& pool = *owner->pool;
  if (!RemembersDevices(pool)) {
    return InvalidParameter("Device tracking is not enabled for user pool " + pool.id + ".");
  }
  const std::string prefix = MakeKey({"device", pool.id, owner->user.username});
  json output = {{"Devices", json::array()}};
  std::string token = request.Text("PaginationToken");
  const size_t limit = PageSize(request, "Limit");
  // Devices that do not show take no place: read on until the answer is full.
  while (true) {
    const auto page = parts.store.ReadPage(prefix, token, limit - output["Devices"].size());
    if (!page) return BadPageToken();
    for (const auto& row : page->rows) {
      const std::string_view key = std::string_view(row.key).substr(prefix.size());
      const auto device = FindDevice(parts, pool, owner->user, key.substr(0, key.size() - 1));
      if (device && device->confirmed) output["Devices"].push_back(device->Describe());
    }
    if (!page->next) return output;
    token = *page->next;
    if (output["Devices"].size() >= limit) break;
  }
  output["PaginationToken"] = token;
  return output;
}

Result<json> Forget(Parts& parts, const Result<Owner>& owner, const Request& request) {
  if (!owner) return owner.error();
  const auto lock = parts.store.Lock(owner->pool->id);
  const auto device = RequireDevice(parts, *owner, request);
  if (!device) return device.error();
  parts.store.room().Delete(
      MakeKey({"device", owner->pool->id, owner->user.username, device->key}));
  return json::object();
}

Result<json> UpdateStatus(Parts& parts, const Result<Owner>& owner, const Request& request) {
  if (!owner) return owner.error();
  const auto lock = parts.store.Lock(owner->pool->id);
  auto device = RequireDevice(parts, *owner, request);
  if (!device) return device.error();
  if (request.Has("DeviceRememberedStatus")) {
    device->remembered = request.Text("DeviceRememberedStatus") == "remembered";
  }
  device->modified = request.context.now;
  SaveDevice(parts, *owner->pool, owner->user, *device);
  return json::object();
}

}  // namespace

// The device shows that it made a password for itself; from now on it can prove who it is.
Result<json> ConfirmDevice(Parts& parts, const Request& request) {
  const auto owner = CallingOwner(parts, request);
  if (!owner) return owner.error();
  const json& given = request.Object("DeviceSecretVerifierConfig");
  const auto verifier = Base64Decode(given.value("PasswordVerifier", std::string()));
  const auto salt = Base64Decode(given.value("Salt", std::string()));
  if (!verifier || !salt || verifier->empty() || salt->empty()) {
    return InvalidParameter("Invalid device secret verifier config.");
  }
  const auto lock = parts.store.Lock(owner->pool->id);
  auto device = FindDevice(parts, *owner->pool, owner->user, request.Text("DeviceKey"));
  if (!device) return NoSuchDevice();
  const bool on_prompt = owner->pool->description.at("DeviceConfiguration")
                             .value("DeviceOnlyRememberedOnUserPrompt", false);
  device->srp = {*salt, *verifier};
  device->name = request.Text("DeviceName");
  device->confirmed = true;
  device->remembered = !on_prompt;
  device->modified = request.context.now;
  SaveDevice(parts, *owner->pool, owner->user, *device);
  return json{{"UserConfirmationNecessary", on_prompt}};
}

Result<json> GetDevice(Parts& parts, const Request& request) {
  return Get(parts, CallingOwner(parts, request), request);
}

Result<json> ListDevices(Parts& parts, const Request& request) {
  return List(parts, CallingOwner(parts, request), request);
}

Result<json> ForgetDevice(Parts& parts, const Request& request) {
  return Forget(parts, CallingOwner(parts, request), request);
}

Result<json> UpdateDeviceStatus(Parts& parts, const Request& request) {
  return UpdateStatus(parts, CallingOwner(parts, request), request);
}

Result<json> AdminGetDevice(Parts& parts, const Request& request) {
  return Get(parts, NamedOwner(parts, request), request);
}

Result<json> AdminListDevices(Parts& parts, const Request& request) {
  return List(parts, NamedOwner(parts, request), request);
}

Result<json> AdminForgetDevice(Parts& parts, const Request& request) {
  return Forget(parts, NamedOwner(parts, request), request);
}

Result<json> AdminUpdateDeviceStatus(Parts& parts, const Request& request) {
  return UpdateStatus(parts, NamedOwner(parts, request), request);
}

}  // namespace fractus::cognito
