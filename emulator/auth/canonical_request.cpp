// A request in the one form that both sides hash.
#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "emulator/auth/digest.h"
#include "emulator/auth/sigv4.h"
#include "emulator/core/encoding.h"

namespace fractus::auth {
namespace {

// Dot segments and empty segments are resolved, then everything is encoded once more.
std::string CanonicalPath(std::string_view path) {
  std::vector<std::string_view> kept;
  std::string_view rest = path;
  while (!rest.empty()) {
    rest.remove_prefix(rest.front() == '/' ? 1 : 0);
    const auto slash = rest.find('/');
    const auto segment = rest.substr(0, slash);
    rest = slash == std::string_view::npos ? std::string_view() : rest.substr(slash);
    if (segment == "..") {
      if (!kept.empty()) kept.pop_back();
    } else if (!segment.empty() && segment != ".") {
      kept.push_back(segment);
    }
  }
  std::string canonical;
  for (const auto segment : kept) canonical += "/" + PercentEncode(segment);
  if (canonical.empty() || path.ends_with('/')) canonical += '/';
  return canonical;
}

std::string CanonicalQuery(std::string_view query) {
  std::vector<std::pair<std::string, std::string>> pairs;
  while (!query.empty()) {
    const auto end = query.find('&');
    const auto pair = query.substr(0, end);
    query = end == std::string_view::npos ? std::string_view() : query.substr(end + 1);
    if (pair.empty()) continue;
    const auto equals = pair.find('=');
    auto name = PercentEncode(PercentDecode(pair.substr(0, equals)));
    if (name == "X-Amz-Signature") continue;
    pairs.emplace_back(std::move(name),
                       equals == std::string_view::npos
                           ? std::string()
                           : PercentEncode(PercentDecode(pair.substr(equals + 1))));
  }
  std::sort(pairs.begin(), pairs.end());
  std::string canonical;
  for (const auto& [name, value] : pairs) {
    if (!canonical.empty()) canonical += '&';
    canonical += name + '=' + value;
  }
  return canonical;
}

// Trimmed, runs of blanks as one; several fields of one name are joined by commas.
std::string CanonicalHeaderValue(const HttpRequest& request, std::string_view name) {
  std::string value;
  bool first = true;
  for (const auto& [field, text] : request.headers) {
    if (!EqualsIgnoreCase(field, name)) continue;
    if (!first) value += ',';
    first = false;
    bool blank = false;
    for (const char c : Trim(text)) {
      if (c != ' ' || !blank) value += c;
      blank = c == ' ';
    }
  }
  if (first && name == "host") value = request.host;
  return value;
}

std::string PayloadHash(const HttpRequest& request) {
  const auto stated = request.headers.Get("x-amz-content-sha256");
  if (stated == "UNSIGNED-PAYLOAD" || stated.starts_with("STREAMING-")) return std::string(stated);
  return HexEncode(Sha256(request.body));
}

}  // namespace

std::string CanonicalRequest(const HttpRequest& request, const SignatureClaim& claim) {
  std::string headers;
  for (const auto& name : Split(claim.signed_headers, ';')) {
    headers += name + ':' + CanonicalHeaderValue(request, name) + '\n';
  }
  return fmt::format("{}\n{}\n{}\n{}\n{}\n{}", request.method, CanonicalPath(request.path),
                     CanonicalQuery(request.query), headers, claim.signed_headers,
                     PayloadHash(request));
}

}  // namespace fractus::auth
