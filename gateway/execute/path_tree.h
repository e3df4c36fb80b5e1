// Finding the resource of a path: literal parts win over {variables}, those over {greedy+} ones.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "emulator/core/encoding.h"

namespace fractus::gateway::execute {

// Path variables in the order of the path. Values are as sent, still percent-encoded.
// Observed: AWS hands "%2B" in a path to the function as it came (test_apigateway_lambda).
using PathParameters = std::vector<std::pair<std::string, std::string>>;

// Maps path templates ("/users/{userid}") to values.
template <class T>
class PathTree {
 public:
  void Add(std::string_view path_template, T value) {
    Node* node = &root_;
    for (const std::string& part : Split(path_template, '/')) {
      if (part.empty()) continue;
      if (part.starts_with('{') && part.ends_with("+}")) {
        node->greedy_name = part.substr(1, part.size() - 3);
        node = Child(node->greedy);
      } else if (part.starts_with('{') && part.ends_with('}')) {
        node->variable_name = part.substr(1, part.size() - 2);
        node = Child(node->variable);
      } else {
        node = Child(node->literals[part]);
      }
    }
    node->value = std::make_unique<T>(std::move(value));
  }

  // Nothing when no template matches. A slash at the end of the path makes no difference.
  const T* Find(std::string_view path, PathParameters& parameters) const {
    parameters.clear();
    while (path.starts_with('/')) path.remove_prefix(1);
    while (path.ends_with('/')) path.remove_suffix(1);
    return Find(root_, path, parameters);
  }

 private:
  struct Node {
    std::unique_ptr<T> value;
    std::map<std::string, std::unique_ptr<Node>, std::less<>> literals;
    std::string variable_name;
    std::unique_ptr<Node> variable;
    std::string greedy_name;
    std::unique_ptr<Node> greedy;
  };

  static Node* Child(std::unique_ptr<Node>& child) {
    if (!child) child = std::make_unique<Node>();
    return child.get();
  }

  static const T* Find(const Node& node, std::string_view path, PathParameters& parameters) {
    if (path.empty()) return node.value.get();
    const size_t slash = path.find('/');
    const std::string_view part = path.substr(0, slash);
    const std::string_view rest =
        slash == std::string_view::npos ? std::string_view() : path.substr(slash + 1);
    if (!part.empty()) {
      auto literal = node.literals.find(part);
      if (literal == node.literals.end() && part.find('%') != std::string_view::npos) {
        literal = node.literals.find(PercentDecode(part));
      }
      if (literal != node.literals.end()) {
        if (const T* const found = Find(*literal->second, rest, parameters)) return found;
      }
      if (node.variable) {
        parameters.emplace_back(node.variable_name, part);
        if (const T* const found = Find(*node.variable, rest, parameters)) return found;
        parameters.pop_back();
      }
    }
    if (node.greedy) {
      parameters.emplace_back(node.greedy_name, path);
      return node.greedy->value.get();
    }
    return nullptr;
  }

  Node root_;
};

}  // namespace fractus::gateway::execute
