#include "emulator/yaml/yaml.h"

#include <yaml-cpp/anchor.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>
#include <sstream>
#include <stdexcept>
#include <utility>
#include <vector>

#include "emulator/core/encoding.h"
#include "emulator/yaml/scalar.h"

namespace fractus::yaml {
namespace {

// Deeper than any template; shallow enough for recursive readers of the result.
constexpr size_t kMaxDepth = 100;
constexpr size_t kNodeWeight = 16;
constexpr std::string_view kCoreTag = "tag:yaml.org,2002:";

constexpr std::array<std::string_view, 20> kFunctions = {
    "Base64",      "Cidr", "FindInMap", "ForEach", "GetAtt", "GetAZs", "GetStackOutput",
    "ImportValue", "Join", "Length",    "Select",  "Split",  "Sub",    "ToJsonString",
    "Transform",   "And",  "Equals",    "If",      "Not",    "Or"};

SyntaxError At(const YAML::Mark& mark, std::string message) {
  return {std::move(message), mark.line + 1, mark.column + 1};
}

// Thrown from the callbacks of yaml-cpp's parser, which has no other way to be stopped.
struct Stop {
  SyntaxError error;
};

// A finished value and what it costs, for the limit on aliases.
struct Node {
  json value;
  size_t weight = kNodeWeight;
};

// Builds the JSON tree from the parser's events.
class TreeBuilder : public YAML::EventHandler {
 public:
  explicit TreeBuilder(size_t max_weight) : max_weight_(max_weight) {}

  json Take() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    if (ExpectsKey()) throw Stop{At(mark, "a key may not be null")};
    Add(mark, anchor, Node{nullptr});
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    if (open_anchors_.contains(anchor)) {
      throw Stop{At(mark, "an alias may not stand inside the node it names")};
    }
    const auto found = anchors_.find(anchor);
    if (found == anchors_.end()) throw Stop{At(mark, "the alias has no anchor")};
    if (ExpectsKey()) {
      if (!found->second.value.is_string()) throw Stop{At(mark, "a key must be text")};
      return SetKey(mark, found->second.value.get<std::string>(), kIsText);
    }
    // Charged before it is copied.
    Charge(mark, found->second.weight);
    Add(mark, YAML::NullAnchor, found->second);
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& text) override {
    Charge(mark, kNodeWeight + text.size());
    const bool plain = tag.empty() || tag == "?";
    if (ExpectsKey()) {
      if (!plain && tag != "!" && tag != std::string(kCoreTag) + "str") {
        throw Stop{At(mark, "a key may not have the tag " + tag)};
      }
      if (anchor != YAML::NullAnchor) anchors_[anchor] = Node{text, kNodeWeight + text.size()};
      return SetKey(mark, text, plain && text == "<<" ? kIsMerge : kIsText);
    }
    Node node{nullptr, kNodeWeight + text.size()};
    node.value = plain ? TypedScalar(text) : TaggedScalar(mark, tag, text);
    Add(mark, anchor, std::move(node));
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    Open(mark, tag, anchor, json::array());
  }
  void OnSequenceEnd() override { Close(); }

  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    Open(mark, tag, anchor, json::object());
  }
  void OnMapEnd() override { Close(); }

 private:
  enum KeyKind { kIsText, kIsMerge };

  struct Frame {
    Node node;
    YAML::Mark mark;
    std::string tag;
    YAML::anchor_t anchor = YAML::NullAnchor;
    std::string key;
    KeyKind key_kind = kIsText;
    bool has_key = false;
    // What "<<" brings: weaker than the map's own keys, the earlier source stronger than the later.
    std::vector<json> merged;
  };

  bool ExpectsKey() const {
    return !stack_.empty() && stack_.back().node.value.is_object() && !stack_.back().has_key;
  }

  void Charge(const YAML::Mark& mark, size_t weight) {
    total_weight_ += weight;
    if (total_weight_ > max_weight_) {
      throw Stop{At(mark, "the aliases make the document too large")};
    }
  }

  void SetKey(const YAML::Mark& mark, std::string key, KeyKind kind) {
    Frame& frame = stack_.back();
    if (kind == kIsText && frame.node.value.contains(key)) {
      throw Stop{At(mark, "the key '" + key + "' stands twice in one map")};
    }
    frame.key = std::move(key);
    frame.key_kind = kind;
    frame.has_key = true;
  }

  void Open(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, json value) {
    if (ExpectsKey()) throw Stop{At(mark, "a key must be text, not a list or a map")};
    if (stack_.size() >= kMaxDepth) throw Stop{At(mark, "the document is nested too deeply")};
    Charge(mark, kNodeWeight);
    if (anchor != YAML::NullAnchor) open_anchors_.insert(anchor);
    Frame frame;
    frame.node.value = std::move(value);
    frame.mark = mark;
    frame.tag = tag;
    frame.anchor = anchor;
    stack_.push_back(std::move(frame));
  }

  void Close() {
    Frame frame = std::move(stack_.back());
    stack_.pop_back();
    for (const json& source : frame.merged) {
      for (const auto& [key, value] : source.items()) {
        if (!frame.node.value.contains(key)) frame.node.value[key] = value;
      }
    }
    if (frame.anchor != YAML::NullAnchor) open_anchors_.erase(frame.anchor);
    frame.node.value = TaggedCollection(frame.mark, frame.tag, std::move(frame.node.value));
    Add(frame.mark, frame.anchor, std::move(frame.node));
  }

  void Add(const YAML::Mark& mark, YAML::anchor_t anchor, Node node) {
    if (anchor != YAML::NullAnchor) anchors_[anchor] = node;
    if (stack_.empty()) {
      root_ = std::move(node.value);
      return;
    }
    Frame& frame = stack_.back();
    frame.node.weight += node.weight;
    if (frame.node.value.is_array()) {
      frame.node.value.push_back(std::move(node.value));
      return;
    }
    frame.has_key = false;
    if (frame.key_kind == kIsText) {
      frame.node.weight += frame.key.size();
      frame.node.value[frame.key] = std::move(node.value);
      return;
    }
    if (node.value.is_object()) {
      frame.merged.push_back(std::move(node.value));
      return;
    }
    if (!node.value.is_array()) throw Stop{At(mark, "'<<' takes a map or a list of maps")};
    for (json& source : node.value) {
      if (!source.is_object()) throw Stop{At(mark, "'<<' takes a map or a list of maps")};
      frame.merged.push_back(std::move(source));
    }
  }

  static json Intrinsic(const YAML::Mark& mark, const std::string& tag, json value) {
    const std::string name = tag.substr(1);
    if (name == "Ref" || name == "Condition") return json{{name, std::move(value)}};
    if (name == "GetAtt" && value.is_string()) {
      const auto text = value.get<std::string>();
      const size_t dot = text.find('.');
      if (dot != std::string::npos) {
        value = json::array({text.substr(0, dot), text.substr(dot + 1)});
      }
    }
    if (std::find(kFunctions.begin(), kFunctions.end(), name) != kFunctions.end()) {
      return json{{"Fn::" + name, std::move(value)}};
    }
    throw Stop{At(mark, "unknown tag " + tag)};
  }

  static json TaggedScalar(const YAML::Mark& mark, const std::string& tag,
                           const std::string& text) {
    // "!" marks a quoted or a block scalar.
    if (tag == "!") return text;
    if (tag.starts_with(kCoreTag)) {
      const std::string kind = tag.substr(kCoreTag.size());
      if (kind == "str") return text;
      json typed = TypedScalar(text);
      if (kind == "null" && typed.is_null()) return typed;
      if (kind == "bool" && typed.is_boolean()) return typed;
      if (kind == "int" && typed.is_number_integer()) return typed;
      if (kind == "float" && typed.is_number()) return typed.get<double>();
      throw Stop{At(mark, "'" + text + "' is not of the type !!" + kind)};
    }
    return Intrinsic(mark, tag, text);
  }

  static json TaggedCollection(const YAML::Mark& mark, const std::string& tag, json value) {
    if (tag.empty() || tag == "?" || tag == "!") return value;
    if (tag.starts_with(kCoreTag)) {
      const std::string kind = tag.substr(kCoreTag.size());
      if ((kind == "map" && value.is_object()) || (kind == "seq" && value.is_array())) return value;
      throw Stop{At(mark, "the type !!" + kind + " is not supported")};
    }
    return Intrinsic(mark, tag, std::move(value));
  }

  const size_t max_weight_;
  size_t total_weight_ = 0;
  json root_;
  std::vector<Frame> stack_;
  std::map<YAML::anchor_t, Node> anchors_;
  std::set<YAML::anchor_t> open_anchors_;
};

// The place of a byte; yaml-cpp would stop or go on silently at bytes that YAML forbids.
SyntaxError AtByte(std::string_view text, size_t position, std::string message) {
  const std::string_view before = text.substr(0, position);
  const auto line = std::count(before.begin(), before.end(), '\n');
  const size_t start = before.rfind('\n');
  const size_t column = start == std::string_view::npos ? position : position - start - 1;
  return {std::move(message), static_cast<int>(line) + 1, static_cast<int>(column) + 1};
}

size_t DepthOf(std::string_view json_text) {
  size_t depth = 0, deepest = 0;
  bool quoted = false;
  for (size_t i = 0; i < json_text.size(); ++i) {
    const char c = json_text[i];
    if (quoted) {
      if (c == '\\') ++i;
      if (c == '"') quoted = false;
    } else if (c == '"') {
      quoted = true;
    } else if (c == '{' || c == '[') {
      deepest = std::max(deepest, ++depth);
    } else if ((c == '}' || c == ']') && depth > 0) {
      --depth;
    }
  }
  return deepest;
}

// Strict JSON without duplicate keys; nothing when it is not that.
std::optional<json> ParseJson(std::string_view text) {
  if (DepthOf(text) > kMaxDepth) return std::nullopt;
  std::vector<std::set<std::string>> keys;
  bool duplicate = false;
  const auto watch = [&](int, json::parse_event_t event, json& value) {
    if (event == json::parse_event_t::object_start) keys.emplace_back();
    if (event == json::parse_event_t::object_end) keys.pop_back();
    if (event == json::parse_event_t::key) {
      duplicate = duplicate || !keys.back().insert(value.get<std::string>()).second;
    }
    return true;
  };
  json value = json::parse(text.begin(), text.end(), watch, false);
  if (value.is_discarded() || duplicate) return std::nullopt;
  return value;
}

}  // namespace

void throw_exception_from_error(const SyntaxError& error, const boost::source_location&) {
  throw std::logic_error("the value of a failed yaml::Parse was taken: " + error.message);
}

boost::system::result<json, SyntaxError> Parse(std::string_view text) {
  if (!IsValidUtf8(text)) return SyntaxError{"the text is not UTF-8", 1, 1};
  for (size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if ((byte < 0x20 && byte != '\t' && byte != '\n' && byte != '\r') || byte == 0x7f) {
      return AtByte(text, i, "the text holds a control character");
    }
  }
  // JSON may be indented with tabs, which YAML refuses.
  const size_t first = text.find_first_not_of(" \t\r\n");
  if (first != std::string_view::npos && (text[first] == '{' || text[first] == '[')) {
    if (auto value = ParseJson(text)) return *std::move(value);
  }

  TreeBuilder builder(std::max<size_t>(text.size(), 1024) * 1024);
  try {
    std::istringstream stream{std::string(text)};
    YAML::Parser parser(stream);
    if (!parser.HandleNextDocument(builder)) return json(nullptr);
    TreeBuilder rest(1024);
    json value = builder.Take();
    if (parser.HandleNextDocument(rest))
      return SyntaxError{"the text holds more than one document", 1, 1};
    return value;
  } catch (const Stop& stop) {
    return stop.error;
  } catch (const YAML::Exception& error) {
    return At(error.mark, error.msg);
  }
}

}  // namespace fractus::yaml
