// Any bytes as an item's JSON and as a stored row.
#include <stdexcept>
#include <string_view>

#include "dynamo/key_codec.h"
#include "tests/fuzz/sample.h"

using namespace fractus::dynamo;

namespace {

void ReadJson(std::string_view text) {
  JsonReader reader(text);
  ReadMapResult read;
  if (!ReadMap(reader, read) || !reader.Finish() || !read.problem.empty()) return;
  ExpectStorable(read.map);
  for (const auto& [name, value] : read.map) {
    if (!value.Is(Type::kString) && !value.Is(Type::kNumber) && !value.Is(Type::kBinary)) continue;
    std::string key;
    AppendKeyPart(key, value);
    const size_t length = key.size();
    if (KeyPartLength(key + "further parts", value.type()) != length) std::abort();
  }
  // What is written is read as the same item.
  std::string written;
  WriteMap(written, read.map);
  JsonReader again(written);
  ReadMapResult same;
  if (!ReadMap(again, same) || !same.problem.empty() || !(same.map == read.map)) std::abort();
}

// Damaged rows are told by an exception.
void ReadStored(std::string_view row) {
  try {
    RowBilledSize(row);
    (void)DecodeRow(row);
  } catch (const std::runtime_error&) {
  }
  try {
    std::string out;
    WriteRow(out, row);
  } catch (const std::runtime_error&) {
  }
  for (const Type type : {Type::kString, Type::kNumber}) {
    try {
      if (KeyPartLength(row, type) > row.size()) std::abort();
    } catch (const std::runtime_error&) {
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  ReadJson(bytes);
  ReadStored(bytes);
  return 0;
}
