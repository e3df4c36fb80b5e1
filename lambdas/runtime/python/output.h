// Cuts what handlers write into the lines that become log events.
#pragma once

#include <string>
#include <string_view>

#include "lambdas/runtime/runtime_host.h"

namespace fractus::lambdas::python {

// Takes the bytes of an environment's log pipe. Not thread-safe.
class LineCutter {
 public:
  // `token` marks texts that are one event although they have several lines (see boot.py).
  LineCutter(std::string token, OutputSink sink);

  void Feed(std::string_view bytes);
  // Passes on a last line that has no line break yet: an invocation has ended.
  void Flush();
  // Lines are kept back until Release or Drop.
  void Hold();
  void Release();
  void Drop();

 private:
  void Emit(std::string_view line);
  // Cuts `text`, which holds no marked text, into lines; keeps an unfinished one.
  void Lines(std::string_view text);

  const std::string mark_;
  const OutputSink sink_;
  std::string pending_;  // an unfinished line
  std::string marked_;   // the text being collected
  size_t marked_left_ = 0;
  std::string header_;  // from the mark on, while its length is incomplete
  // The last line was one of the interpreter's own, which ends with an empty line.
  bool after_noise_ = false;
  bool holding_ = false;
  std::vector<std::string> held_;
};

}  // namespace fractus::lambdas::python
