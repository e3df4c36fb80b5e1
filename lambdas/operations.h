// The operations of the control plane: each is a function of the room and the request.
#pragma once

#include "emulator/core/api_error.h"
#include "emulator/core/id_source.h"
#include "emulator/core/request.h"
#include "lambdas/environment_pool.h"
#include "lambdas/function_store.h"

namespace fractus::lambdas {

// What an operation may use.
struct Control {
  FunctionStore& store;
  EnvironmentPool& pool;
  IdSource& ids;
};

Result<json> CreateFunction(const Control& control, const Request& request);
Result<json> GetFunction(const Control& control, const Request& request);
Result<json> GetFunctionConfiguration(const Control& control, const Request& request);
Result<json> ListFunctions(const Control& control, const Request& request);
Result<json> UpdateFunctionCode(const Control& control, const Request& request);
Result<json> UpdateFunctionConfiguration(const Control& control, const Request& request);
Result<json> DeleteFunction(const Control& control, const Request& request);
Result<json> GetAccountSettings(const Control& control, const Request& request);

Result<json> PutFunctionConcurrency(const Control& control, const Request& request);
Result<json> GetFunctionConcurrency(const Control& control, const Request& request);
Result<json> DeleteFunctionConcurrency(const Control& control, const Request& request);

Result<json> AddPermission(const Control& control, const Request& request);
Result<json> RemovePermission(const Control& control, const Request& request);
Result<json> GetPolicy(const Control& control, const Request& request);

Result<json> ListTags(const Control& control, const Request& request);
Result<json> TagResource(const Control& control, const Request& request);
Result<json> UntagResource(const Control& control, const Request& request);

Result<json> PublishVersion(const Control& control, const Request& request);
Result<json> ListVersionsByFunction(const Control& control, const Request& request);
Result<json> CreateAlias(const Control& control, const Request& request);
Result<json> GetAlias(const Control& control, const Request& request);
Result<json> UpdateAlias(const Control& control, const Request& request);
Result<json> DeleteAlias(const Control& control, const Request& request);
Result<json> ListAliases(const Control& control, const Request& request);

// The function that the members FunctionName and Qualifier name.
Result<FunctionReference> ReferenceOf(const Request& request);
// The failure of an operation that got an old RevisionId; nothing when none was given or it is
// `current`.
std::optional<ApiError> CheckRevision(const Request& request, const std::string& current);
// "2026-01-02T03:04:05.678+0000", as in LastModified.
std::string FormatLastModified(Time time);

// A copy of $LATEST under the next number, unless nothing changed since the last one; that version.
std::shared_ptr<const FunctionVersion> Publish(Function& function, const Request& request,
                                               IdSource& ids);

// A part of a listing into output[member]: what follows `Marker`, at most `MaxItems`, and
// NextMarker when there is more. The elements are the complete listing, in order.
json Page(json elements, const Request& request, const char* member, int most_items);

// The Code structure or the members of UpdateFunctionCode: a zip, or a local folder as S3Bucket
// "hot-reload" with the folder as S3Key.
Result<std::shared_ptr<Code>> TakeCode(const Control& control, const FunctionId& id,
                                       const json& source);

}  // namespace fractus::lambdas
