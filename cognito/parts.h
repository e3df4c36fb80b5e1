// What every Cognito operation works with, and how it finds the pool, client and user of its
// request.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "cognito/signing_keys.h"
#include "cognito/store.h"
#include "emulator/core/api_error.h"
#include "emulator/core/blocking_pool.h"
#include "emulator/core/clock.h"
#include "emulator/core/id_source.h"
#include "emulator/core/request.h"
#include "emulator/ports/function_invoker.h"
#include "emulator/ports/mailbox.h"

namespace fractus::cognito {

using ports::Medium;
using ports::Message;

// What an operation that may wait for a trigger answers. It runs on the blocking pool, gives its
// thread back while it waits, and never waits with a lock of the store in hand.
template <class T>
using Task = boost::asio::awaitable<Result<T>>;

struct Parts {
  Parts(storage::Database& database, Clock& the_clock, IdSource& the_ids,
        ports::FunctionInvoker& the_functions, ports::Mailbox& the_mailbox, BlockingPool& the_pool)
      : store(database),
        clock(the_clock),
        ids(the_ids),
        functions(the_functions),
        mailbox(the_mailbox),
        pool(the_pool),
        keys(store, the_ids) {}

  Store store;
  Clock& clock;
  IdSource& ids;
  // The customers' triggers.
  ports::FunctionInvoker& functions;
  ports::Mailbox& mailbox;
  BlockingPool& pool;
  KeyRing keys;
};

using PoolRef = std::shared_ptr<const Pool>;
using ClientRef = std::shared_ptr<const Client>;

// A pool and a client of it, as requests without credentials name them.
struct App {
  PoolRef pool;
  ClientRef client;
};

// The pool that UserPoolId names, in the caller's account and region.
Result<PoolRef> RequirePool(Parts& parts, const Request& request);
// The client that UserPoolId and ClientId name.
Result<App> RequirePoolClient(Parts& parts, const Request& request);
// The client that ClientId names alone: SignUp, InitiateAuth and the like carry no credentials, so
// neither account nor region is known.
Result<App> RequireClient(Parts& parts, const Request& request);
// Compares SecretHash with the client's secret; `given` is nullptr when the request has none.
std::optional<ApiError> CheckSecretHash(const Client& client, std::string_view username,
                                        const std::string* given);
// The same for the member SecretHash of SignUp and its like.
std::optional<ApiError> CheckSecretHash(const Client& client, const Request& request);
// The user that Username names.
Result<User> RequireUser(Parts& parts, const Pool& pool, const Request& request);

// A page request's Limit or MaxResults: 0 and absent stand for the largest page.
size_t PageSize(const Request& request, std::string_view member);
ApiError BadPageToken();

}  // namespace fractus::cognito
