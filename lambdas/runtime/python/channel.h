// The emulator's end of an environment: a socket for events and answers, a pipe for what the code
// writes.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "lambdas/runtime/python/output.h"

namespace fractus::lambdas::python {

// Owns a file descriptor.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept;
  ~Descriptor();

  int get() const { return number_; }
  int release() { return std::exchange(number_, -1); }
  void reset() { *this = Descriptor(); }

 private:
  int number_ = -1;
};

struct Frame {
  char kind = 0;  // see boot.py
  uint32_t memory_kb = 0;
  std::string content;
};

// The far ends, for the environment.
struct FarEnds {
  Descriptor channel;
  Descriptor log;
};

enum class Waited { kDone, kClosed, kDeadline };

class Channel {
 public:
  using Deadline = std::chrono::steady_clock::time_point;

  // Throws std::system_error when the process has no descriptors left.
  Channel(LineCutter output, FarEnds& far_ends);

  // Sends an invocation; passes on what the code writes meanwhile.
  Waited Send(std::string_view header, std::string_view event, Deadline deadline);
  // Waits for the next frame; passes on what the code writes meanwhile, and up to the frame. A call
  // that ended with kDeadline may be repeated.
  Waited Receive(Frame& frame, Deadline deadline);
  // Whether the far end has left bytes of the last invocation unread.
  bool Unread() const;
  // Passes on what was written up to now.
  void DrainLog();

  LineCutter& output() { return output_; }

 private:
  bool ReadLog();

  LineCutter output_;
  Descriptor socket_;
  Descriptor log_;
  std::string received_;
  bool log_open_ = true;
};

}  // namespace fractus::lambdas::python
