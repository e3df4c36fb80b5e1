#include "emulator/auth/policy_condition.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "emulator/core/clock.h"
#include "emulator/core/encoding.h"
#include "emulator/core/http_message.h"

namespace fractus::auth {
namespace {

using Values = std::vector<std::string>;

enum class Set { kNone, kForAllValues, kForAnyValue };

// Whether one value of the request satisfies one value of the policy; nothing when the policy's
// value is malformed for the operator. A request value of the wrong form is just no match.
using Comparison = std::optional<bool> (*)(const std::string& policy, const std::string& actual,
                                           Variables variables, const ConditionKeys& keys);

struct Operator {
  Comparison compare = nullptr;
  // "Not" operators hold when none of the policy's values match.
  bool negated = false;
  bool if_exists = false;
  bool null_check = false;
  Set set = Set::kNone;
};

template <Wildcards wildcards, Case letters>
std::optional<bool> CompareText(const std::string& policy, const std::string& actual,
                                Variables variables, const ConditionKeys& keys) {
  const auto pattern = Pattern::Compile(policy, wildcards, variables, keys);
  return pattern && pattern->Matches(actual, letters);
}

std::optional<bool> CompareArn(const std::string& policy, const std::string& actual,
                               Variables variables, const ConditionKeys& keys) {
  const auto pattern = Pattern::Compile(policy, Wildcards::kYes, variables, keys);
  return pattern && pattern->MatchesArn(actual);
}

std::optional<double> ParseNumber(std::string_view text) {
  if (!text.empty() && text.front() == '+') text.remove_prefix(1);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// ISO 8601 with or without a time, or seconds since 1970.
std::optional<double> ParseDate(std::string_view text) {
  if (const auto seconds = ParseNumber(text)) return seconds;
  if (const auto time = ParseIso8601(text)) return EpochSeconds(*time);
  if (const auto day = ParseIso8601(std::string(text) + "T00:00:00Z")) return EpochSeconds(*day);
  if (const auto minute =
          ParseIso8601(std::string(text.substr(0, text.size() - !text.empty())) + ":00Z");
      minute && text.ends_with('Z')) {
    return EpochSeconds(*minute);
  }
  return std::nullopt;
}

enum class Order { kEqual, kLess, kLessOrEqual, kGreater, kGreaterOrEqual };

template <std::optional<double> (*parse)(std::string_view), Order order>
std::optional<bool> CompareOrdered(const std::string& policy, const std::string& actual, Variables,
                                   const ConditionKeys&) {
  const auto bound = parse(policy);
  if (!bound) return std::nullopt;
  const auto value = parse(actual);
  if (!value) return false;
  switch (order) {
    case Order::kEqual:
      return *value == *bound;
    case Order::kLess:
      return *value < *bound;
    case Order::kLessOrEqual:
      return *value <= *bound;
    case Order::kGreater:
      return *value > *bound;
    case Order::kGreaterOrEqual:
      return *value >= *bound;
  }
  return false;
}

std::optional<bool> CompareBool(const std::string& policy, const std::string& actual,
                                Variables variables, const ConditionKeys& keys) {
  return CompareText<Wildcards::kNo, Case::kInsensitive>(policy, actual, variables, keys);
}

std::optional<bool> CompareBinary(const std::string& policy, const std::string& actual, Variables,
                                  const ConditionKeys&) {
  const auto bytes = Base64Decode(policy);
  if (!bytes) return std::nullopt;
  return *bytes == Base64Decode(actual);
}

struct IpAddress {
  std::array<unsigned char, 16> bytes{};
  int bits = 0;
};

std::optional<IpAddress> ParseIp(const std::string& text) {
  IpAddress address;
  if (inet_pton(AF_INET, text.c_str(), address.bytes.data()) == 1) {
    address.bits = 32;
  } else if (inet_pton(AF_INET6, text.c_str(), address.bytes.data()) == 1) {
    address.bits = 128;
  } else {
    return std::nullopt;
  }
  return address;
}

std::optional<bool> CompareIp(const std::string& policy, const std::string& actual, Variables,
                              const ConditionKeys&) {
  const size_t slash = policy.find('/');
  const auto network = ParseIp(policy.substr(0, slash));
  if (!network) return std::nullopt;
  int bits = network->bits;
  if (slash != std::string::npos) {
    const char* const end = policy.data() + policy.size();
    const auto parsed = std::from_chars(policy.data() + slash + 1, end, bits);
    if (parsed.ec != std::errc() || parsed.ptr != end || bits < 0 || bits > network->bits) {
      return std::nullopt;
    }
  }
  const auto address = ParseIp(actual);
  if (!address || address->bits != network->bits) return false;
  for (int bit = 0; bit < bits; ++bit) {
    const auto mask = static_cast<unsigned char>(0x80 >> (bit % 8));
    const auto byte = static_cast<size_t>(bit / 8);
    if ((address->bytes[byte] & mask) != (network->bytes[byte] & mask)) return false;
  }
  return true;
}

const std::map<std::string_view, Operator>& Operators() {
  static const std::map<std::string_view, Operator> operators = {
      {"StringEquals", {CompareText<Wildcards::kNo, Case::kSensitive>}},
      {"StringNotEquals", {CompareText<Wildcards::kNo, Case::kSensitive>, true}},
      {"StringEqualsIgnoreCase", {CompareText<Wildcards::kNo, Case::kInsensitive>}},
      {"StringNotEqualsIgnoreCase", {CompareText<Wildcards::kNo, Case::kInsensitive>, true}},
      {"StringLike", {CompareText<Wildcards::kYes, Case::kSensitive>}},
      {"StringNotLike", {CompareText<Wildcards::kYes, Case::kSensitive>, true}},
      {"NumericEquals", {CompareOrdered<ParseNumber, Order::kEqual>}},
      {"NumericNotEquals", {CompareOrdered<ParseNumber, Order::kEqual>, true}},
      {"NumericLessThan", {CompareOrdered<ParseNumber, Order::kLess>}},
      {"NumericLessThanEquals", {CompareOrdered<ParseNumber, Order::kLessOrEqual>}},
      {"NumericGreaterThan", {CompareOrdered<ParseNumber, Order::kGreater>}},
      {"NumericGreaterThanEquals", {CompareOrdered<ParseNumber, Order::kGreaterOrEqual>}},
      {"DateEquals", {CompareOrdered<ParseDate, Order::kEqual>}},
      {"DateNotEquals", {CompareOrdered<ParseDate, Order::kEqual>, true}},
      {"DateLessThan", {CompareOrdered<ParseDate, Order::kLess>}},
      {"DateLessThanEquals", {CompareOrdered<ParseDate, Order::kLessOrEqual>}},
      {"DateGreaterThan", {CompareOrdered<ParseDate, Order::kGreater>}},
      {"DateGreaterThanEquals", {CompareOrdered<ParseDate, Order::kGreaterOrEqual>}},
      {"Bool", {CompareBool}},
      {"BinaryEquals", {CompareBinary}},
      {"IpAddress", {CompareIp}},
      {"NotIpAddress", {CompareIp, true}},
      {"ArnEquals", {CompareArn}},
      {"ArnLike", {CompareArn}},
      {"ArnNotEquals", {CompareArn, true}},
      {"ArnNotLike", {CompareArn, true}},
      {"Null", {nullptr, false, false, true}},
  };
  return operators;
}

std::optional<Operator> FindOperator(std::string_view name) {
  Operator found;
  Set set = Set::kNone;
  bool if_exists = false;
  if (name.starts_with("ForAllValues:")) {
    set = Set::kForAllValues;
    name.remove_prefix(13);
  } else if (name.starts_with("ForAnyValue:")) {
    set = Set::kForAnyValue;
    name.remove_prefix(12);
  }
  if (name.ends_with("IfExists")) {
    if_exists = true;
    name.remove_suffix(8);
  }
  const auto entry = Operators().find(name);
  if (entry == Operators().end()) return std::nullopt;
  found = entry->second;
  if (found.null_check && if_exists) return std::nullopt;
  found.set = set;
  found.if_exists = if_exists;
  return found;
}

std::optional<std::string> ScalarText(const json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_number() || value.is_boolean()) return value.dump();
  return std::nullopt;
}

std::optional<Values> PolicyValues(const json& value) {
  Values values;
  if (!value.is_array()) {
    auto text = ScalarText(value);
    if (!text) return std::nullopt;
    values.push_back(*std::move(text));
    return values;
  }
  for (const json& element : value) {
    auto text = ScalarText(element);
    if (!text) return std::nullopt;
    values.push_back(*std::move(text));
  }
  return values;
}

// Whether one value of the request satisfies the operator with all of the policy's values.
std::optional<bool> ValueSatisfies(const Operator& op, const Values& policy,
                                   const std::string& actual, Variables variables,
                                   const ConditionKeys& keys) {
  bool any = false;
  for (const std::string& value : policy) {
    const auto matched = op.compare(value, actual, variables, keys);
    if (!matched) return std::nullopt;
    any = any || *matched;
  }
  return any != op.negated;
}

std::optional<bool> Holds(const Operator& op, const Values& policy, const Values* actual,
                          Variables variables, const ConditionKeys& keys) {
  if (op.null_check) {
    const bool missing = actual == nullptr || actual->empty();
    return std::any_of(policy.begin(), policy.end(), [&](const std::string& value) {
      return EqualsIgnoreCase(value, missing ? "true" : "false");
    });
  }
  if (actual == nullptr || actual->empty()) {
    if (op.if_exists || op.set == Set::kForAllValues) return true;
    return op.set == Set::kNone && op.negated;
  }
  // Without a set operator a key of several values is taken as AWS documents for single-valued
  // operators: a positive operator wants one of them to match, a negated one wants none to.
  const bool all = op.set == Set::kForAllValues || (op.set == Set::kNone && op.negated);
  bool result = all;
  for (const std::string& value : *actual) {
    const auto satisfied = ValueSatisfies(op, policy, value, variables, keys);
    if (!satisfied) return std::nullopt;
    result = all ? result && *satisfied : result || *satisfied;
  }
  return result;
}

}  // namespace

std::optional<bool> ConditionsHold(const json& block, Variables variables,
                                   const ConditionKeys& keys) {
  if (!block.is_object()) return std::nullopt;
  bool all = true;
  for (const auto& [name, conditions] : block.items()) {
    const auto op = FindOperator(name);
    if (!op || !conditions.is_object()) return std::nullopt;
    for (const auto& [key, value] : conditions.items()) {
      const auto policy = PolicyValues(value);
      if (!policy) return std::nullopt;
      const auto found = keys.find(ToLower(key));
      const auto holds =
          Holds(*op, *policy, found == keys.end() ? nullptr : &found->second, variables, keys);
      if (!holds) return std::nullopt;
      all = all && *holds;
    }
  }
  return all;
}

}  // namespace fractus::auth
