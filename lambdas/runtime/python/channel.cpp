#include "lambdas/runtime/python/channel.h"

#include <fcntl.h>
#include <linux/sockios.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <system_error>

namespace fractus::lambdas::python {
namespace {

constexpr size_t kFrameHead = 9;

uint32_t ReadU32(const char* at) {
  uint32_t value;
  std::memcpy(&value, at, sizeof value);
  return value;
}

// Waits for events on up to two descriptors; false when the deadline has passed.
bool Poll(pollfd* watched, size_t count, Channel::Deadline deadline) {
  while (true) {
    const auto left =
        std::max(Channel::Deadline::duration::zero(), deadline - std::chrono::steady_clock::now());
    const auto nanos = std::chrono::duration_cast<std::chrono::nanoseconds>(left).count();
    const timespec limit{static_cast<time_t>(nanos / 1'000'000'000),
                         static_cast<long>(nanos % 1'000'000'000)};
    const int ready = ppoll(watched, count, &limit, nullptr);
    if (ready > 0) return true;
    if (ready == 0) return false;
    if (errno != EINTR) return false;
  }
}

}  // namespace

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
  if (this != &other) {
    if (number_ >= 0) close(number_);
    number_ = std::exchange(other.number_, -1);
  }
  return *this;
}

Descriptor::~Descriptor() {
  if (number_ >= 0) close(number_);
}

Channel::Channel(LineCutter output, FarEnds& far_ends) : output_(std::move(output)) {
  int pair[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0) {
    throw std::system_error(errno, std::generic_category(), "socketpair");
  }
  socket_ = Descriptor(pair[0]);
  far_ends.channel = Descriptor(pair[1]);
  if (pipe2(pair, O_CLOEXEC) != 0) {
    throw std::system_error(errno, std::generic_category(), "pipe");
  }
  log_ = Descriptor(pair[0]);
  far_ends.log = Descriptor(pair[1]);
  fcntl(socket_.get(), F_SETFL, O_NONBLOCK);
  fcntl(log_.get(), F_SETFL, O_NONBLOCK);
}

Waited Channel::Send(std::string_view header, std::string_view event, Deadline deadline) {
  const uint32_t sizes[2] = {static_cast<uint32_t>(header.size()),
                             static_cast<uint32_t>(event.size())};
  std::string head(reinterpret_cast<const char*>(sizes), sizeof sizes);
  head += header;
  std::string_view parts[2] = {head, event};
  while (!parts[0].empty() || !parts[1].empty()) {
    iovec pieces[2];
    for (int i = 0; i < 2; ++i) pieces[i] = {const_cast<char*>(parts[i].data()), parts[i].size()};
    msghdr message{};
    message.msg_iov = pieces;
    message.msg_iovlen = 2;
    const ssize_t sent = sendmsg(socket_.get(), &message, MSG_NOSIGNAL);
    if (sent >= 0) {
      auto rest = static_cast<size_t>(sent);
      for (auto& part : parts) {
        const size_t taken = std::min(rest, part.size());
        part.remove_prefix(taken);
        rest -= taken;
      }
      continue;
    }
    if (errno != EAGAIN && errno != EINTR) return Waited::kClosed;
    pollfd watched[2] = {{socket_.get(), POLLOUT, 0}, {log_.get(), POLLIN, 0}};
    if (!Poll(watched, log_open_ ? 2 : 1, deadline)) return Waited::kDeadline;
    if (watched[1].revents != 0) ReadLog();
  }
  return Waited::kDone;
}

Waited Channel::Receive(Frame& frame, Deadline deadline) {
  while (true) {
    if (received_.size() >= kFrameHead) {
      const size_t size = ReadU32(received_.data() + 1);
      if (received_.size() >= kFrameHead + size) {
        // What was written before the frame was sent is in the pipe by now.
        DrainLog();
        frame.kind = received_[0];
        frame.memory_kb = ReadU32(received_.data() + 5);
        frame.content = received_.substr(kFrameHead, size);
        received_.erase(0, kFrameHead + size);
        return Waited::kDone;
      }
      received_.reserve(kFrameHead + size);
    }
    pollfd watched[2] = {{socket_.get(), POLLIN, 0}, {log_.get(), POLLIN, 0}};
    if (!Poll(watched, log_open_ ? 2 : 1, deadline)) return Waited::kDeadline;
    if (watched[1].revents != 0) ReadLog();
    if (watched[0].revents == 0) continue;
    char buffer[65536];
    const ssize_t count = recv(socket_.get(), buffer, sizeof buffer, 0);
    if (count > 0) {
      received_.append(buffer, static_cast<size_t>(count));
    } else if (count == 0 || (errno != EAGAIN && errno != EINTR)) {
      DrainLog();
      return Waited::kClosed;
    }
  }
}

bool Channel::Unread() const {
  int bytes = 0;
  return ioctl(socket_.get(), SIOCOUTQ, &bytes) == 0 && bytes > 0;
}

void Channel::DrainLog() {
  // Not for ever: a thread of the code may write without end.
  for (int i = 0; i < 1024 && log_open_ && ReadLog(); ++i) {
  }
}

bool Channel::ReadLog() {
  char buffer[65536];
  const ssize_t count = read(log_.get(), buffer, sizeof buffer);
  if (count > 0) {
    output_.Feed({buffer, static_cast<size_t>(count)});
    return true;
  }
  if (count == 0) log_open_ = false;
  return false;
}

}  // namespace fractus::lambdas::python
