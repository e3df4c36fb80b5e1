// The operations, each a function of (store, request) in the file of its resource family.
#pragma once

#include "gateway/api_store.h"

namespace fractus::gateway {

// rest_apis.cpp
Result<json> CreateRestApi(ApiStore& store, const Request& request);
Result<json> GetRestApi(ApiStore& store, const Request& request);
Result<json> GetRestApis(ApiStore& store, const Request& request);
Result<json> UpdateRestApi(ApiStore& store, const Request& request);
Result<json> DeleteRestApi(ApiStore& store, const Request& request);

// import.cpp
Result<json> ImportRestApi(ApiStore& store, const Request& request);
Result<json> PutRestApi(ApiStore& store, const Request& request);

// resources.cpp
Result<json> CreateResource(ApiStore& store, const Request& request);
Result<json> GetResource(ApiStore& store, const Request& request);
Result<json> GetResources(ApiStore& store, const Request& request);
Result<json> UpdateResource(ApiStore& store, const Request& request);
Result<json> DeleteResource(ApiStore& store, const Request& request);

// methods.cpp
Result<json> PutMethod(ApiStore& store, const Request& request);
Result<json> GetMethod(ApiStore& store, const Request& request);
Result<json> UpdateMethod(ApiStore& store, const Request& request);
Result<json> DeleteMethod(ApiStore& store, const Request& request);
Result<json> PutMethodResponse(ApiStore& store, const Request& request);
Result<json> GetMethodResponse(ApiStore& store, const Request& request);
Result<json> DeleteMethodResponse(ApiStore& store, const Request& request);

// integrations.cpp
Result<json> PutIntegration(ApiStore& store, const Request& request);
Result<json> GetIntegration(ApiStore& store, const Request& request);
Result<json> UpdateIntegration(ApiStore& store, const Request& request);
Result<json> DeleteIntegration(ApiStore& store, const Request& request);
Result<json> PutIntegrationResponse(ApiStore& store, const Request& request);
Result<json> GetIntegrationResponse(ApiStore& store, const Request& request);
Result<json> DeleteIntegrationResponse(ApiStore& store, const Request& request);

// authorizers.cpp
Result<json> CreateAuthorizer(ApiStore& store, const Request& request);
Result<json> GetAuthorizer(ApiStore& store, const Request& request);
Result<json> GetAuthorizers(ApiStore& store, const Request& request);
Result<json> UpdateAuthorizer(ApiStore& store, const Request& request);
Result<json> DeleteAuthorizer(ApiStore& store, const Request& request);

// deployments.cpp
Result<json> CreateDeployment(ApiStore& store, const Request& request);
Result<json> GetDeployment(ApiStore& store, const Request& request);
Result<json> GetDeployments(ApiStore& store, const Request& request);
Result<json> UpdateDeployment(ApiStore& store, const Request& request);
Result<json> DeleteDeployment(ApiStore& store, const Request& request);

// stages.cpp
Result<json> CreateStage(ApiStore& store, const Request& request);
Result<json> GetStage(ApiStore& store, const Request& request);
Result<json> GetStages(ApiStore& store, const Request& request);
Result<json> UpdateStage(ApiStore& store, const Request& request);
Result<json> DeleteStage(ApiStore& store, const Request& request);
Result<json> FlushStageAuthorizersCache(ApiStore& store, const Request& request);

// models.cpp
Result<json> CreateModel(ApiStore& store, const Request& request);
Result<json> GetModel(ApiStore& store, const Request& request);
Result<json> GetModels(ApiStore& store, const Request& request);
Result<json> DeleteModel(ApiStore& store, const Request& request);

// gateway_responses.cpp
Result<json> PutGatewayResponse(ApiStore& store, const Request& request);
Result<json> GetGatewayResponse(ApiStore& store, const Request& request);
Result<json> GetGatewayResponses(ApiStore& store, const Request& request);
Result<json> DeleteGatewayResponse(ApiStore& store, const Request& request);

// account.cpp
Result<json> GetAccount(ApiStore& store, const Request& request);
Result<json> UpdateAccount(ApiStore& store, const Request& request);

// tags.cpp
Result<json> TagResource(ApiStore& store, const Request& request);
Result<json> UntagResource(ApiStore& store, const Request& request);
Result<json> GetTags(ApiStore& store, const Request& request);

}  // namespace fractus::gateway
