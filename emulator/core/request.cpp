#include "emulator/core/request.h"

namespace fractus {
namespace {

const json* FindMember(const json& input, std::string_view member) {
  const auto found = input.find(std::string(member));
  return found == input.end() || found->is_null() ? nullptr : &*found;
}

}  // namespace

std::string Request::Text(std::string_view member) const { return Text(member, ""); }

std::string Request::Text(std::string_view member, std::string_view otherwise) const {
  const json* found = FindMember(input, member);
  return found && found->is_string() ? found->get<std::string>() : std::string(otherwise);
}

long long Request::Integer(std::string_view member, long long otherwise) const {
  const json* found = FindMember(input, member);
  return found && found->is_number() ? found->get<long long>() : otherwise;
}

bool Request::Flag(std::string_view member, bool otherwise) const {
  const json* found = FindMember(input, member);
  return found && found->is_boolean() ? found->get<bool>() : otherwise;
}

const json& Request::Object(std::string_view member) const {
  static const json kEmpty = json::object();
  const json* found = FindMember(input, member);
  return found && found->is_object() ? *found : kEmpty;
}

const json& Request::Array(std::string_view member) const {
  static const json kEmpty = json::array();
  const json* found = FindMember(input, member);
  return found && found->is_array() ? *found : kEmpty;
}

}  // namespace fractus
