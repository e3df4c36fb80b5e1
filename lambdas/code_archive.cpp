#include "lambdas/code_archive.h"

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace fractus::lambdas {
namespace {

namespace fs = std::filesystem;

// More entries than any package has; a guard against archives made of nothing but names.
constexpr size_t kMostEntries = 200'000;

ApiError Refused() {
  return {"InvalidParameterValueException",
          "Could not unzip uploaded file. Please check your file, then try to upload again."};
}

ApiError Empty() {
  return {"InvalidParameterValueException", "Uploaded file must be a non-empty zip"};
}

struct CloseArchive {
  void operator()(archive* reader) const { archive_read_free(reader); }
};
using Reader = std::unique_ptr<archive, CloseArchive>;

// The path below the code's folder; nothing when the name is hostile or empty.
std::optional<fs::path> SafePath(const char* name) {
  if (!name || !*name || std::strlen(name) > 4096) return std::nullopt;
  const fs::path path(name);
  if (path.is_absolute()) return std::nullopt;
  fs::path safe;
  for (const auto& part : path) {
    if (part == "..") return std::nullopt;
    if (part != "." && !part.empty()) safe /= part;
  }
  return safe;
}

// True when the target, seen from the link's folder, does not climb out of the root.
bool StaysInside(const fs::path& link, const fs::path& target) {
  if (target.empty() || target.is_absolute()) return false;
  int depth = 0;
  for (const auto& part : link.parent_path()) depth += part.empty() ? 0 : 1;
  for (const auto& part : target) {
    if (part == "..") {
      if (--depth < 0) return false;
    } else if (part != "." && !part.empty()) {
      ++depth;
    }
  }
  return true;
}

class Unpacker {
 public:
  explicit Unpacker(const std::string& folder) : root_(folder) {}

  Result<size_t> Run(std::string_view zip) {
    // Nothing but the end of a directory: the reader takes it for damaged.
    if (zip.starts_with("PK\x05\x06")) return Empty();
    const Reader reader(archive_read_new());
    archive_read_support_format_zip_seekable(reader.get());
    if (archive_read_open_memory(reader.get(), zip.data(), zip.size()) != ARCHIVE_OK) {
      return Refused();
    }
    std::error_code error;
    if (!fs::create_directories(root_, error)) return Refused();
    for (size_t entries = 0;; ++entries) {
      archive_entry* entry = nullptr;
      const int status = archive_read_next_header(reader.get(), &entry);
      if (status == ARCHIVE_EOF) {
        if (entries > 0) break;
        return ApiError{"InvalidParameterValueException", "Uploaded file must be a non-empty zip"};
      }
      // A warning says that a name is not in the locale's encoding; we take names as bytes.
      if ((status != ARCHIVE_OK && status != ARCHIVE_WARN) || entries >= kMostEntries) {
        return Refused();
      }
      if (auto failure = Take(reader.get(), entry)) return *std::move(failure);
    }
    if (auto failure = MakeLinks()) return *std::move(failure);
    return unpacked_;
  }

 private:
  std::optional<ApiError> Take(archive* reader, archive_entry* entry) {
    const char* name = archive_entry_pathname_utf8(entry);
    if (!name) name = archive_entry_pathname(entry);
    const auto path = SafePath(name);
    if (!path || archive_entry_is_encrypted(entry) || archive_entry_hardlink(entry)) {
      return Refused();
    }
    std::error_code error;
    switch (archive_entry_filetype(entry)) {
      case AE_IFDIR:
        fs::create_directories(root_ / *path, error);
        return error ? std::optional(Refused()) : std::nullopt;
      case AE_IFLNK: {
        const char* target = archive_entry_symlink_utf8(entry);
        if (!target) target = archive_entry_symlink(entry);
        if (path->empty() || !target || !StaysInside(*path, target)) return Refused();
        links_.emplace_back(*path, target);
        return std::nullopt;
      }
      case AE_IFREG:
        if (path->empty()) return Refused();
        return WriteFile(reader, *path, archive_entry_perm(entry));
      default:
        return Refused();
    }
  }

  // No link exists in the folder while files are written, so no file can be led astray.
  std::optional<ApiError> WriteFile(archive* reader, const fs::path& path, mode_t permissions) {
    const fs::path full = root_ / path;
    std::error_code error;
    fs::create_directories(full.parent_path(), error);
    if (error) return Refused();
    const mode_t mode = permissions & 0111 ? 0755 : 0644;
    const int file =
        ::open(full.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, mode);
    if (file < 0) return Refused();
    auto failure = CopyTo(file, reader);
    ::close(file);
    return failure;
  }

  std::optional<ApiError> CopyTo(int file, archive* reader) {
    char buffer[65536];
    for (;;) {
      const la_ssize_t got = archive_read_data(reader, buffer, sizeof buffer);
      if (got == 0) return std::nullopt;
      if (got < 0) return Refused();
      // Counted as bytes come out, whatever size the archive claims.
      unpacked_ += static_cast<size_t>(got);
      if (unpacked_ >= kMostUnzippedBytes) {
        return ApiError{"InvalidParameterValueException",
                        "Unzipped size must be smaller than 262144000 bytes"};
      }
      for (la_ssize_t written = 0; written < got;) {
        const ssize_t count = ::write(file, buffer + written, static_cast<size_t>(got - written));
        if (count < 0) return Refused();
        written += count;
      }
    }
  }

  std::optional<ApiError> MakeLinks() {
    std::error_code error;
    for (const auto& [path, target] : links_) {
      fs::path parent = root_;
      for (const auto& part : path.parent_path()) {
        parent /= part;
        if (fs::is_symlink(fs::symlink_status(parent, error))) return Refused();
      }
      fs::create_directories(parent, error);
      if (error) return Refused();
      fs::remove(root_ / path, error);
      fs::create_symlink(target, root_ / path, error);
      if (error) return Refused();
    }
    // A chain of links may leave where each alone would not.
    const fs::path root = fs::canonical(root_, error);
    for (const auto& [path, target] : links_) {
      const fs::path real = fs::weakly_canonical(root_ / path, error);
      const auto relative = real.lexically_relative(root);
      if (error || relative.empty() || *relative.begin() == "..") return Refused();
    }
    return std::nullopt;
  }

  const fs::path root_;
  size_t unpacked_ = 0;
  std::vector<std::pair<fs::path, fs::path>> links_;
};

}  // namespace

Result<size_t> UnpackCode(std::string_view zip, const std::string& folder) {
  auto unpacked = Unpacker(folder).Run(zip);
  if (!unpacked) {
    std::error_code ignored;
    fs::remove_all(folder, ignored);
  }
  return unpacked;
}

}  // namespace fractus::lambdas
