// Making an API's document and parts of it, shared by the control-plane calls and by imports.
#pragma once

#include "gateway/api_store.h"

namespace fractus::gateway {

// A new API with its root resource and the two models every API starts with. An empty id stands for
// a new one.
json NewApiDocument(const RequestContext& context, IdSource& ids, std::string api_id);

// The resource of that path ("/users/{userid}"); makes it and its missing parents. Fails as
// CreateResource does.
Result<std::string> EnsureResource(json& document, IdSource& ids, const std::string& path);

// The method, or nothing; `verb` is "GET" … or "ANY".
json* FindMethod(json& document, const std::string& resource_id, const std::string& verb);

// Fails with AWS's words when the integration's type, uri and method do not go together.
Result<json> CheckIntegration(const json& integration);

// The deployment of the document as it is now: adds it to "deployments" and writes its snapshot.
Result<json> Deploy(ApiStore& store, const RequestContext& context, json& document,
                    const std::string& description);

// A Stage with all members that AWS answers for a new one.
json NewStage(const RequestContext& context, const std::string& name,
              const std::string& deployment_id);

}  // namespace fractus::gateway
