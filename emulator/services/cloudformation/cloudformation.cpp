#include "emulator/services/cloudformation/cloudformation.h"

#include <exception>
#include <map>

#include "emulator/core/log.h"

namespace fractus::cloudformation {

CloudFormation::CloudFormation(storage::Database& database, Clock& clock, IdSource& ids,
                               ports::ApiCaller& api, model::Catalog* catalog)
    : own_catalog_(catalog ? nullptr : std::make_unique<model::Catalog>()),
      store_(database),
      workshop_{store_, clock, ids, api, catalog ? *catalog : *own_catalog_, stopping_} {
  MarkInterrupted();
  worker_ = std::thread([this] { Work(); });
}

CloudFormation::~CloudFormation() { Stop(); }

void CloudFormation::Stop() {
  {
    const std::lock_guard lock(queue_mutex_);
    stopping_ = true;
  }
  queue_changed_.notify_all();
  if (worker_.joinable()) worker_.join();
}

void CloudFormation::MarkInterrupted() {
  static const std::map<std::string, std::pair<const char*, const char*>> kAfter = {
      {"CREATE_IN_PROGRESS", {"CREATE_FAILED", "created"}},
      {"ROLLBACK_IN_PROGRESS", {"ROLLBACK_FAILED", "rolled back"}},
      {"DELETE_IN_PROGRESS", {"DELETE_FAILED", "deleted"}},
      {"UPDATE_IN_PROGRESS", {"UPDATE_FAILED", "updated"}},
      {"UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", {"UPDATE_COMPLETE", "cleaned up"}},
      {"UPDATE_ROLLBACK_IN_PROGRESS", {"UPDATE_ROLLBACK_FAILED", "rolled back"}},
      {"UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS", {"UPDATE_ROLLBACK_COMPLETE", "cleaned up"}}};
  for (auto& stack : store_.ListEverywhere()) {
    const auto after = kAfter.find(stack.status);
    if (after == kAfter.end()) continue;
    for (auto& [name, resource] : stack.resources) {
      if (!resource.status.ends_with("_IN_PROGRESS")) continue;
      resource.status = resource.status.substr(0, resource.status.find('_')) + "_FAILED";
      resource.reason = "The emulator stopped meanwhile";
    }
    SetStackStatus(
        workshop_, stack, after->second.first,
        std::string("The emulator stopped while the stack was being ") + after->second.second);
  }
}

void CloudFormation::Enqueue(Job job) {
  {
    const std::lock_guard lock(queue_mutex_);
    queue_.push_back(std::move(job));
  }
  queue_changed_.notify_all();
}

void CloudFormation::WaitUntilIdle() {
  std::unique_lock lock(queue_mutex_);
  queue_changed_.wait(lock, [this] { return queue_.empty() && !working_; });
}

void CloudFormation::Work() {
  std::unique_lock lock(queue_mutex_);
  while (true) {
    queue_changed_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
    if (stopping_) return;
    const Job job = std::move(queue_.front());
    queue_.pop_front();
    working_ = true;
    lock.unlock();
    try {
      Deployment(workshop_, job).Run();
    } catch (const std::exception& error) {
      // A fault of ours must not leave the stack in progress for ever.
      Log(LogLevel::kError, "deployment of {}: {}", job.stack_id, error.what());
      if (auto stack = store_.Find(job.context, job.stack_id); stack && stack->in_progress()) {
        const std::string status = job.kind == Job::Kind::kCreate   ? "CREATE_FAILED"
                                   : job.kind == Job::Kind::kUpdate ? "UPDATE_FAILED"
                                                                    : "DELETE_FAILED";
        SetStackStatus(workshop_, *stack, status, std::string("Internal Failure: ") + error.what());
      }
    }
    lock.lock();
    working_ = false;
    queue_changed_.notify_all();
  }
}

service::OperationTable CloudFormation::Operations() {
  using Method = Result<json> (CloudFormation::*)(const Request&);
  static const std::map<std::string, Method> kMethods = {
      {"CreateStack", &CloudFormation::CreateStack},
      {"UpdateStack", &CloudFormation::UpdateStack},
      {"DeleteStack", &CloudFormation::DeleteStack},
      {"UpdateTerminationProtection", &CloudFormation::UpdateTerminationProtection},
      {"CreateChangeSet", &CloudFormation::CreateChangeSet},
      {"DescribeChangeSet", &CloudFormation::DescribeChangeSet},
      {"ExecuteChangeSet", &CloudFormation::ExecuteChangeSet},
      {"DeleteChangeSet", &CloudFormation::DeleteChangeSet},
      {"ListChangeSets", &CloudFormation::ListChangeSets},
      {"DescribeStacks", &CloudFormation::DescribeStacks},
      {"ListStacks", &CloudFormation::ListStacks},
      {"DescribeStackEvents", &CloudFormation::DescribeStackEvents},
      {"DescribeStackResource", &CloudFormation::DescribeStackResource},
      {"DescribeStackResources", &CloudFormation::DescribeStackResources},
      {"ListStackResources", &CloudFormation::ListStackResources},
      {"GetTemplate", &CloudFormation::GetTemplate},
      {"ValidateTemplate", &CloudFormation::ValidateTemplate},
      {"GetTemplateSummary", &CloudFormation::GetTemplateSummary},
      {"ListExports", &CloudFormation::ListExports},
      {"ListImports", &CloudFormation::ListImports},
  };
  service::OperationTable table;
  for (const auto& [name, method] : kMethods) {
    table[name] = service::Operation(
        [this, method = method](const Request& request) { return (this->*method)(request); });
  }
  return table;
}

}  // namespace fractus::cloudformation
