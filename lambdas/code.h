// Where the code of a function's version is on disk: unpacked from a zip, or a folder of the user's
// that is used in place.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "emulator/core/api_error.h"
#include "emulator/core/id_source.h"

namespace fractus::lambdas {

// Shared by the versions and environments that use it. Thread-safe.
class Code {
 public:
  // Writes `zip` and its files below a new folder in `parent`.
  static Result<std::shared_ptr<Code>> FromZip(std::string_view zip, const std::string& parent,
                                               IdSource& ids);
  // Uses the folder itself; nothing in it is ever changed. Blocks while the folder is read.
  static Result<std::shared_ptr<Code>> FromFolder(const std::string& folder);
  // What ToJson gave; unpacked code lies below `parent`, wherever that is by now.
  static std::shared_ptr<Code> FromJson(const json& stored, const std::string& parent);
  json ToJson() const;

  // Removes the unpacked files when they were discarded.
  ~Code();

  // The files as handlers see them.
  const std::string& folder() const { return folder_; }
  // base64, as in CodeSha256.
  const std::string& sha256() const { return sha256_; }
  size_t size() const { return size_; }
  bool is_local() const { return home_.empty(); }
  // The folder made for this code; empty for a local folder.
  const std::string& home() const { return home_; }
  // A URL of the zip, or of the local folder.
  std::string Location() const;

  // Nobody will need the unpacked files again once the last environment lets go.
  void Discard() { discarded_ = true; }

  // True at most once a second of real time, and only for a local folder: somebody should call
  // Look.
  bool ShouldLook();
  // Blocks while the folder is walked. Raises the revision when a file is new, gone or has another
  // size or time.
  void Look();
  // Environments of another revision are out of date.
  uint64_t revision() const { return revision_; }

 private:
  Code() = default;
  void SetHome(const std::string& home);

  std::string folder_;
  std::string home_;
  std::string sha256_;
  size_t size_ = 0;
  std::atomic<bool> discarded_ = false;
  std::atomic<uint64_t> revision_ = 0;
  std::atomic<std::chrono::steady_clock::rep> next_look_ = 0;
  std::mutex look_mutex_;
  // Digest of names, sizes and times; empty before the first look.
  std::string stamp_;
};

}  // namespace fractus::lambdas
