// What the operations on streams share.
#pragma once

#include <optional>
#include <string>

#include "dynamo/errors.h"
#include "dynamo/item_request.h"
#include "dynamo/store.h"
#include "dynamo/streams.h"
#include "emulator/core/api_error.h"
#include "emulator/core/request.h"

namespace fractus::dynamo {

inline ApiError ShardNotFound() {
  return {"ResourceNotFoundException", "Requested resource not found: Shard does not exist"};
}

inline Result<StreamPtr> FindStream(const Store& store, const std::string& arn, Time now) {
  const StreamPtr stream = store.streams().FindByArn(arn);
  const auto disabled = stream ? stream->disabled() : std::nullopt;
  if (!stream || (disabled && *disabled + kStreamRetention <= now)) {
    return ApiError{"ResourceNotFoundException",
                    "Requested resource not found: Stream: " + arn + " not found"};
  }
  return stream;
}

// The model leaves the upper border open.
inline std::optional<ApiError> CheckLimit(const Request& request, long long most) {
  if (!request.Has("Limit")) return std::nullopt;
  Constraints constraints;
  constraints.AtMost(request.Integer("Limit", 0), "limit", most);
  return constraints.Error();
}

}  // namespace fractus::dynamo
