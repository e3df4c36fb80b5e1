#include "cognito/hosted/qr_code.h"

#include <fmt/format.h>
#include <qrencode.h>

#include <memory>

#include "emulator/http/page.h"

namespace fractus::cognito::hosted {
namespace {

// Empty space around the code, in modules. Source: ISO/IEC 18004 asks for four.
constexpr int kMargin = 4;

// One rectangle per run of dark modules in a row.
std::string Outline(const QRcode& code) {
  const auto dark = [&](int x, int y) { return (code.data[y * code.width + x] & 1) != 0; };
  std::string path;
  for (int y = 0; y < code.width; ++y) {
    for (int x = 0; x < code.width; ++x) {
      if (!dark(x, y)) continue;
      const int begin = x;
      while (x + 1 < code.width && dark(x + 1, y)) ++x;
      const int length = x + 1 - begin;
      path += fmt::format("M{} {}h{}v1h-{}z", begin + kMargin, y + kMargin, length, length);
    }
  }
  return path;
}

}  // namespace

std::string QrCodeSvg(const std::string& text, const std::string& label) {
  const std::unique_ptr<QRcode, decltype(&QRcode_free)> code(
      QRcode_encodeString8bit(text.c_str(), 0, QR_ECLEVEL_M), QRcode_free);
  if (!code) return "";
  return fmt::format(
      "<svg class=\"qr\" role=\"img\" aria-label=\"{0}\" viewBox=\"0 0 {1} {1}\" "
      "shape-rendering=\"crispEdges\"><path fill=\"#fff\" d=\"M0 0h{1}v{1}H0z\"/>"
      "<path fill=\"#000\" d=\"{2}\"/></svg>\n",
      http::EscapeHtml(label), code->width + 2 * kMargin, Outline(*code));
}

}  // namespace fractus::cognito::hosted
