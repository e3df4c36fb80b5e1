// AWS::IAM::Role, Policy, ManagedPolicy.
#include <set>

#include "emulator/services/cloudformation/resources/resource_type.h"

namespace fractus::cloudformation {
namespace {

json PoliciesByName(const json& properties) {
  json policies = json::object();
  for (const json& policy : Property(properties, "Policies")) {
    policies[TextProperty(policy, "PolicyName")] = Property(policy, "PolicyDocument");
  }
  return policies;
}

std::set<std::string> Texts(const json& list) {
  std::set<std::string> texts;
  if (!list.is_array()) return texts;
  for (const json& entry : list) {
    if (entry.is_string()) texts.insert(entry.get<std::string>());
  }
  return texts;
}

std::optional<ApiError> ApplyRolePolicies(Scene& scene, const std::string& role, const json& before,
                                          const json& after) {
  const json old_policies = PoliciesByName(before), new_policies = PoliciesByName(after);
  for (const auto& [name, document] : old_policies.items()) {
    if (new_policies.contains(name)) continue;
    if (auto error = UnlessGone(
            scene.Call("iam", "DeleteRolePolicy", {{"RoleName", role}, {"PolicyName", name}}))) {
      return error;
    }
  }
  for (const auto& [name, document] : new_policies.items()) {
    if (old_policies.contains(name) && old_policies[name] == document) continue;
    const auto done =
        scene.Call("iam", "PutRolePolicy",
                   {{"RoleName", role}, {"PolicyName", name}, {"PolicyDocument", document}});
    if (!done) return done.error();
  }
  const auto old_arns = Texts(Property(before, "ManagedPolicyArns"));
  const auto new_arns = Texts(Property(after, "ManagedPolicyArns"));
  for (const auto& arn : old_arns) {
    if (new_arns.contains(arn)) continue;
    if (auto error = UnlessGone(
            scene.Call("iam", "DetachRolePolicy", {{"RoleName", role}, {"PolicyArn", arn}}))) {
      return error;
    }
  }
  for (const auto& arn : new_arns) {
    if (old_arns.contains(arn)) continue;
    const auto done =
        scene.Call("iam", "AttachRolePolicy", {{"RoleName", role}, {"PolicyArn", arn}});
    if (!done) return done.error();
  }
  return std::nullopt;
}

std::optional<ApiError> DeleteRole(Scene& scene, const std::string& name, const json& properties) {
  // IAM refuses to delete a role that has policies, also those that others gave it meanwhile.
  if (const auto inline_policies = scene.Call("iam", "ListRolePolicies", {{"RoleName", name}})) {
    for (const json& policy : Property(*inline_policies, "PolicyNames")) {
      (void)scene.Call("iam", "DeleteRolePolicy", {{"RoleName", name}, {"PolicyName", policy}});
    }
  } else {
    const json policies = PoliciesByName(properties);
    for (const auto& [policy, unused] : policies.items()) {
      (void)scene.Call("iam", "DeleteRolePolicy", {{"RoleName", name}, {"PolicyName", policy}});
    }
  }
  if (const auto attached = scene.Call("iam", "ListAttachedRolePolicies", {{"RoleName", name}})) {
    for (const json& policy : Property(*attached, "AttachedPolicies")) {
      (void)scene.Call("iam", "DetachRolePolicy",
                       {{"RoleName", name}, {"PolicyArn", TextProperty(policy, "PolicyArn")}});
    }
  } else {
    for (const auto& arn : Texts(Property(properties, "ManagedPolicyArns"))) {
      (void)scene.Call("iam", "DetachRolePolicy", {{"RoleName", name}, {"PolicyArn", arn}});
    }
  }
  return UnlessGone(scene.Call("iam", "DeleteRole", {{"RoleName", name}}));
}

Result<Made> CreateRole(Scene& scene, const json& properties) {
  json input = Pick(properties, {"Path", "AssumeRolePolicyDocument", "Description",
                                 "MaxSessionDuration", "PermissionsBoundary"});
  std::string name = TextProperty(properties, "RoleName");
  if (name.empty()) name = scene.GeneratedName(64);
  input["RoleName"] = name;
  if (const json tags = TagList(scene, Property(properties, "Tags")); !tags.empty())
    input["Tags"] = tags;
  const auto created = scene.Call("iam", "CreateRole", input);
  if (!created) return created.error();
  if (auto error = ApplyRolePolicies(scene, name, json::object(), properties)) {
    (void)DeleteRole(scene, name, properties);
    return *error;
  }
  const json& role = Property(*created, "Role");
  return Made{name, {{"Arn", TextProperty(role, "Arn")}, {"RoleId", TextProperty(role, "RoleId")}}};
}

Result<Made> UpdateRole(Scene& scene, const std::string& name, const json& before,
                        const json& after) {
  if (Differs(before, after, "AssumeRolePolicyDocument")) {
    const auto done = scene.Call(
        "iam", "UpdateAssumeRolePolicy",
        {{"RoleName", name}, {"PolicyDocument", Property(after, "AssumeRolePolicyDocument")}});
    if (!done) return done.error();
  }
  if (Differs(before, after, "Description") || Differs(before, after, "MaxSessionDuration")) {
    json input = Pick(after, {"Description", "MaxSessionDuration"});
    input["RoleName"] = name;
    const auto done = scene.Call("iam", "UpdateRole", input);
    if (!done) return done.error();
  }
  if (Differs(before, after, "PermissionsBoundary")) {
    const json& boundary = Property(after, "PermissionsBoundary");
    const auto done = boundary.is_null()
                          ? scene.Call("iam", "DeleteRolePermissionsBoundary", {{"RoleName", name}})
                          : scene.Call("iam", "PutRolePermissionsBoundary",
                                       {{"RoleName", name}, {"PermissionsBoundary", boundary}});
    if (!done) return done.error();
  }
  if (auto error = ApplyRolePolicies(scene, name, before, after)) return *error;
  if (Differs(before, after, "Tags")) {
    const json new_tags = TagMap(scene, Property(after, "Tags"));
    json gone = json::array();
    const json old_tags = TagMap(scene, Property(before, "Tags"));
    for (const auto& [key, value] : old_tags.items()) {
      if (!new_tags.contains(key)) gone.push_back(key);
    }
    if (!gone.empty()) {
      const auto done = scene.Call("iam", "UntagRole", {{"RoleName", name}, {"TagKeys", gone}});
      if (!done) return done.error();
    }
    if (!new_tags.empty()) {
      const auto done =
          scene.Call("iam", "TagRole",
                     {{"RoleName", name}, {"Tags", TagList(scene, Property(after, "Tags"))}});
      if (!done) return done.error();
    }
  }
  const auto read = scene.Call("iam", "GetRole", {{"RoleName", name}});
  if (!read) return read.error();
  const json& role = Property(*read, "Role");
  return Made{name, {{"Arn", TextProperty(role, "Arn")}, {"RoleId", TextProperty(role, "RoleId")}}};
}

// An inline policy put into roles. Users and groups are not emulated.
Result<Made> PutPolicy(Scene& scene, const std::string& id, const json& before, const json& after) {
  const auto name = TextProperty(after, "PolicyName");
  const auto old_roles = Texts(Property(before, "Roles")),
             new_roles = Texts(Property(after, "Roles"));
  for (const char* member : {"Users", "Groups"}) {
    if (!Texts(Property(after, member)).empty()) {
      return ApiError{"NotImplemented",
                      std::string(member) + " of AWS::IAM::Policy is not emulated by fractus"};
    }
  }
  for (const auto& role : old_roles) {
    if (new_roles.contains(role)) continue;
    if (auto error = UnlessGone(
            scene.Call("iam", "DeleteRolePolicy", {{"RoleName", role}, {"PolicyName", name}}))) {
      return *error;
    }
  }
  for (const auto& role : new_roles) {
    const auto done = scene.Call("iam", "PutRolePolicy",
                                 {{"RoleName", role},
                                  {"PolicyName", name},
                                  {"PolicyDocument", Property(after, "PolicyDocument")}});
    if (!done) return done.error();
  }
  return Made{id, {{"Id", id}}};
}

Result<Made> CreatePolicy(Scene& scene, const json& properties) {
  return PutPolicy(scene, scene.GeneratedName(64), json::object(), properties);
}

std::optional<ApiError> DeletePolicy(Scene& scene, const std::string&, const json& properties) {
  for (const auto& role : Texts(Property(properties, "Roles"))) {
    if (auto error = UnlessGone(scene.Call(
            "iam", "DeleteRolePolicy",
            {{"RoleName", role}, {"PolicyName", TextProperty(properties, "PolicyName")}}))) {
      return error;
    }
  }
  return std::nullopt;
}

std::optional<ApiError> ApplyAttachments(Scene& scene, const std::string& arn, const json& before,
                                         const json& after) {
  const auto old_roles = Texts(Property(before, "Roles")),
             new_roles = Texts(Property(after, "Roles"));
  for (const auto& role : old_roles) {
    if (new_roles.contains(role)) continue;
    if (auto error = UnlessGone(
            scene.Call("iam", "DetachRolePolicy", {{"RoleName", role}, {"PolicyArn", arn}}))) {
      return error;
    }
  }
  for (const auto& role : new_roles) {
    if (old_roles.contains(role)) continue;
    const auto done =
        scene.Call("iam", "AttachRolePolicy", {{"RoleName", role}, {"PolicyArn", arn}});
    if (!done) return done.error();
  }
  return std::nullopt;
}

Result<Made> CreateManagedPolicy(Scene& scene, const json& properties) {
  json input = Pick(properties, {"PolicyDocument", "Path", "Description"});
  std::string name = TextProperty(properties, "ManagedPolicyName");
  if (name.empty()) name = scene.GeneratedName(128);
  input["PolicyName"] = name;
  const auto created = scene.Call("iam", "CreatePolicy", input);
  if (!created) return created.error();
  const auto arn = TextProperty(Property(*created, "Policy"), "Arn");
  if (auto error = ApplyAttachments(scene, arn, json::object(), properties)) {
    (void)scene.Call("iam", "DeletePolicy", {{"PolicyArn", arn}});
    return *error;
  }
  return Made{
      arn,
      {{"PolicyArn", arn}, {"PolicyId", TextProperty(Property(*created, "Policy"), "PolicyId")}}};
}

Result<Made> UpdateManagedPolicy(Scene& scene, const std::string& arn, const json& before,
                                 const json& after) {
  if (Differs(before, after, "PolicyDocument")) {
    const auto done = scene.Call("iam", "CreatePolicyVersion",
                                 {{"PolicyArn", arn},
                                  {"PolicyDocument", Property(after, "PolicyDocument")},
                                  {"SetAsDefault", true}});
    if (!done) return done.error();
  }
  if (auto error = ApplyAttachments(scene, arn, before, after)) return *error;
  return Made{arn, {{"PolicyArn", arn}}};
}

std::optional<ApiError> DeleteManagedPolicy(Scene& scene, const std::string& arn,
                                            const json& properties) {
  if (auto error = ApplyAttachments(scene, arn, properties, json::object())) return error;
  return UnlessGone(scene.Call("iam", "DeletePolicy", {{"PolicyArn", arn}}));
}

}  // namespace

std::vector<ResourceType> IamTypes() {
  return {
      {
          .name = "AWS::IAM::Role",
          .properties = {"RoleName", "Path", "AssumeRolePolicyDocument", "Description",
                         "MaxSessionDuration", "PermissionsBoundary", "Policies",
                         "ManagedPolicyArns", "Tags"},
          .create_only = {"RoleName", "Path"},
          .name_property = "RoleName",
          .required = {"AssumeRolePolicyDocument"},
          .create = CreateRole,
          .update = UpdateRole,
          .remove = DeleteRole,
      },
      {
          .name = "AWS::IAM::Policy",
          .properties = {"PolicyName", "PolicyDocument", "Roles", "Users", "Groups"},
          .create_only = {"PolicyName"},
          .name_property = "",
          .required = {"PolicyName", "PolicyDocument"},
          .create = CreatePolicy,
          .update = PutPolicy,
          .remove = DeletePolicy,
      },
      {
          .name = "AWS::IAM::ManagedPolicy",
          .properties = {"ManagedPolicyName", "PolicyDocument", "Path", "Description", "Roles"},
          .create_only = {"ManagedPolicyName", "Path", "Description"},
          .name_property = "ManagedPolicyName",
          .required = {"PolicyDocument"},
          .create = CreateManagedPolicy,
          .update = UpdateManagedPolicy,
          .remove = DeleteManagedPolicy,
      },
  };
}

}  // namespace fractus::cloudformation
