#include "lambdas/runtime/python/sources.h"

#include <string_view>

// The assembler puts the files' bytes into the plugin; the folder is given by its -I.
#define FRACTUS_EMBED(name, file)                \
  asm(".pushsection .rodata\n"                   \
      ".hidden fractus_" #name                   \
      "_begin\n"                                 \
      ".hidden fractus_" #name                   \
      "_end\n"                                   \
      ".global fractus_" #name                   \
      "_begin\n"                                 \
      ".global fractus_" #name                   \
      "_end\n"                                   \
      "fractus_" #name "_begin: .incbin \"" file \
      "\"\n"                                     \
      "fractus_" #name                           \
      "_end:\n"                                  \
      ".popsection\n");                          \
  extern "C" {                                   \
  extern const char fractus_##name##_begin[];    \
  extern const char fractus_##name##_end[];      \
  }

FRACTUS_EMBED(hooks, "hooks.py")
FRACTUS_EMBED(boot, "boot.py")
FRACTUS_EMBED(handler_values, "handler_values.py")
FRACTUS_EMBED(guards, "guards.py")
FRACTUS_EMBED(zygote, "zygote.py")

namespace fractus::lambdas::python {
namespace {

std::string_view Text(const char* begin, const char* end) {
  return {begin, static_cast<size_t>(end - begin)};
}

std::string Common() {
  std::string text(Text(fractus_hooks_begin, fractus_hooks_end));
  text += Text(fractus_boot_begin, fractus_boot_end);
  text += Text(fractus_handler_values_begin, fractus_handler_values_end);
  return text;
}

}  // namespace

std::string InProcessText() {
  return Common().append(Text(fractus_guards_begin, fractus_guards_end));
}

std::string ZygoteText() { return Common().append(Text(fractus_zygote_begin, fractus_zygote_end)); }

}  // namespace fractus::lambdas::python
