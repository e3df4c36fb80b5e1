// Any bytes as what comes with an OAuth request: queries and forms, cookies, credentials, scopes
// and proof keys.
#include <cstdlib>
#include <string_view>

#include "cognito/hosted/parameters.h"

using namespace fractus::cognito::hosted;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  fractus::HttpHeaders headers;
  headers.Add("Cookie", std::string(text));
  (void)FindCookie(headers, "cognito");
  (void)ReadBasic(text);
  (void)ReadBearer(text);
  (void)ReadScopes(text);
  (void)MatchesProofKey(text, text);
  const auto parameters = Parameters::Parse(text);
  if (!parameters) return 0;
  // What is accepted means the same when it travels on.
  const auto again = Parameters::Parse(parameters->Encode());
  if (!again || again->Encode() != parameters->Encode()) std::abort();
  const std::string uri = WithQuery("http://localhost/?a=b#c", *parameters) +
                          WithFragment("http://localhost", *parameters);
  if (uri.find_first_of("\r\n") != std::string::npos) std::abort();
  return 0;
}
