#include "lambdas/runtime/python/output.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fractus::lambdas::python {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class LineCutterTest : public testing::Test {
 protected:
  std::vector<std::string> lines_;
  LineCutter cutter_{"token", [this](std::string_view line) { lines_.emplace_back(line); }};
};

TEST_F(LineCutterTest, CutsLinesWhereverTheReadsFall) {
  cutter_.Feed("one\ntw");
  cutter_.Feed("o\n\nthree");
  EXPECT_THAT(lines_, ElementsAre("one", "two", ""));
  cutter_.Flush();
  EXPECT_EQ(lines_.back(), "three");
}

TEST_F(LineCutterTest, MarkedTextIsOneEventByteByByte) {
  for (const char byte : std::string("a\nb\x01token 8\nx\ny\x01z\n\nwc\n")) {
    cutter_.Feed(std::string_view(&byte, 1));
  }
  EXPECT_THAT(lines_, ElementsAre("a", "b", "x\ny\x01z\n\nw", "c"));
}

TEST_F(LineCutterTest, AnothersMarkIsText) {
  cutter_.Feed("\x01other 3\nx\n");
  EXPECT_THAT(lines_, ElementsAre("\x01other 3", "x"));
}

TEST_F(LineCutterTest, LongLinesAreCutWhereAwsCutsThem) {
  cutter_.Feed(std::string(600 * 1024, 'x') + "\n");
  ASSERT_EQ(lines_.size(), 3u);
  EXPECT_EQ(lines_[0].size(), 256u * 1024);
}

TEST_F(LineCutterTest, HeldLinesComeLaterOrNever) {
  cutter_.Hold();
  cutter_.Feed("one\n");
  EXPECT_THAT(lines_, IsEmpty());
  cutter_.Release();
  EXPECT_THAT(lines_, ElementsAre("one"));
  cutter_.Hold();
  cutter_.Feed("two\nthree");
  cutter_.Drop();
  cutter_.Release();
  cutter_.Flush();
  EXPECT_THAT(lines_, ElementsAre("one"));
}

}  // namespace
}  // namespace fractus::lambdas::python
