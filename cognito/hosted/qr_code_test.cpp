#include "cognito/hosted/qr_code.h"

#include <gtest/gtest.h>

namespace fractus::cognito::hosted {
namespace {

TEST(QrCodeTest, ATextIsAnImageWithAName) {
  const std::string svg = QrCodeSvg("otpauth://totp/a:b?secret=ABC", "QR <code>");
  EXPECT_TRUE(svg.starts_with("<svg class=\"qr\" role=\"img\" aria-label=\"QR &lt;code&gt;\""));
  // Version 3 at this length: 29 modules and four on each side.
  EXPECT_NE(svg.find("viewBox=\"0 0 37 37\""), std::string::npos) << svg;
  // The upper edge of a finder pattern: seven dark modules in the first row.
  EXPECT_NE(svg.find("d=\"M4 4h7v1h-7z"), std::string::npos) << svg;
}

TEST(QrCodeTest, ATextThatNoCodeCanHoldHasNoImage) {
  EXPECT_EQ(QrCodeSvg(std::string(5000, 'x'), "QR code"), "");
}

}  // namespace
}  // namespace fractus::cognito::hosted
