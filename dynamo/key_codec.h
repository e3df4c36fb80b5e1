// Key attributes as bytes that sort like the values: what makes a Query a range of the store.
//
//   S, B      the bytes with 0x00 written as 0x00 0xFF, then 0x00 0x01
//   N         zero       0x80
//             positive   0x81, magnitude + 130, { pair of digits + 1 }, 0x00
//             negative   0x7F, and the bytes that follow in the positive form, each inverted
//
// The magnitude is the exponent of the first digit (-130 to 125); digits go in pairs from the first
// one on, padded by a zero. No part is a prefix of another, so parts can follow each other and
// still sort part by part.
#pragma once

#include <string>
#include <string_view>

#include "dynamo/value.h"

namespace fractus::dynamo {

// The same in every build, so that what it decides can be kept.
uint64_t StableHash(std::string_view bytes);

// `value` is an S, N or B.
void AppendKeyPart(std::string& key, const Value& value);
// What all parts of texts (or bytes) starting with `prefix` start with.
void AppendKeyPrefix(std::string& key, std::string_view prefix);
// The length of the part that `bytes` start with. Throws std::runtime_error when there is none.
size_t KeyPartLength(std::string_view bytes, Type type);

}  // namespace fractus::dynamo
