#include "cognito/errors.h"
#include "cognito/operations.h"
#include "cognito/ui_customization.h"
#include "emulator/core/encoding.h"

namespace fractus::cognito {
namespace {

using storage::MakeKey;

constexpr char kAllClients[] = "ALL";
// Source:
// https://docs.aws.amazon.com/cognito/latest/developerguide/hosted-ui-classic-branding.html
constexpr size_t kLargestImage = 100 * 1024;

std::string KeyOf(const std::string& pool_id, const std::string& client_id) {
  return MakeKey({"ui", pool_id, client_id});
}

std::string ClientOf(const Request& request) {
  const std::string client = request.Text("ClientId");
  return client.empty() ? kAllClients : client;
}

// Differs from AWS: the logo of hosted pages is kept in its ImageUrl, which AWS has on CloudFront.
Result<std::string> ImageUrl(const json& image) {
  const auto& binary = image.get_binary();
  const std::string bytes(binary.begin(), binary.end());
  const char* type = bytes.starts_with("\x89PNG")        ? "image/png"
                     : bytes.starts_with("\xff\xd8\xff") ? "image/jpeg"
                                                         : nullptr;
  if (!type) return InvalidParameter("The image must be in the format PNG or JPEG.");
  if (bytes.size() > kLargestImage) return InvalidParameter("The image is larger than 100 KB.");
  return std::string("data:") + type + ";base64," + Base64Encode(bytes);
}

std::optional<ApiError> CheckClient(Parts& parts, const Pool& pool, const std::string& id) {
  if (id == kAllClients) return std::nullopt;
  const auto client = parts.store.FindClient(id);
  if (!client || client->pool_id != pool.id) return ClientNotFound(id);
  return std::nullopt;
}

}  // namespace

std::optional<json> FindUiCustomization(Parts& parts, const std::string& pool_id,
                                        const std::string& client_id) {
  auto& room = parts.store.room();
  auto found = room.GetJson(KeyOf(pool_id, client_id));
  return found ? found : room.GetJson(KeyOf(pool_id, kAllClients));
}

Result<json> GetUICustomization(Parts& parts, const Request& request) {
  const auto pool = RequirePool(parts, request);
  if (!pool) return pool.error();
  const std::string client = ClientOf(request);
  if (auto error = CheckClient(parts, **pool, client)) return *std::move(error);
  const auto found = FindUiCustomization(parts, (*pool)->id, client);
  return json{{"UICustomization", found.value_or(json::object())}};
}

// Observed: what the request does not name stays as it was.
Result<json> SetUICustomization(Parts& parts, const Request& request) {
  const auto lock = parts.store.Lock(request.Text("UserPoolId"));
  const auto pool = RequirePool(parts, request);
  if (!pool) return pool.error();
  const std::string client = ClientOf(request), id = (*pool)->id;
  if (auto error = CheckClient(parts, **pool, client)) return *std::move(error);
  auto& room = parts.store.room();
  if (!room.Get(MakeKey({"pool-domain", id}))) {
    return InvalidParameter("There has to be an existing domain associated with this user pool");
  }
  const json now = EpochSeconds(request.context.now);
  json ui = room.GetJson(KeyOf(id, client))
                .value_or(json{{"UserPoolId", id}, {"ClientId", client}, {"CreationDate", now}});
  if (request.Has("CSS")) {
    if (request.Text("CSS").find('<') != std::string::npos) {
      return InvalidParameter("The CSS is not valid.");
    }
    ui["CSS"] = request.Text("CSS");
    ui["CSSVersion"] = std::to_string(EpochMillis(request.context.now) / 1000);
  }
  if (request.Has("ImageFile")) {
    const auto url = ImageUrl(request.input.at("ImageFile"));
    if (!url) return url.error();
    ui["ImageUrl"] = *url;
  }
  ui["LastModifiedDate"] = now;
  room.PutJson(KeyOf(id, client), ui);
  return json{{"UICustomization", std::move(ui)}};
}

}  // namespace fractus::cognito
