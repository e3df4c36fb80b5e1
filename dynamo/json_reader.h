// Reads JSON text piece by piece, without building a tree: a request's items become attribute
// values in one pass.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "emulator/core/api_error.h"

namespace fractus::dynamo {

// Every call on malformed or wrongly typed text makes the reader fail for good: all later calls
// return false, and error() tells why (SerializationException with AWS's text). `text` must outlive
// the reader.
class JsonReader {
 public:
  enum class Kind { kObject, kArray, kString, kNumber, kTrue, kFalse, kNull, kNone };

  explicit JsonReader(std::string_view text);

  // What comes next; kNone at the end or where no value can start.
  Kind Peek();
  // Consumes a null when there is one.
  bool TakeNull();

  // for (bool more = reader.BeginObject(); more = reader.NextMember(name);) { read or skip the
  // value }
  bool BeginObject();
  // False after the last member. The name is valid until the next call.
  bool NextMember(std::string_view& name);
  bool BeginArray();
  // False after the last element.
  bool NextElement();

  // The text is valid until the next call.
  bool ReadString(std::string_view& text);
  bool ReadText(std::string& text);
  bool ReadBoolean(bool& flag);
  bool ReadInteger(int64_t& number);
  // Base64 text.
  bool ReadBytes(std::string& bytes);
  bool Skip();
  // The document ends here: fails when anything but blanks is left. False when anything failed.
  bool Finish();

  bool failed() const { return error_.has_value(); }
  const ApiError& error() const { return *error_; }
  // Fails with this error unless an earlier one was found.
  void Fail(ApiError error);
  // Fails because the next value has another kind than `wanted` ("String", "Boolean", ...).
  void FailKind(std::string_view wanted);

 private:
  void Blank();
  void Malformed();
  bool Unescape(std::string_view& text);
  bool SkipNumber(bool& whole);
  bool Literal(std::string_view word);

  std::string_view text_;
  size_t at_ = 0;
  // Set by Begin…: the first member or element needs no comma before it.
  bool first_ = false;
  std::string scratch_;
  std::optional<ApiError> error_;
};

}  // namespace fractus::dynamo
