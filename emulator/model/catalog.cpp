#include "emulator/model/catalog.h"

#include "emulator/model/embedded.h"

namespace fractus::model {

const ServiceModel* Catalog::Find(std::string_view service) {
  const std::lock_guard lock(mutex_);
  if (const auto found = models_.find(service); found != models_.end()) return found->second.get();
  for (const auto& embedded : EmbeddedModels()) {
    if (embedded.service != service) continue;
    auto& slot = models_[std::string(service)];
    slot = std::make_unique<ServiceModel>(std::string(service), embedded.text);
    return slot.get();
  }
  return nullptr;
}

}  // namespace fractus::model
