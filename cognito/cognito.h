// Amazon Cognito user pools: the room that signs users up and in, and issues their tokens.
#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "cognito/issuer.h"
#include "cognito/parts.h"
#include "cognito/token_verifier.h"
#include "emulator/core/blocking_pool.h"
#include "emulator/core/clock.h"
#include "emulator/core/id_source.h"
#include "emulator/ports/function_invoker.h"
#include "emulator/ports/http_endpoint.h"
#include "emulator/service/operation_table.h"
#include "emulator/storage/database.h"

namespace fractus::cognito {

struct Settings {
  // Makes signing keys in a background thread after the first request; without it the request that
  // needs them does.
  bool make_keys_ahead = true;
};

// Thread-safe. Reads and writes the room "cognito" of the database; everything survives a restart.
class Cognito {
 public:
  // Triggers run through `functions`, operations that may wait for one on `pool`; e-mails and SMS go
  // to `mailbox`.
  Cognito(storage::Database& database, Clock& clock, IdSource& ids,
          ports::FunctionInvoker& functions, ports::Mailbox& mailbox, BlockingPool& pool,
          Settings settings = {});

  // For the service model "cognito-idp".
  service::OperationTable Operations();
  // The documents under /<pool id>/.well-known/.
  ports::HttpEndpoint& issuer() { return issuer_; }
  // For the hosted UI, which is a part of this room.
  Parts& parts() { return parts_; }
  // Verifies tokens of that pool by its keys, its issuer and their expiry; nothing for a pool that
  // does not exist. May wait for keys that are being made. Make one per pool and keep it: keys
  // never change.
  std::optional<TokenVerifier> VerifierOf(std::string_view pool_id);

 private:
  Parts parts_;
  Settings settings_;
  Issuer issuer_;
};

}  // namespace fractus::cognito
