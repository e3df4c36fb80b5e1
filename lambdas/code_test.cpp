#include "lambdas/code.h"

#include <fstream>

#include "lambdas/testing_room.h"

namespace fractus::lambdas {
namespace {

namespace fs = std::filesystem;

class CodeTest : public ::testing::Test {
 protected:
  CodeTest() {
    std::string pattern = (fs::temp_directory_path() / "code-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
  }
  ~CodeTest() override { fs::remove_all(folder_); }

  void Write(const std::string& name, const std::string& text) {
    fs::create_directories((folder_ / name).parent_path());
    std::ofstream(folder_ / name) << text;
  }

  fs::path folder_;
  IdSource ids_{1};
};

TEST_F(CodeTest, LocalFolderIsUsedInPlace) {
  Write("app.py", "1");
  const auto code = Code::FromFolder(folder_.string());
  ASSERT_TRUE(code);
  EXPECT_EQ((*code)->folder(), folder_.string());
  EXPECT_TRUE((*code)->is_local());
  EXPECT_EQ((*code)->size(), 1u);
  EXPECT_EQ((*code)->Location(), "file://" + folder_.string());
}

TEST_F(CodeTest, FolderThatIsNoneIsRefused) {
  EXPECT_FALSE(Code::FromFolder((folder_ / "missing").string()));
  EXPECT_FALSE(Code::FromFolder("relative"));
}

TEST_F(CodeTest, ChangedNewAndRemovedFilesRaiseTheRevision) {
  Write("app.py", "1");
  const auto code = *Code::FromFolder(folder_.string());
  code->Look();
  EXPECT_EQ(code->revision(), 0u);
  Write("app.py", "12");
  code->Look();
  EXPECT_EQ(code->revision(), 1u);
  Write("lib/more.py", "1");
  code->Look();
  EXPECT_EQ(code->revision(), 2u);
  fs::remove(folder_ / "app.py");
  code->Look();
  EXPECT_EQ(code->revision(), 3u);
  code->Look();
  EXPECT_EQ(code->revision(), 3u);
}

// The same size, as when one digit of a constant is edited.
TEST_F(CodeTest, FileOfTheSameSizeWithANewTimeRaisesTheRevision) {
  Write("app.py", "1");
  const auto code = *Code::FromFolder(folder_.string());
  fs::last_write_time(folder_ / "app.py",
                      fs::last_write_time(folder_ / "app.py") + std::chrono::seconds(5));
  code->Look();
  EXPECT_EQ(code->revision(), 1u);
}

TEST_F(CodeTest, FilesThatToolsWriteDoNotCount) {
  Write("app.py", "1");
  const auto code = *Code::FromFolder(folder_.string());
  Write("__pycache__/app.cpython-311.pyc", "x");
  Write("venv/lib/x.py", "x");
  Write(".git/HEAD", "x");
  Write("node_modules/a/index.js", "x");
  code->Look();
  EXPECT_EQ(code->revision(), 0u);
}

TEST_F(CodeTest, LooksAreSpaced) {
  Write("app.py", "1");
  const auto code = *Code::FromFolder(folder_.string());
  EXPECT_TRUE(code->ShouldLook());
  EXPECT_FALSE(code->ShouldLook());
}

TEST_F(CodeTest, DiscardedFilesGoWithTheLastUser) {
  const std::vector<testing::ZipEntry> entries(1, testing::ZipEntry{"app.py", "x"});
  auto code = *Code::FromZip(testing::MakeZip(entries), folder_.string(), ids_);
  const std::string file = code->folder() + "/app.py";
  EXPECT_TRUE(fs::exists(file));
  auto second_user = code;
  code->Discard();
  code.reset();
  EXPECT_TRUE(fs::exists(file));
  second_user.reset();
  EXPECT_FALSE(fs::exists(file));
  EXPECT_TRUE(fs::is_empty(folder_));
}

TEST_F(CodeTest, UnpackedCodeIsFoundAgainBelowAnotherParent) {
  const std::vector<testing::ZipEntry> entries(1, testing::ZipEntry{"app.py", "x"});
  const auto code = *Code::FromZip(testing::MakeZip(entries), (folder_ / "old").string(), ids_);
  const json stored = code->ToJson();
  fs::rename(folder_ / "old", folder_ / "new");
  const auto again = Code::FromJson(stored, (folder_ / "new").string());
  EXPECT_TRUE(fs::exists(again->folder() + "/app.py"));
  EXPECT_EQ(again->sha256(), code->sha256());
}

TEST_F(CodeTest, ZipOverFiftyMegabytesIsRefused) {
  const auto code = Code::FromZip(std::string(52428801, 'x'), folder_.string(), ids_);
  ASSERT_FALSE(code);
  EXPECT_EQ(code.error().code, "RequestEntityTooLargeException");
  EXPECT_EQ(code.error().http_status, 413);
  EXPECT_EQ(code.error().message, "Zipped size must be smaller than 52428800 bytes");
}

}  // namespace
}  // namespace fractus::lambdas
