#include "gateway/operations.h"
#include "gateway/patch.h"

namespace fractus::gateway {
namespace {

json Complete(json account) {
  account["throttleSettings"] = {{"burstLimit", 5000}, {"rateLimit", 10000.0}};
  account["features"] = {"UsagePlans"};
  account["apiKeyVersion"] = "4";
  return account;
}

}  // namespace

Result<json> GetAccount(ApiStore& store, const Request& request) {
  return Complete(store.Account(request.context));
}

Result<json> UpdateAccount(ApiStore& store, const Request& request) {
  json account = store.Account(request.context);
  for (const PatchOperation& operation : PatchOperations(request)) {
    if (operation.Is({"cloudwatchRoleArn"})) {
      if (operation.op == "remove" || operation.value.empty()) {
        account.erase("cloudwatchRoleArn");
      } else {
        account["cloudwatchRoleArn"] = operation.value;
      }
    } else if (operation.parts[0] != "features") {
      return InvalidPatchPath(operation);
    }
  }
  store.PutAccount(request.context, account);
  return Complete(std::move(account));
}

}  // namespace fractus::gateway
