#include "lambdas/runtime/python/zygote.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <system_error>
#include <thread>
#include <vector>

#include "lambdas/runtime/python/sources.h"

namespace fractus::lambdas::python {
namespace {

using nlohmann::json;

// Numbers in the child, above all that the actions below write to.
constexpr int kControl = 3, kSource = 4, kClock = 5;

Descriptor MemoryFile(const char* name, std::string_view content) {
  Descriptor file(memfd_create(name, MFD_CLOEXEC));
  if (file.get() < 0) throw std::system_error(errno, std::generic_category(), "memfd_create");
  while (!content.empty()) {
    const ssize_t written = write(file.get(), content.data(), content.size());
    if (written <= 0) throw std::system_error(errno, std::generic_category(), "write");
    content.remove_prefix(static_cast<size_t>(written));
  }
  lseek(file.get(), 0, SEEK_SET);
  return file;
}

// The preloaded clock lies beside this plugin.
std::string ClockPreload() {
  Dl_info self{};
  dladdr(reinterpret_cast<const void*>(&ClockPreload), &self);
  const auto path =
      std::filesystem::path(self.dli_fname).parent_path() / "fractus_clock_preload.so";
  std::error_code error;
  return std::filesystem::exists(path, error) ? path.string() : std::string();
}

constexpr const char* kProgram =
    "import os\n"
    "text = open(4, 'rb').read()\n"
    "exec(compile(text, '/var/runtime/bootstrap.py', 'exec'))\n";

}  // namespace

SharedClock::SharedClock()
    : descriptor_(MemoryFile("fractus-clock", std::string(sizeof(ClockPage), '\0'))) {
  void* memory =
      mmap(nullptr, sizeof(ClockPage), PROT_READ | PROT_WRITE, MAP_SHARED, descriptor_.get(), 0);
  if (memory == MAP_FAILED) throw std::system_error(errno, std::generic_category(), "mmap");
  page_ = new (memory) ClockPage;
}

Zygote::Zygote(Kind kind, const HostSettings& settings, const SharedClock& clock)
    : kind_(kind), settings_(settings), clock_(clock) {}

void Zygote::Prepare() {
  const std::lock_guard lock(mutex_);
  std::string problem;
  if (control_.get() < 0) Launch(problem);
}

bool Zygote::Launch(std::string& problem) {
  int pair[2];
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0) {
    problem = std::strerror(errno);
    return false;
  }
  Descriptor near(pair[0]), far(pair[1]);
  const auto source = MemoryFile("fractus-boot", ZygoteText());

  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  std::vector<Descriptor> high;
  const int given[3] = {far.get(), source.get(), clock_.descriptor()};
  for (int i = 0; i < 3; ++i) {
    high.emplace_back(fcntl(given[i], F_DUPFD_CLOEXEC, 100));
    posix_spawn_file_actions_adddup2(&actions, high.back().get(), kControl + i);
  }
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addclosefrom_np(&actions, kClock + 1);

  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t none, all;
  sigemptyset(&none);
  sigfillset(&all);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &all);
  posix_spawnattr_setflags(&attributes,
                           POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);

  const std::string preload = "LD_PRELOAD=" + ClockPreload();
  const std::string kind = kind_ == Kind::kWarm ? "warm" : "bare";
  const char* arguments[] = {"/usr/bin/python3",
                             "-I",
                             "-S",
                             "-B",
                             "-X",
                             "utf8",
                             "-c",
                             kProgram,
                             kind.c_str(),
                             settings_.endpoint.c_str(),
                             settings_.ca_file.c_str(),
                             nullptr};
  const char* environment[] = {"PATH=/usr/local/bin:/usr/bin:/bin", "TZ=UTC", "FRACTUS_CLOCK_FD=5",
                               preload.c_str(), nullptr};
  pid_t pid = 0;
  const int error = posix_spawn(&pid, arguments[0], &actions, &attributes,
                                const_cast<char**>(arguments), const_cast<char**>(environment));
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  if (error != 0) {
    problem = std::string("/usr/bin/python3: ") + std::strerror(error);
    return false;
  }
  control_ = std::move(near);
  // It ends when the control socket closes.
  std::thread([pid] { waitpid(pid, nullptr, 0); }).detach();
  return true;
}

std::optional<std::string> Zygote::Ask(const std::string& request, const FarEnds* ends) {
  iovec piece{const_cast<char*>(request.data()), request.size()};
  msghdr message{};
  message.msg_iov = &piece;
  message.msg_iovlen = 1;
  alignas(cmsghdr) char ancillary[CMSG_SPACE(2 * sizeof(int))] = {};
  if (ends != nullptr) {
    message.msg_control = ancillary;
    message.msg_controllen = sizeof ancillary;
    cmsghdr* head = CMSG_FIRSTHDR(&message);
    head->cmsg_level = SOL_SOCKET;
    head->cmsg_type = SCM_RIGHTS;
    head->cmsg_len = CMSG_LEN(2 * sizeof(int));
    const int numbers[2] = {ends->channel.get(), ends->log.get()};
    std::memcpy(CMSG_DATA(head), numbers, sizeof numbers);
  }
  char answer[4096];
  ssize_t count = -1;
  if (sendmsg(control_.get(), &message, MSG_NOSIGNAL) >= 0) {
    do {
      count = recv(control_.get(), answer, sizeof answer, 0);
    } while (count < 0 && errno == EINTR);
  }
  if (count <= 0) {
    control_.reset();
    return std::nullopt;
  }
  return std::string(answer, static_cast<size_t>(count));
}

Spawned Zygote::Spawn(const std::string& config, const FarEnds& ends) {
  const std::lock_guard lock(mutex_);
  const std::string request = R"({"op":"spawn","config":)" + config + "}";
  Spawned result;
  result.problem = "the fork server ended";
  for (int attempt = 0; attempt < 2; ++attempt) {
    if (control_.get() < 0 && !Launch(result.problem)) return result;
    const auto answer = Ask(request, &ends);
    if (!answer) continue;
    const auto reply = json::parse(*answer, nullptr, false);
    result.pid = reply.value("pid", 0);
    result.vendored = reply.contains("vendored");
    result.problem = reply.value("error", "");
    return result;
  }
  return result;
}

int Zygote::Reap(pid_t pid, std::chrono::milliseconds grace) {
  const std::lock_guard lock(mutex_);
  const json request = {{"op", "reap"}, {"pid", pid}, {"grace_ms", grace.count()}};
  if (control_.get() >= 0) {
    if (const auto answer = Ask(request.dump(), nullptr)) {
      return json::parse(*answer, nullptr, false).value("status", 0);
    }
  }
  // Its parent is gone, and it went with it.
  return SIGKILL;
}

}  // namespace fractus::lambdas::python
