#include <fmt/format.h>

#include "emulator/core/arn.h"
#include "emulator/core/encoding.h"
#include "emulator/service/tags.h"
#include "emulator/services/iam/iam.h"

namespace fractus::iam {

Result<json> Iam::Find(const Kind& kind, const Request& request) const {
  const auto name = request.Text(kind.member);
  auto entity = kind.entities.Find(storage::Scope::GlobalOf(request.context), name);
  if (!entity) return EntityNotFound(kind.word, name);
  return *std::move(entity);
}

Result<json> Iam::PutInline(const Kind& kind, const Request& request) {
  const auto document = request.Text("PolicyDocument");
  if (auto error = CheckDocument(document, DocumentKind::kPermissions)) return *std::move(error);
  const std::lock_guard lock(mutex_);
  auto entity = Find(kind, request);
  if (!entity) return entity;
  (*entity)["inline"][request.Text("PolicyName")] = document;
  kind.entities.Put(storage::Scope::GlobalOf(request.context), request.Text(kind.member), *entity);
  return json::object();
}

Result<json> Iam::GetInline(const Kind& kind, const Request& request) {
  const auto entity = Find(kind, request);
  if (!entity) return entity;
  const auto name = request.Text("PolicyName");
  const auto found = entity->at("inline").find(name);
  if (found == entity->at("inline").end())
    return EntityNotFound(fmt::format("{} policy", kind.word), name);
  return json{{kind.member, request.Text(kind.member)},
              {"PolicyName", name},
              {"PolicyDocument", PercentEncode(found->get<std::string>())}};
}

Result<json> Iam::ListInline(const Kind& kind, const Request& request) {
  const auto entity = Find(kind, request);
  if (!entity) return entity;
  json names = json::array();
  for (const auto& [name, document] : entity->at("inline").items()) names.push_back(name);
  return MakePage(request, "PolicyNames", names, "");
}

Result<json> Iam::DeleteInline(const Kind& kind, const Request& request) {
  const std::lock_guard lock(mutex_);
  auto entity = Find(kind, request);
  if (!entity) return entity;
  const auto name = request.Text("PolicyName");
  if ((*entity)["inline"].erase(name) == 0)
    return EntityNotFound(fmt::format("{} policy", kind.word), name);
  kind.entities.Put(storage::Scope::GlobalOf(request.context), request.Text(kind.member), *entity);
  return json::object();
}

// Attaching twice is attaching once.
Result<json> Iam::Attach(const Kind& kind, const Request& request) {
  const auto scope = storage::Scope::GlobalOf(request.context);
  const auto arn = request.Text("PolicyArn");
  const auto parsed = Arn::Parse(arn);
  if (!parsed || parsed->service != "iam")
    return ApiError{"ValidationError", "Invalid ARN:  Could not be parsed!", 400};
  const std::lock_guard lock(mutex_);
  auto entity = Find(kind, request);
  if (!entity) return entity;
  if (!IsAwsManaged(arn) && !policies_.Contains(scope, arn)) {
    return NoSuchEntity(fmt::format("Policy {} does not exist or is not attachable.", arn));
  }
  if (entity->at("attached").contains(arn)) return json::object();
  (*entity)["attached"][arn] = NameOfPolicy(arn);
  kind.entities.Put(scope, request.Text(kind.member), *entity);
  CountAttachment(scope, arn, 1);
  return json::object();
}

Result<json> Iam::Detach(const Kind& kind, const Request& request) {
  const auto scope = storage::Scope::GlobalOf(request.context);
  const auto arn = request.Text("PolicyArn");
  const std::lock_guard lock(mutex_);
  auto entity = Find(kind, request);
  if (!entity) return entity;
  if ((*entity)["attached"].erase(arn) == 0)
    return NoSuchEntity(fmt::format("Policy {} was not found.", arn));
  kind.entities.Put(scope, request.Text(kind.member), *entity);
  CountAttachment(scope, arn, -1);
  return json::object();
}

Result<json> Iam::ListAttached(const Kind& kind, const Request& request) {
  const auto entity = Find(kind, request);
  if (!entity) return entity;
  json list = json::array();
  for (const auto& [arn, name] : entity->at("attached").items()) {
    list.push_back({{"PolicyName", name}, {"PolicyArn", arn}});
  }
  return MakePage(request, "AttachedPolicies", list, "PolicyArn");
}

Result<json> Iam::Tag(const Kind& kind, const Request& request) {
  const std::lock_guard lock(mutex_);
  auto entity = Find(kind, request);
  if (!entity) return entity;
  service::AddTags((*entity)["tags"], request.Array("Tags"));
  kind.entities.Put(storage::Scope::GlobalOf(request.context), request.Text(kind.member), *entity);
  return json::object();
}

Result<json> Iam::Untag(const Kind& kind, const Request& request) {
  const std::lock_guard lock(mutex_);
  auto entity = Find(kind, request);
  if (!entity) return entity;
  service::RemoveTags((*entity)["tags"], request.Array("TagKeys"));
  kind.entities.Put(storage::Scope::GlobalOf(request.context), request.Text(kind.member), *entity);
  return json::object();
}

Result<json> Iam::ListTags(const Kind& kind, const Request& request) {
  const auto entity = Find(kind, request);
  if (!entity) return entity;
  return MakePage(request, "Tags", service::ListTags(entity->at("tags")), "Key");
}

Result<json> Iam::Delete(const Kind& kind, const Request& request) {
  const std::lock_guard lock(mutex_);
  const auto entity = Find(kind, request);
  if (!entity) return entity;
  if (!entity->at("attached").empty()) {
    return ApiError{"DeleteConflictException",
                    "Cannot delete entity, must detach all policies first."};
  }
  if (!entity->at("inline").empty()) {
    return ApiError{"DeleteConflictException", "Cannot delete entity, must delete policies first."};
  }
  kind.entities.Delete(storage::Scope::GlobalOf(request.context), request.Text(kind.member));
  return json::object();
}

}  // namespace fractus::iam
