// QR codes, so that a phone's authenticator app need not be typed into.
#pragma once

#include <string>

namespace fractus::cognito::hosted {

// The text as an inline SVG image, dark on light whatever the page's colours are, as scanners want
// it; empty for a text that is too long for a QR code. `label` is what people hear who do not see
// it.
std::string QrCodeSvg(const std::string& text, const std::string& label);

}  // namespace fractus::cognito::hosted
