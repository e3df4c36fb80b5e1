// The Secure Remote Password protocol as Cognito speaks it: SRP-6a with the 3072-bit group of RFC
// 5054 and SHA-256. Numbers are big-endian bytes unless a name says hex.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace fractus::cognito {

// What a server keeps instead of a password. Whoever reads it cannot sign in with it.
struct SrpVerifier {
  std::string salt;
  std::string verifier;
};

// Whom a proof is about: the pool's id without its region and the username, or a device's group key
// and its key.
struct SrpIdentity {
  std::string group;
  std::string user;
};

SrpVerifier MakeSrpVerifier(const SrpIdentity& identity, std::string_view password,
                            std::string_view salt);

// B = k·v + g^b, in hex, for the server's secret b.
std::string SrpPublicHex(const SrpVerifier& verifier, std::string_view secret);
// A client's A that can be used: hexadecimal, and not a multiple of the group's prime.
bool IsSrpPublicHex(std::string_view text);
// The 16 bytes both sides sign with when both know the password; nothing for an A of no use.
std::optional<std::string> SrpKey(const SrpVerifier& verifier, std::string_view secret,
                                  std::string_view client_public_hex);
// The client's proof: HMAC of identity, secret block and timestamp, in base64.
std::string SrpSignature(std::string_view key, const SrpIdentity& identity,
                         std::string_view secret_block, std::string_view timestamp);

}  // namespace fractus::cognito
