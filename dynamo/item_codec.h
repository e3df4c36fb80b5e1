// The stored form of items: compact bytes that need no parsing beyond lengths.
//
//   row       = 0x01 (version), varint billed size, attributes
//   attributes = varint count, { varint length, name, value } in the order of the names' bytes
//   value     = type byte (dynamo::Type), then
//     S, B    varint length, bytes           BOOL   one byte, 0 or 1        NULL   nothing
//     N       number                         SS, BS varint count, { varint length, bytes }
//     NS      varint count, number...        L      varint count, value...  M      attributes
//   number    = byte: 0x80 when negative, plus n = count of coefficient bytes (0 for zero);
//               when n > 0: exponent as 16 bits, then n bytes of the coefficient; both
//               little-endian
//   varint    = 7 bits a byte, lowest first, 0x80 when more follow
//
// Numbers are canonical and sets sorted, so equal items have equal bytes.
#pragma once

#include <string>
#include <string_view>

#include "dynamo/value.h"

namespace fractus::dynamo {

// Appends the row of `item`; `billed_size` is BilledSize(item).
void EncodeRow(std::string& row, const Item& item, size_t billed_size);

// These throw std::runtime_error for bytes that are no row: the store is damaged.
Item DecodeRow(std::string_view row);
size_t RowBilledSize(std::string_view row);
// Appends the item as JSON, straight from the bytes.
void WriteRow(std::string& out, std::string_view row);

}  // namespace fractus::dynamo
