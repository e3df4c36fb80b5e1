#include "dynamo/table.h"

#include "dynamo/key_codec.h"

namespace fractus::dynamo {
namespace {

constexpr size_t kSpacePrefixSize = 6;
constexpr size_t kTableNumberSize = 4;
constexpr size_t kOrderPrefixSize = 8;
constexpr double kUnlimited = 1e12;

KeySchema ReadKeys(const json& schema, const json& definitions) {
  KeySchema keys;
  for (const auto& element : schema) {
    KeyAttribute attribute{element.at("AttributeName").get<std::string>(), Type::kString};
    for (const auto& definition : definitions) {
      if (definition.at("AttributeName") == attribute.name) {
        attribute.type =
            TypeFromName(definition.at("AttributeType").get<std::string>()).value_or(Type::kString);
      }
    }
    (element.at("KeyType") == "HASH" ? keys.partition : keys.sort).push_back(std::move(attribute));
  }
  return keys;
}

// See table_life.h.
Time UsableFrom(const json& definition) {
  if (definition.contains("DeletingUntil")) return Time::max();
  if (!definition.contains("CreatingUntil")) return Time::min();
  return Time(Duration(definition.at("CreatingUntil").get<int64_t>()));
}

Index ReadIndex(const json& definition, IndexKind kind, const json& attributes) {
  Index index;
  index.name = definition.at("IndexName").get<std::string>();
  index.number = definition.at("Number").get<uint16_t>();
  index.kind = kind;
  index.keys = ReadKeys(definition.at("KeySchema"), attributes);
  const json& projection = definition.at("Projection");
  const std::string type = projection.value("ProjectionType", "ALL");
  index.projection = type == "ALL"         ? Projection::kAll
                     : type == "KEYS_ONLY" ? Projection::kKeysOnly
                                           : Projection::kInclude;
  index.readable_from = UsableFrom(definition);
  index.included = projection.value("NonKeyAttributes", std::vector<std::string>());
  return index;
}

// False when an attribute is missing, or has a type that the schema does not let in.
bool AppendParts(std::string& key, const std::vector<KeyAttribute>& schema, const Item& item) {
  for (const auto& attribute : schema) {
    const Value* value = Find(item, attribute.name);
    if (!value || value->type() != attribute.type) return false;
    AppendKeyPart(key, *value);
  }
  return true;
}

ScanOrder ScanOrderOf(const json& definition) {
  const auto order = definition.value("ScanOrder", "key");
  return order == "hash"        ? ScanOrder::kHash
         : order == "insertion" ? ScanOrder::kInsertion
                                : ScanOrder::kKey;
}

std::string BigEndian(uint64_t number) {
  std::string bytes;
  for (int shift = 56; shift >= 0; shift -= 8) bytes += static_cast<char>(number >> shift);
  return bytes;
}

uint64_t FromBigEndian(std::string_view bytes) {
  uint64_t number = 0;
  for (const char byte : bytes) number = number << 8 | static_cast<unsigned char>(byte);
  return number;
}

// Null when nothing limits the table or index.
std::shared_ptr<Meter> MeterOf(const json& definition, const json& index) {
  const bool is_on_demand = definition.value("BillingMode", "PROVISIONED") == "PAY_PER_REQUEST";
  const char* member = is_on_demand ? "OnDemandThroughput" : "ProvisionedThroughput";
  if (!index.contains(member)) return nullptr;
  const auto units = [&](const char* provisioned, const char* most) {
    const double limit = index.at(member).value(is_on_demand ? most : provisioned, kUnlimited);
    return limit > 0 ? limit : kUnlimited;
  };
  return std::make_shared<Meter>(units("ReadCapacityUnits", "MaxReadRequestUnits"),
                                 units("WriteCapacityUnits", "MaxWriteRequestUnits"));
}

}  // namespace

const KeyAttribute* KeySchema::Find(std::string_view name) const {
  for (const auto* attributes : {&partition, &sort}) {
    for (const auto& attribute : *attributes) {
      if (attribute.name == name) return &attribute;
    }
  }
  return nullptr;
}

Table::Table(json definition, std::shared_ptr<Tallies> tallies, std::shared_ptr<Stream> stream,
             std::shared_ptr<Places> places)
    : definition_(std::move(definition)),
      tallies_(std::move(tallies)),
      stream_(std::move(stream)),
      expiry_attribute_(definition_.value("TimeToLiveAttribute", "")),
      scan_order_(ScanOrderOf(definition_)),
      places_(std::move(places)) {
  account_ = definition_.at("Account").get<std::string>();
  region_ = definition_.at("Region").get<std::string>();
  name_ = definition_.at("TableName").get<std::string>();
  number_ = definition_.at("Number").get<uint32_t>();
  serves_from_ = UsableFrom(definition_);
  if (scan_order_ == ScanOrder::kInsertion && !places_) places_ = std::make_shared<Places>();
  is_on_demand_ = definition_.value("BillingMode", "PROVISIONED") == "PAY_PER_REQUEST";
  const bool is_throttled = definition_.value("Throttled", false);
  if (is_throttled) meter_ = MeterOf(definition_, definition_);
  keeps_history_ = definition_.contains("RecoverableSince");
  const json& attributes = definition_.at("AttributeDefinitions");
  keys_ = ReadKeys(definition_.at("KeySchema"), attributes);
  for (const auto& [member, kind] : {std::pair{"LocalSecondaryIndexes", IndexKind::kLocal},
                                     std::pair{"GlobalSecondaryIndexes", IndexKind::kGlobal}}) {
    if (!definition_.contains(member)) continue;
    for (const auto& index : definition_.at(member)) {
      indexes_.push_back(ReadIndex(index, kind, attributes));
      if (is_throttled && kind == IndexKind::kGlobal)
        indexes_.back().meter = MeterOf(definition_, index);
    }
  }
  if (!tallies_) tallies_ = std::make_shared<Tallies>();
  for (size_t i = 0; i < indexes_.size(); ++i) indexes_[i].tally = i + 1;
  while (tallies_->of.size() < indexes_.size() + 1)
    tallies_->of.push_back(std::make_unique<Tally>());
}

const Index* Table::FindIndex(std::string_view name) const {
  for (const auto& index : indexes_) {
    if (index.name == name) return &index;
  }
  return nullptr;
}

std::string Table::Arn() const {
  return "arn:aws:dynamodb:" + region_ + ":" + account_ + ":table/" + name_;
}

std::string Table::SpacePrefix(uint16_t index_number) const {
  std::string prefix;
  prefix.reserve(64);
  for (int shift = 24; shift >= 0; shift -= 8) prefix += static_cast<char>(number_ >> shift);
  prefix += static_cast<char>(index_number >> 8);
  prefix += static_cast<char>(index_number & 0xff);
  return prefix;
}

std::string Table::HashBound(uint16_t index_number, uint64_t hash) const {
  return SpacePrefix(index_number) + BigEndian(hash);
}

void Table::InsertOrderPrefix(std::string& key, size_t begin) const {
  if (scan_order_ == ScanOrder::kHash)
    key.insert(begin, BigEndian(StableHash(std::string_view(key).substr(begin))));
  if (scan_order_ == ScanOrder::kInsertion)
    key.insert(begin, BigEndian(places_->Find(std::string_view(key).substr(kTableNumberSize))));
}

std::string Table::PlaceName(std::string_view key, const KeySchema& schema) const {
  return std::string(key.substr(kTableNumberSize, kSpacePrefixSize - kTableNumberSize))
      .append(PartitionOf(key, schema));
}

void Table::TakePlace(std::string& key, const KeySchema& schema) const {
  if (!places_) return;
  const uint64_t place = places_->Take(PlaceName(key, schema));
  key.replace(kSpacePrefixSize, kOrderPrefixSize, BigEndian(place));
}

void Table::RestorePlace(std::string_view key) const {
  const auto index_number = static_cast<uint16_t>(FromBigEndian(key.substr(kTableNumberSize, 2)));
  const KeySchema* schema = index_number == 0 ? &keys_ : nullptr;
  for (const auto& index : indexes_) {
    if (index.number == index_number) schema = &index.keys;
  }
  if (!schema) return;
  places_->Restore(PlaceName(key, *schema),
                   FromBigEndian(key.substr(kSpacePrefixSize, kOrderPrefixSize)));
}

void Table::AppendPartition(std::string& key, const std::vector<const Value*>& partition) const {
  const size_t begin = key.size();
  for (const Value* value : partition) AppendKeyPart(key, *value);
  InsertOrderPrefix(key, begin);
}

std::string Table::ItemKey(const Item& item) const {
  std::string key = SpacePrefix(0);
  const size_t begin = key.size();
  AppendParts(key, keys_.partition, item);
  InsertOrderPrefix(key, begin);
  AppendParts(key, keys_.sort, item);
  return key;
}

Item Table::KeyOf(const Item& item) const {
  Item key;
  for (const auto& attribute : item) {
    if (keys_.Find(attribute.name)) key.push_back(attribute);
  }
  return key;
}

std::optional<std::string> Table::EntryKey(const Index& index, const Item& item) const {
  std::string key = SpacePrefix(index.number);
  const size_t begin = key.size();
  if (!AppendParts(key, index.keys.partition, item)) return std::nullopt;
  InsertOrderPrefix(key, begin);
  if (!AppendParts(key, index.keys.sort, item)) return std::nullopt;
  AppendParts(key, keys_.partition, item);
  AppendParts(key, keys_.sort, item);
  return key;
}

std::optional<int64_t> Table::ExpiryOf(const Item& item) const {
  constexpr int kFarthestMagnitude = 17;
  if (expiry_attribute_.empty()) return std::nullopt;
  const Value* value = Find(item, expiry_attribute_);
  if (!value || !value->Is(Type::kNumber)) return std::nullopt;
  const Number& number = value->AsNumber();
  if (number.negative() || number.IsZero() || number.Magnitude() < 0 ||
      number.Magnitude() > kFarthestMagnitude) {
    return std::nullopt;
  }
  Coefficient seconds = number.coefficient();
  for (int i = 0; i < number.exponent(); ++i) seconds *= 10;
  for (int i = number.exponent(); i < 0; ++i) seconds /= 10;
  return static_cast<int64_t>(seconds);
}

std::string Table::ExpiryBound(int64_t seconds) const {
  return SpacePrefix(kExpiries) + BigEndian(static_cast<uint64_t>(seconds));
}

std::optional<std::string> Table::ExpiryKey(const Item& item) const {
  const auto expiry = ExpiryOf(item);
  if (!expiry) return std::nullopt;
  return ExpiryBound(*expiry) + ItemKey(item).substr(kSpacePrefixSize);
}

std::string Table::ItemKeyOfExpiry(std::string_view expiry_key) const {
  constexpr size_t kExpirySize = 8;
  return SpacePrefix(0).append(expiry_key.substr(kSpacePrefixSize + kExpirySize));
}

Item Table::Projected(const Index& index, const Item& item) const {
  if (index.projection == Projection::kAll) return item;
  Item projected;
  for (const auto& attribute : item) {
    const bool is_included = index.keys.Find(attribute.name) || keys_.Find(attribute.name) ||
                             std::find(index.included.begin(), index.included.end(),
                                       attribute.name) != index.included.end();
    if (is_included) projected.push_back(attribute);
  }
  return projected;
}

std::string_view Table::PartitionOf(std::string_view key, const KeySchema& schema) const {
  const size_t order_size = scan_order_ == ScanOrder::kKey ? 0 : kOrderPrefixSize;
  const std::string_view parts = key.substr(std::min(key.size(), kSpacePrefixSize + order_size));
  size_t length = 0;
  for (const auto& attribute : schema.partition)
    length += KeyPartLength(parts.substr(length), attribute.type);
  return parts.substr(0, length);
}

}  // namespace fractus::dynamo
