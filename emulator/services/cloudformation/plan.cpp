#include "emulator/services/cloudformation/plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "emulator/services/cloudformation/template.h"

namespace fractus::cloudformation {
namespace {

// The resources that a value refers to, through the taken branches of Fn::If alone.
class ReferenceFinder {
 public:
  ReferenceFinder(const json& document, Evaluator& evaluator)
      : document_(document), evaluator_(evaluator) {}

  std::optional<ApiError> Find(const json& value, std::set<std::string>& found) {
    const auto function = FunctionName(value);
    if (!function) {
      if (!value.is_structured()) return std::nullopt;
      for (const json& member : value) {
        if (auto error = Find(member, found)) return error;
      }
      return std::nullopt;
    }
    const json& argument = value.begin().value();
    if (*function == "Ref") {
      if (argument.is_string()) Add(argument.get<std::string>(), found);
      return std::nullopt;
    }
    if (*function == "Fn::GetAtt") return FindInGetAtt(argument, found);
    if (*function == "Fn::Sub") return FindInSub(argument, found);
    if (*function == "Fn::If" && argument.is_array() && argument.size() == 3 &&
        argument[0].is_string()) {
      const auto name = argument[0].get<std::string>();
      if (!Section(document_, "Conditions").contains(name)) {
        return ValidationError(
            fmt::format("Template error: unresolved condition dependency {} in Fn::If", name));
      }
      const auto truth = evaluator_.Condition(name);
      if (!truth) return truth.error();
      return Find(argument[*truth ? 1 : 2], found);
    }
    if (!argument.is_structured()) return std::nullopt;
    return Find(argument, found);
  }

 private:
  void Add(const std::string& name, std::set<std::string>& found) const {
    if (name.starts_with("AWS::") && name.find('.') == std::string::npos) {
      static constexpr std::array<std::string_view, 8> kPseudo = {
          "AWS::AccountId", "AWS::NoValue", "AWS::NotificationARNs", "AWS::Partition",
          "AWS::Region",    "AWS::StackId", "AWS::StackName",        "AWS::URLSuffix"};
      if (std::find(kPseudo.begin(), kPseudo.end(), name) != kPseudo.end()) return;
    }
    if (!Section(document_, "Parameters").contains(name)) found.insert(name);
  }

  std::optional<ApiError> FindInGetAtt(const json& argument, std::set<std::string>& found) {
    std::string name;
    if (argument.is_string()) {
      const auto text = argument.get<std::string>();
      name = text.substr(0, text.find('.'));
    } else if (argument.is_array() && argument.size() == 2 && argument[0].is_string()) {
      name = argument[0].get<std::string>();
    } else {
      return ValidationError(
          "Template error: every Fn::GetAtt object requires two non-empty parameters, the resource "
          "name and the resource "
          "attribute");
    }
    if (!Section(document_, "Resources").contains(name)) {
      return ValidationError(
          "Template error: instance of Fn::GetAtt references undefined resource " + name);
    }
    found.insert(name);
    return std::nullopt;
  }

  std::optional<ApiError> FindInSub(const json& argument, std::set<std::string>& found) {
    const json* text = &argument;
    const json* variables = nullptr;
    if (argument.is_array() && !argument.empty()) {
      text = &argument[0];
      if (argument.size() > 1 && argument[1].is_object()) variables = &argument[1];
    }
    if (variables) {
      for (const json& variable : *variables) {
        if (auto error = Find(variable, found)) return error;
      }
    }
    if (!text->is_string()) return std::nullopt;
    for (const SubPart& part : ParseSub(text->get<std::string>())) {
      if (!part.variable || (variables && variables->contains(*part.variable))) continue;
      Add(part.variable->substr(0, part.variable->find('.')), found);
    }
    return std::nullopt;
  }

  const json& document_;
  Evaluator& evaluator_;
};

std::string Joined(const std::set<std::string>& names) {
  return fmt::format("{}", fmt::join(names, ", "));
}

std::optional<ApiError> CheckConditions(const json& document, Evaluator& evaluator) {
  for (const auto& [name, definition] : Section(document, "Conditions").items()) {
    std::set<std::string> references;
    if (auto error = ReferenceFinder(document, evaluator).Find(definition, references))
      return error;
    if (!references.empty()) {
      return ValidationError(
          fmt::format("Template format error: Unresolved dependencies [{}]. Cannot reference "
                      "resources in the Conditions block of the "
                      "template",
                      Joined(references)));
    }
    const auto truth = evaluator.Condition(name);
    if (!truth) return truth.error();
  }
  return std::nullopt;
}

Result<bool> Exists(const json& member, const std::string& block, Evaluator& evaluator) {
  if (!member.contains("Condition")) return true;
  const auto name = member["Condition"].get<std::string>();
  if (!Section(*evaluator.surroundings().document, "Conditions").contains(name)) {
    return ValidationError(fmt::format(
        "Template format error: Unresolved condition dependency {} in the {} block of the template",
        name, block));
  }
  return evaluator.Condition(name);
}

std::string Policy(const json& resource, const char* member) {
  const auto found = resource.find(member);
  return found != resource.end() && found->is_string() ? found->get<std::string>() : "Delete";
}

}  // namespace

std::optional<ApiError> CheckProperties(const json& document,
                                        const std::vector<PlannedResource>& plan,
                                        Evaluator& evaluator) {
  for (const auto& resource : plan) {
    for (const json& property : resource.properties) {
      std::set<std::string> references;
      if (auto error = ReferenceFinder(document, evaluator).Find(property, references))
        return error;
      if (!references.empty()) continue;
      const auto resolved = evaluator.Resolve(property);
      if (!resolved) return resolved.error();
    }
  }
  return std::nullopt;
}

std::vector<std::string> OrderByNeeds(const std::map<std::string, std::set<std::string>>& needs) {
  std::vector<std::string> order;
  std::set<std::string> done, waiting;
  for (const auto& [name, unused] : needs) waiting.insert(name);
  for (bool progress = true; progress && !waiting.empty();) {
    progress = false;
    for (auto name = waiting.begin(); name != waiting.end();) {
      const auto& mine = needs.at(*name);
      const bool ready = std::all_of(mine.begin(), mine.end(), [&](const std::string& other) {
        return done.contains(other) || !needs.contains(other);
      });
      if (!ready) {
        ++name;
        continue;
      }
      order.push_back(*name);
      done.insert(*name);
      name = waiting.erase(name);
      progress = true;
    }
  }
  order.insert(order.end(), waiting.begin(), waiting.end());
  return order;
}

Result<std::vector<PlannedResource>> MakePlan(const json& document, Evaluator& evaluator) {
  if (auto error = CheckConditions(document, evaluator)) return *error;

  ReferenceFinder finder(document, evaluator);
  std::map<std::string, PlannedResource> planned;
  std::set<std::string> unresolved;
  const json& resources = Section(document, "Resources");
  for (const auto& [name, resource] : resources.items()) {
    const auto exists = Exists(resource, "Resources", evaluator);
    if (!exists) return exists.error();
    if (!*exists) continue;
    PlannedResource entry;
    entry.logical_id = name;
    entry.type = resource["Type"].get<std::string>();
    entry.properties = Section(resource, "Properties");
    entry.metadata = Section(resource, "Metadata");
    entry.deletion_policy = Policy(resource, "DeletionPolicy");
    entry.update_replace_policy = Policy(resource, "UpdateReplacePolicy");
    if (auto error = finder.Find(entry.properties, entry.needs)) return *error;
    if (resource.contains("DependsOn")) {
      const json& list = resource["DependsOn"];
      for (const json& other : list.is_array() ? list : json::array({list})) {
        const auto other_name = other.get<std::string>();
        // Depending on a resource whose condition is false is not an error.
        if (!resources.contains(other_name)) unresolved.insert(other_name);
        if (resources.contains(other_name)) {
          const auto other_exists = Exists(resources[other_name], "Resources", evaluator);
          if (other_exists && *other_exists) entry.needs.insert(other_name);
        }
      }
    }
    planned.emplace(name, std::move(entry));
  }
  std::map<std::string, std::set<std::string>> needs;
  for (const auto& [name, entry] : planned) {
    for (const auto& other : entry.needs) {
      if (!planned.contains(other)) unresolved.insert(other);
    }
    needs[name] = entry.needs;
  }
  if (!unresolved.empty()) {
    return ValidationError(
        fmt::format("Template format error: Unresolved resource dependencies [{}] in the Resources "
                    "block of the template",
                    Joined(unresolved)));
  }

  for (const auto& [name, output] : Section(document, "Outputs").items()) {
    const auto exists = Exists(output, "Outputs", evaluator);
    if (!exists) return exists.error();
    if (!*exists) continue;
    std::set<std::string> references;
    if (auto error = finder.Find(output, references)) return *error;
    for (const auto& other : references) {
      if (!planned.contains(other)) unresolved.insert(other);
    }
  }
  if (!unresolved.empty()) {
    return ValidationError(
        fmt::format("Unresolved resource dependencies [{}] in the Outputs block of the template",
                    Joined(unresolved)));
  }

  std::vector<PlannedResource> plan;
  std::set<std::string> done;
  for (const auto& name : OrderByNeeds(needs)) {
    const auto& mine = needs[name];
    if (!std::includes(done.begin(), done.end(), mine.begin(), mine.end())) {
      // Only members of circles, and what needs them, come before what they need.
      std::set<std::string> circle;
      for (const auto& [other, unused] : needs) {
        if (!done.contains(other)) circle.insert(other);
      }
      return ValidationError(
          fmt::format("Circular dependency between resources: [{}]", Joined(circle)));
    }
    done.insert(name);
    plan.push_back(std::move(planned.at(name)));
  }
  return plan;
}

}  // namespace fractus::cloudformation
