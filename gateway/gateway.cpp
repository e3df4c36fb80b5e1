#include "gateway/gateway.h"

#include "gateway/operations.h"

namespace fractus::gateway {
namespace {

using Function = Result<json> (*)(ApiStore&, const Request&);

service::Operation Bind(ApiStore& store, Function function) {
  return [&store, function](const Request& request) { return function(store, request); };
}

}  // namespace

service::OperationTable Gateway::Operations() {
  return {
      {"CreateRestApi", Bind(store_, CreateRestApi)},
      {"GetRestApi", Bind(store_, GetRestApi)},
      {"GetRestApis", Bind(store_, GetRestApis)},
      {"UpdateRestApi", Bind(store_, UpdateRestApi)},
      {"DeleteRestApi", Bind(store_, DeleteRestApi)},
      {"ImportRestApi", Bind(store_, ImportRestApi)},
      {"PutRestApi", Bind(store_, PutRestApi)},
      {"CreateResource", Bind(store_, CreateResource)},
      {"GetResource", Bind(store_, GetResource)},
      {"GetResources", Bind(store_, GetResources)},
      {"UpdateResource", Bind(store_, UpdateResource)},
      {"DeleteResource", Bind(store_, DeleteResource)},
      {"PutMethod", Bind(store_, PutMethod)},
      {"GetMethod", Bind(store_, GetMethod)},
      {"UpdateMethod", Bind(store_, UpdateMethod)},
      {"DeleteMethod", Bind(store_, DeleteMethod)},
      {"PutMethodResponse", Bind(store_, PutMethodResponse)},
      {"GetMethodResponse", Bind(store_, GetMethodResponse)},
      {"DeleteMethodResponse", Bind(store_, DeleteMethodResponse)},
      {"PutIntegration", Bind(store_, PutIntegration)},
      {"GetIntegration", Bind(store_, GetIntegration)},
      {"UpdateIntegration", Bind(store_, UpdateIntegration)},
      {"DeleteIntegration", Bind(store_, DeleteIntegration)},
      {"PutIntegrationResponse", Bind(store_, PutIntegrationResponse)},
      {"GetIntegrationResponse", Bind(store_, GetIntegrationResponse)},
      {"DeleteIntegrationResponse", Bind(store_, DeleteIntegrationResponse)},
      {"CreateAuthorizer", Bind(store_, CreateAuthorizer)},
      {"GetAuthorizer", Bind(store_, GetAuthorizer)},
      {"GetAuthorizers", Bind(store_, GetAuthorizers)},
      {"UpdateAuthorizer", Bind(store_, UpdateAuthorizer)},
      {"DeleteAuthorizer", Bind(store_, DeleteAuthorizer)},
      {"CreateDeployment", Bind(store_, CreateDeployment)},
      {"GetDeployment", Bind(store_, GetDeployment)},
      {"GetDeployments", Bind(store_, GetDeployments)},
      {"UpdateDeployment", Bind(store_, UpdateDeployment)},
      {"DeleteDeployment", Bind(store_, DeleteDeployment)},
      {"CreateStage", Bind(store_, CreateStage)},
      {"GetStage", Bind(store_, GetStage)},
      {"GetStages", Bind(store_, GetStages)},
      {"UpdateStage", Bind(store_, UpdateStage)},
      {"DeleteStage", Bind(store_, DeleteStage)},
      {"FlushStageAuthorizersCache", Bind(store_, FlushStageAuthorizersCache)},
      {"CreateModel", Bind(store_, CreateModel)},
      {"GetModel", Bind(store_, GetModel)},
      {"GetModels", Bind(store_, GetModels)},
      {"DeleteModel", Bind(store_, DeleteModel)},
      {"PutGatewayResponse", Bind(store_, PutGatewayResponse)},
      {"GetGatewayResponse", Bind(store_, GetGatewayResponse)},
      {"GetGatewayResponses", Bind(store_, GetGatewayResponses)},
      {"DeleteGatewayResponse", Bind(store_, DeleteGatewayResponse)},
      {"GetAccount", Bind(store_, GetAccount)},
      {"UpdateAccount", Bind(store_, UpdateAccount)},
      {"TagResource", Bind(store_, TagResource)},
      {"UntagResource", Bind(store_, UntagResource)},
      {"GetTags", Bind(store_, GetTags)},
  };
}

}  // namespace fractus::gateway
