#include "lambdas/code.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

#include "emulator/auth/digest.h"
#include "emulator/core/encoding.h"
#include "lambdas/code_archive.h"

namespace fractus::lambdas {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::seconds kBetweenLooks{1};
constexpr size_t kMostFiles = 20'000;
constexpr uint64_t kMostHashedBytes = 32u << 20;

struct SourceFile {
  std::string path;  // below the folder
  uint64_t size = 0;
  int64_t time = 0;
};

// Folders that tools fill and people do not edit: too large to walk every second.
bool IsSkipped(const std::string& name) {
  return name.starts_with('.') || name == "__pycache__" || name == "venv" ||
         name == "node_modules" || name.ends_with(".pyc");
}

std::vector<SourceFile> ListSources(const std::string& folder) {
  std::vector<SourceFile> files;
  std::error_code error;
  fs::recursive_directory_iterator at(folder, fs::directory_options::skip_permission_denied, error);
  for (; !error && at != fs::recursive_directory_iterator(); at.increment(error)) {
    if (IsSkipped(at->path().filename().string())) {
      if (at->is_directory(error)) at.disable_recursion_pending();
      continue;
    }
    std::error_code ignored;
    if (!at->is_regular_file(ignored)) continue;
    SourceFile file;
    file.path = at->path().lexically_relative(folder).string();
    file.size = at->file_size(ignored);
    file.time = at->last_write_time(ignored).time_since_epoch().count();
    files.push_back(std::move(file));
    if (files.size() >= kMostFiles) break;
  }
  std::sort(files.begin(), files.end(),
            [](const SourceFile& a, const SourceFile& b) { return a.path < b.path; });
  return files;
}

std::string StampOf(const std::vector<SourceFile>& files) {
  std::string text;
  for (const auto& file : files) {
    text += file.path;
    text += '\0';
    text += std::to_string(file.size) + ' ' + std::to_string(file.time) + '\n';
  }
  return auth::Sha256(text);
}

std::string ReadFile(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// A digest of the contents alone, so that the same sources have the same CodeSha256 wherever they
// lie.
std::string ContentDigest(const std::string& folder, const std::vector<SourceFile>& files) {
  std::string text;
  uint64_t hashed = 0;
  for (const auto& file : files) {
    text += file.path;
    text += '\0';
    hashed += file.size;
    text += hashed <= kMostHashedBytes ? auth::Sha256(ReadFile(fs::path(folder) / file.path))
                                       : std::to_string(file.size);
  }
  return Base64Encode(auth::Sha256(text));
}

}  // namespace

Result<std::shared_ptr<Code>> Code::FromZip(std::string_view zip, const std::string& parent,
                                            IdSource& ids) {
  if (zip.size() > kMostZippedBytes) {
    return ApiError{"RequestEntityTooLargeException",
                    "Zipped size must be smaller than 52428800 bytes", 413};
  }
  auto code = std::shared_ptr<Code>(new Code());
  code->SetHome(fs::path(parent) / ids.Hex(16));
  code->sha256_ = Base64Encode(auth::Sha256(zip));
  code->size_ = zip.size();
  // Until a function owns it, the folder goes with this object.
  code->Discard();
  auto unpacked = UnpackCode(zip, code->folder_);
  if (!unpacked) return unpacked.error();
  std::ofstream file(fs::path(code->home_) / "code.zip", std::ios::binary);
  file.write(zip.data(), static_cast<std::streamsize>(zip.size()));
  if (!file.flush()) throw std::runtime_error("cannot write " + code->home_);
  code->discarded_ = false;
  return code;
}

Result<std::shared_ptr<Code>> Code::FromFolder(const std::string& folder) {
  std::error_code error;
  if (!fs::path(folder).is_absolute() || !fs::is_directory(folder, error)) {
    return ApiError{"InvalidParameterValueException",
                    "The code folder " + folder + " is not an absolute path of a folder."};
  }
  auto code = std::shared_ptr<Code>(new Code());
  code->folder_ = fs::path(folder).lexically_normal().string();
  if (code->folder_.size() > 1 && code->folder_.ends_with('/')) code->folder_.pop_back();
  const auto files = ListSources(code->folder_);
  code->stamp_ = StampOf(files);
  code->sha256_ = ContentDigest(code->folder_, files);
  for (const auto& file : files) code->size_ += file.size;
  return code;
}

std::shared_ptr<Code> Code::FromJson(const json& stored, const std::string& parent) {
  auto code = std::shared_ptr<Code>(new Code());
  if (stored.contains("unpacked")) {
    code->SetHome(fs::path(parent) / stored.at("unpacked").get<std::string>());
  } else {
    code->folder_ = stored.at("folder").get<std::string>();
  }
  code->sha256_ = stored.at("sha256").get<std::string>();
  code->size_ = stored.at("size").get<size_t>();
  return code;
}

json Code::ToJson() const {
  json stored;
  if (is_local()) {
    stored["folder"] = folder_;
  } else {
    stored["unpacked"] = fs::path(home_).filename().string();
  }
  stored["sha256"] = sha256_;
  stored["size"] = size_;
  return stored;
}

void Code::SetHome(const std::string& home) {
  home_ = home;
  folder_ = home + "/task";
}

Code::~Code() {
  if (!discarded_ || home_.empty()) return;
  std::error_code ignored;
  fs::remove_all(home_, ignored);
}

std::string Code::Location() const {
  const std::string path = is_local() ? folder_ : home_ + "/code.zip";
  return "file://" + PercentEncode(path, Slash::kKeep);
}

bool Code::ShouldLook() {
  if (!is_local()) return false;
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  auto due = next_look_.load();
  if (now.count() < due) return false;
  return next_look_.compare_exchange_strong(
      due, (now + std::chrono::steady_clock::duration(kBetweenLooks)).count());
}

void Code::Look() {
  const std::lock_guard lock(look_mutex_);
  auto stamp = StampOf(ListSources(folder_));
  if (!stamp_.empty() && stamp != stamp_) ++revision_;
  stamp_ = std::move(stamp);
}

}  // namespace fractus::lambdas
