#include "emulator/protocol/compression.h"

#include <zlib.h>

#include <algorithm>
#include <stdexcept>

#include "emulator/core/encoding.h"

namespace fractus::protocol {
namespace {

// zlib's own numbers: the largest window, with gzip's header and trailer.
constexpr int kGzipWindow = 15 + 16;
constexpr int kMemoryLevel = 8;
constexpr size_t kStep = 64 * 1024;

Bytef* Input(std::string_view bytes) {
  return reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
}

}  // namespace

std::string Gzip(std::string_view bytes) {
  z_stream stream{};
  // Speed counts more than size: the answer goes to the same machine.
  if (deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, kGzipWindow, kMemoryLevel,
                   Z_DEFAULT_STRATEGY) != Z_OK) {
    throw std::runtime_error("zlib: no memory");
  }
  std::string packed(deflateBound(&stream, bytes.size()), '\0');
  stream.next_in = Input(bytes);
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = Input(packed);
  stream.avail_out = static_cast<uInt>(packed.size());
  deflate(&stream, Z_FINISH);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

std::optional<std::string> Gunzip(std::string_view bytes, size_t most) {
  z_stream stream{};
  if (inflateInit2(&stream, kGzipWindow) != Z_OK) throw std::runtime_error("zlib: no memory");
  stream.next_in = Input(bytes);
  stream.avail_in = static_cast<uInt>(bytes.size());
  std::string plain;
  int state = Z_OK;
  while (state == Z_OK && plain.size() <= most) {
    const size_t held = plain.size();
    plain.resize(held + kStep);
    stream.next_out = Input(plain) + held;
    stream.avail_out = kStep;
    state = inflate(&stream, Z_NO_FLUSH);
    plain.resize(plain.size() - stream.avail_out);
    if (state == Z_OK && stream.avail_in == 0 && stream.avail_out > 0) break;
  }
  inflateEnd(&stream);
  if (state != Z_STREAM_END || plain.size() > most) return std::nullopt;
  return plain;
}

bool IsPacked(const HttpRequest& request) {
  return EqualsIgnoreCase(Trim(request.headers.Get("Content-Encoding")), "gzip");
}

bool TakesGzip(const HttpRequest& request) {
  std::string_view codings = request.headers.Get("Accept-Encoding");
  while (!codings.empty()) {
    const size_t comma = codings.find(',');
    const std::string_view coding = Trim(codings.substr(0, comma));
    codings = comma == std::string_view::npos ? std::string_view() : codings.substr(comma + 1);
    const std::string_view name = Trim(coding.substr(0, coding.find(';')));
    const bool is_refused = coding.find("q=0") != std::string_view::npos &&
                            coding.find("q=0.") == std::string_view::npos;
    if (EqualsIgnoreCase(name, "gzip") && !is_refused) return true;
  }
  return false;
}

}  // namespace fractus::protocol
