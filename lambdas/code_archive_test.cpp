#include "lambdas/code_archive.h"

#include <archive_entry.h>

#include <fstream>

#include "lambdas/testing_room.h"

namespace fractus::lambdas {
namespace {

namespace fs = std::filesystem;
using testing::MakeZip;
using testing::ZipEntry;

constexpr char kNoZip[] =
    "Could not unzip uploaded file. Please check your file, then try to upload again.";

class CodeArchiveTest : public ::testing::Test {
 protected:
  CodeArchiveTest() {
    std::string pattern = (fs::temp_directory_path() / "archive-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
  }
  ~CodeArchiveTest() override { fs::remove_all(folder_); }

  Result<size_t> Unpack(std::string_view zip) { return UnpackCode(zip, Target()); }
  Result<size_t> UnpackEntries(const std::vector<ZipEntry>& entries) {
    return Unpack(MakeZip(entries));
  }
  std::string Target() const { return (folder_ / "inner" / "code").string(); }

  void ExpectRefused(const std::vector<ZipEntry>& entries) {
    const auto result = UnpackEntries(entries);
    ASSERT_FALSE(result) << entries[0].name;
    EXPECT_EQ(result.error().code, "InvalidParameterValueException");
    EXPECT_EQ(result.error().message, kNoZip);
    EXPECT_FALSE(fs::exists(Target())) << "a refused archive leaves something behind";
    // Nothing was written beside the target either.
    for (const auto& entry : fs::recursive_directory_iterator(folder_)) {
      EXPECT_TRUE(entry.is_directory()) << entry.path();
    }
  }

  fs::path folder_;
};

ZipEntry File(std::string name, std::string content = "x") {
  ZipEntry entry;
  entry.name = std::move(name);
  entry.content = std::move(content);
  return entry;
}

ZipEntry Link(std::string name, std::string target) {
  ZipEntry entry = File(std::move(name), std::move(target));
  entry.type = AE_IFLNK;
  return entry;
}

TEST_F(CodeArchiveTest, UnpacksFilesFoldersAndExecutableBits) {
  ZipEntry tool = File("bin/tool", "#!/bin/sh\n");
  tool.mode = 0755;
  const auto size = UnpackEntries({File("app.py", "12345"), File("a/b/c.txt", "6"), tool});
  ASSERT_TRUE(size) << size.error().message;
  EXPECT_EQ(*size, 16u);
  std::ifstream file(Target() + "/app.py");
  std::string text;
  file >> text;
  EXPECT_EQ(text, "12345");
  const auto execute = fs::perms::owner_exec;
  EXPECT_NE(fs::status(Target() + "/bin/tool").permissions() & execute, fs::perms::none);
  EXPECT_EQ(fs::status(Target() + "/app.py").permissions() & execute, fs::perms::none);
}

TEST_F(CodeArchiveTest, NamesThatAreNotAsciiAreKept) {
  ASSERT_TRUE(UnpackEntries({File("gr\xc3\xbc\xc3\x9f.txt")}));
  EXPECT_TRUE(fs::exists(Target() + "/gr\xc3\xbc\xc3\x9f.txt"));
}

TEST_F(CodeArchiveTest, LinksInsideTheFolderWork) {
  ASSERT_TRUE(UnpackEntries({Link("lib/libx.so", "libx.so.1"), File("lib/libx.so.1", "elf"),
                             Link("up", "lib/../lib/libx.so.1")}));
  EXPECT_TRUE(fs::is_regular_file(Target() + "/lib/libx.so"));
  EXPECT_TRUE(fs::is_regular_file(Target() + "/up"));
}

TEST_F(CodeArchiveTest, NamesThatLeaveTheFolderAreRefused) {
  ExpectRefused({File("../evil")});
  ExpectRefused({File("a/../../evil")});
  ExpectRefused({File("/tmp/evil")});
  ExpectRefused({File("good"), File("a/b/../../../evil")});
}

TEST_F(CodeArchiveTest, LinksThatLeaveTheFolderAreRefused) {
  ExpectRefused({Link("out", "/etc/passwd")});
  ExpectRefused({Link("out", "../../etc")});
  ExpectRefused({Link("a/out", "../../x")});
  // A file written through a link would land outside.
  ExpectRefused({Link("out", ".."), File("out/evil")});
  // Each link alone stays inside, the chain does not.
  ExpectRefused({File("a/b/c/file"), Link("deep", "a/b/c"), Link("out", "deep/../../../../x")});
}

// No tool packs devices, so the type is put into the directory entry by hand: the upper half of the
// external attributes.
TEST_F(CodeArchiveTest, DevicesAreRefused) {
  for (const unsigned type : {AE_IFCHR, AE_IFBLK, AE_IFSOCK}) {
    std::string zip = MakeZip({File("null")});
    const size_t entry = zip.find("PK\x01\x02");
    ASSERT_NE(entry, std::string::npos);
    const unsigned mode = type | 0644u;
    zip[entry + 40] = static_cast<char>(mode & 0xff);
    zip[entry + 41] = static_cast<char>(mode >> 8);
    const auto result = Unpack(zip);
    ASSERT_FALSE(result) << type;
    EXPECT_EQ(result.error().message, kNoZip);
  }
}

TEST_F(CodeArchiveTest, FileUnderAFileIsRefused) { ExpectRefused({File("a"), File("a/b")}); }

TEST_F(CodeArchiveTest, GarbageIsRefused) {
  for (const std::string& bytes : {std::string("not a zip"), std::string(), std::string(5000, '\0'),
                                   std::string("PK\x03\x04 cut")}) {
    const auto result = Unpack(bytes);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().message, kNoZip);
  }
}

TEST_F(CodeArchiveTest, EveryTruncationOfAZipIsRefusedOrHarmless) {
  const std::string zip =
      MakeZip({File("a.py", "print(1)"), File("b/c.py", std::string(300, 'z'))});
  for (size_t size = 0; size < zip.size(); ++size) {
    EXPECT_FALSE(Unpack(std::string_view(zip).substr(0, size))) << size;
    EXPECT_FALSE(fs::exists(Target()));
  }
}

TEST_F(CodeArchiveTest, DamagedContentIsRefused) {
  std::string zip = MakeZip({File("a.py", std::string(1000, 'a') + "the end of it")});
  zip[60] = static_cast<char>(zip[60] ^ 0x55);
  EXPECT_FALSE(Unpack(zip));
}

TEST_F(CodeArchiveTest, EmptyZipIsRefusedByName) {
  const auto result = UnpackEntries({});
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().message, "Uploaded file must be a non-empty zip");
}

// 300 MB of zeros are a few hundred kilobytes zipped: what counts is what comes out.
TEST_F(CodeArchiveTest, ZipBombStopsAtTheUnzippedLimit) {
  const auto result = UnpackEntries({File("bomb", std::string(300u << 20, '\0'))});
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, "InvalidParameterValueException");
  EXPECT_EQ(result.error().message, "Unzipped size must be smaller than 262144000 bytes");
  EXPECT_FALSE(fs::exists(Target()));
}

}  // namespace
}  // namespace fractus::lambdas
