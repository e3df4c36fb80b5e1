// AWS CloudFormation: stacks made from templates, also from SAM templates.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>

#include "emulator/core/clock.h"
#include "emulator/core/id_source.h"
#include "emulator/model/catalog.h"
#include "emulator/ports/api_caller.h"
#include "emulator/service/operation_table.h"
#include "emulator/services/cloudformation/deployment.h"
#include "emulator/services/cloudformation/prepare.h"
#include "emulator/services/cloudformation/stack.h"
#include "emulator/storage/database.h"

namespace fractus::cloudformation {

// Deployments run one after the other on a thread of this class, so that the order of everything a
// stack does is always the same. A stack whose deployment was cut short by the end of the process
// is marked as failed at the next start.
class CloudFormation {
 public:
  // All must outlive this. `catalog` gives the shapes of other services' operations; null: an own
  // one.
  CloudFormation(storage::Database& database, Clock& clock, IdSource& ids, ports::ApiCaller& api,
                 model::Catalog* catalog = nullptr);
  ~CloudFormation();
  CloudFormation(const CloudFormation&) = delete;
  CloudFormation& operator=(const CloudFormation&) = delete;

  // For the model "cloudformation". The table must not outlive this.
  service::OperationTable Operations();

  // Blocks until no deployment runs or waits: for tests and for an orderly end.
  void WaitUntilIdle();
  // Waits for the resource that is being worked on, not for the rest of its deployment. Call it
  // while other services still run: the resource may need them.
  void Stop();

 private:
  Result<json> CreateStack(const Request& request);
  Result<json> UpdateStack(const Request& request);
  Result<json> DeleteStack(const Request& request);
  Result<json> UpdateTerminationProtection(const Request& request);

  Result<json> CreateChangeSet(const Request& request);
  Result<json> DescribeChangeSet(const Request& request);
  Result<json> ExecuteChangeSet(const Request& request);
  Result<json> DeleteChangeSet(const Request& request);
  Result<json> ListChangeSets(const Request& request);

  Result<json> DescribeStacks(const Request& request);
  Result<json> ListStacks(const Request& request);
  Result<json> DescribeStackEvents(const Request& request);
  Result<json> DescribeStackResource(const Request& request);
  Result<json> DescribeStackResources(const Request& request);
  Result<json> ListStackResources(const Request& request);

  Result<json> GetTemplate(const Request& request);
  Result<json> ValidateTemplate(const Request& request);
  Result<json> GetTemplateSummary(const Request& request);
  Result<json> ListExports(const Request& request);
  Result<json> ListImports(const Request& request);

  // The change set that a request names, in its stack.
  Result<ChangeSet> NamedChangeSet(const Request& request);
  Stack NewStack(const Request& request, const std::string& name);
  // Starts the deployment that makes `stack` what `job` says. The caller holds the store's mutex.
  void StartCreate(Stack& stack, const Prepared& prepared, Job job);
  void StartUpdate(Stack& stack, Job job);
  void Enqueue(Job job);
  void Work();
  void MarkInterrupted();

  std::unique_ptr<model::Catalog> own_catalog_;
  StackStore store_;
  std::atomic<bool> stopping_{false};
  Workshop workshop_;

  std::mutex queue_mutex_;
  std::condition_variable queue_changed_;
  std::deque<Job> queue_;
  bool working_ = false;
  std::thread worker_;
};

}  // namespace fractus::cloudformation
