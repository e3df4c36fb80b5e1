// Carrying out what a stack's template asks for: create, update, delete and roll back its
// resources, one after the other.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "emulator/core/clock.h"
#include "emulator/core/id_source.h"
#include "emulator/model/catalog.h"
#include "emulator/ports/api_caller.h"
#include "emulator/services/cloudformation/evaluator.h"
#include "emulator/services/cloudformation/plan.h"
#include "emulator/services/cloudformation/resources/resource_type.h"
#include "emulator/services/cloudformation/stack.h"

namespace fractus::cloudformation {

// What deployments and operations work with.
struct Workshop {
  StackStore& store;
  Clock& clock;
  IdSource& ids;
  ports::ApiCaller& api;
  model::Catalog& catalog;
  // Set when the emulator ends: deployments stop after the resource they are at.
  const std::atomic<bool>& stopping;
};

struct Job {
  enum class Kind { kCreate, kUpdate, kDelete };

  Kind kind = Kind::kCreate;
  RequestContext context;
  std::string stack_id;
  // Of an update: what the stack is to become. Of a creation the stack has it already.
  std::string template_text;
  json document = json::object();
  json parameters = json::object();
  json tags = json::array();
  // Of a creation or update: why the transform failed, if it did.
  std::string transform_error;
  bool disable_rollback = false;
  // Of a deletion: logical ids that are left alone.
  std::set<std::string> retain;
};

// Statuses as a client sees them between operations.
ApiError CannotBeUpdated(const Stack& stack);

// Records an event of the stack itself and gives it that status.
void SetStackStatus(const Workshop& workshop, Stack& stack, const std::string& status,
                    const std::string& reason = "");

// What the functions of `stack`'s template see. The stack and the document outlive the evaluator.
Surroundings StackSurroundings(const Workshop& workshop, const RequestContext& context,
                               const Stack& stack, const json& document, const json& parameters,
                               std::set<std::string>& imports);

// The template's outputs as DescribeStacks answers them.
Result<json> EvaluateOutputs(const json& document, Evaluator& evaluator);

// Whether stacks other than `stack` import this export; the first one's name.
std::optional<std::string> ImporterOf(const StackStore& store, const RequestContext& context,
                                      const Stack& stack, const std::string& export_name);

class Deployment {
 public:
  Deployment(const Workshop& workshop, const Job& job) : workshop_(workshop), job_(job) {}

  // Runs until the stack has a status that is not in progress, or the emulator ends.
  void Run();

 private:
  // What an update did to a resource, for going back.
  struct Change {
    std::string logical_id;
    // As it was; nothing for a new resource.
    std::optional<StackResource> before;
    bool replaced = false;
  };

  void Create();
  void Update();
  void Delete();

  // Steps for one resource. Each records its events; false: it failed.
  bool CreateResource(const PlannedResource& planned, Evaluator& evaluator);
  bool UpdateResource(const PlannedResource& planned, Evaluator& evaluator);
  bool DeleteResource(StackResource& resource);
  bool Make(StackResource& resource, const ResourceType& type, const std::string& verb);
  void RestoreResource(const Change& change);

  // Removes resources, what needs others first. Answers the logical ids that stayed against our
  // will.
  std::vector<std::string> DeleteResources(std::map<std::string, StackResource*> resources);
  void RollBackCreation(const std::string& reason);
  void RollBackUpdate(const std::string& reason);
  // Removes what an update left over and forgets it.
  void CleanUp();

  void SetStatus(const std::string& status, const std::string& reason = "");
  void SetResourceStatus(StackResource& resource, const std::string& status,
                         const std::string& reason = "");
  Scene MakeScene(const std::string& logical_id) const;
  RequestContext Context() const;
  bool Stopped() const { return workshop_.stopping.load(); }
  bool Finish(const json& document, Evaluator& evaluator, std::string& failure);

  const Workshop& workshop_;
  const Job& job_;
  Stack stack_;
  std::vector<Change> changes_;
  std::vector<StackResource> left_over_;
  std::set<std::string> imports_;
  std::string failed_create_, failed_update_;
};

}  // namespace fractus::cloudformation
