// The fast way into a request: one that came whole and in the form nearly all have. What is unusual
// or unfinished is left to Beast, which decides what HTTP is.
#pragma once

#include <cstddef>
#include <string_view>

#include "emulator/core/http_message.h"

namespace fractus::http {

// Reads the HTTP/1.1 request at the beginning of `bytes` into `request`, which must be cleared; how
// many bytes it took. 0 for whatever else stands there, and then `request` holds anything.
//
// Takes upper-case methods and printable ASCII, with Content-Length or without a body, on a
// connection that stays open; nothing that Beast would read in another way.
size_t ReadPlainRequest(std::string_view bytes, HttpRequest& request);

}  // namespace fractus::http
