#include "emulator/services/secretsmanager/secretsmanager.h"

namespace fractus::secretsmanager {
namespace {

json Named(const json& secret) { return {{"ARN", secret.at("ARN")}, {"Name", secret.at("Name")}}; }

}  // namespace

Result<json> SecretsManager::GetResourcePolicy(const Request& request) {
  const auto secret = Find(request, Deleted::kRefused);
  if (!secret) return secret;
  auto output = Named(*secret);
  if (secret->contains("policy")) output["ResourcePolicy"] = secret->at("policy");
  return output;
}

// Differs from AWS: the resource policy of a secret is kept and not evaluated.
Result<json> SecretsManager::PutResourcePolicy(const Request& request) {
  const auto policy = request.Text("ResourcePolicy");
  if (!json::accept(policy)) {
    return ApiError{"MalformedPolicyDocumentException",
                    "This resource policy contains invalid Json"};
  }
  const std::lock_guard lock(mutex_);
  auto secret = Find(request, Deleted::kRefused);
  if (!secret) return secret;
  (*secret)["policy"] = policy;
  Put(request, *secret);
  return Named(*secret);
}

Result<json> SecretsManager::DeleteResourcePolicy(const Request& request) {
  const std::lock_guard lock(mutex_);
  auto secret = Find(request, Deleted::kRefused);
  if (!secret) return secret;
  secret->erase("policy");
  Put(request, *secret);
  return Named(*secret);
}

}  // namespace fractus::secretsmanager
