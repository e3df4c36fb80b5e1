#include "lambdas/testing_room.h"

#include <archive.h>
#include <archive_entry.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>
#include <condition_variable>

namespace fractus::lambdas::testing {

class FakeHost::Instance : public ExecutionEnvironment {
 public:
  Instance(FakeHost& host, OutputSink output) : host_(host), output_(std::move(output)) {}
  ~Instance() override {
    ++host_.destroyed_;
    host_.destroyed_.notify_all();
  }

  InvokeOutcome Invoke(const InvokeInput& input) override {
    Handler handler;
    {
      const std::lock_guard lock(host_.mutex_);
      handler = host_.handler_;
    }
    return handler ? handler(input, output_) : Answer(input.payload);
  }
  Isolation isolation() const override { return Isolation::kInProcess; }

 private:
  FakeHost& host_;
  const OutputSink output_;
};

void FakeHost::Handle(Handler handler) {
  const std::lock_guard lock(mutex_);
  handler_ = std::move(handler);
}

Result<RuntimeHost*> FakeHost::HostFor(std::string_view runtime) {
  if (runtime.starts_with("python")) return this;
  return ApiError{"InvalidRuntimeException",
                  "The runtime " + std::string(runtime) + " is not emulated.", 502};
}

std::unique_ptr<ExecutionEnvironment> FakeHost::Start(const EnvironmentSpec& spec,
                                                      OutputSink output) {
  const std::lock_guard lock(mutex_);
  specs_.push_back(spec);
  return std::make_unique<Instance>(*this, std::move(output));
}

std::vector<EnvironmentSpec> FakeHost::Specs() const {
  const std::lock_guard lock(mutex_);
  return specs_;
}

void FakeHost::AwaitDestroyed(int count) const {
  for (int seen = destroyed_; seen < count; seen = destroyed_) destroyed_.wait(seen);
}

void FakeLogs::Write(std::string_view, std::string_view, std::string_view group,
                     std::string_view stream, std::vector<ports::LogLine> lines) {
  const std::lock_guard lock(mutex_);
  for (auto& line : lines) {
    groups_[std::string(group)].emplace_back(stream, std::move(line.message));
  }
}

std::vector<std::string> FakeLogs::Messages(const std::string& group) const {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> messages;
  if (const auto found = groups_.find(group); found != groups_.end()) {
    for (const auto& [stream, message] : found->second) messages.push_back(message);
  }
  return messages;
}

std::vector<std::string> FakeLogs::Streams(const std::string& group) const {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> streams;
  if (const auto found = groups_.find(group); found != groups_.end()) {
    for (const auto& [stream, message] : found->second) streams.push_back(stream);
  }
  return streams;
}

RoomTest::RoomTest() : guard_(io_.get_executor()) {
  SetLogLevel(LogLevel::kOff);
  std::string pattern = (std::filesystem::temp_directory_path() / "lambdas-XXXXXX").string();
  folder_ = mkdtemp(pattern.data());
  clock_.Set(*ParseIso8601("2026-01-02T03:04:05Z"));
  clock_.Freeze();
  net_ = std::thread([this] { io_.run(); });
  Restart();
}

RoomTest::~RoomTest() {
  guard_.reset();
  io_.stop();
  net_.join();
  room_.reset();
  database_.reset();
  blocking_pool_.Stop();
  std::filesystem::remove_all(folder_);
}

Settings RoomTest::RoomSettings() const {
  Settings settings;
  settings.data_folder = (folder_ / "files").string();
  settings.endpoint = "127.0.0.1:4566";
  settings.ca_file = "/ca/local.pem";
  settings.ca_bundle_file = "/ca/all.pem";
  return settings;
}

void RoomTest::Restart() {
  operations_.clear();
  room_.reset();
  database_.reset();
  database_ = std::make_unique<storage::Database>((folder_ / "database").string(),
                                                  storage::Durability::kProcess);
  room_ = std::make_unique<Lambdas>(*database_, clock_, ids_, logs_, blocking_pool_, host_,
                                    RoomSettings());
  operations_ = room_->Operations();
}

Result<json> RoomTest::Call(const std::string& operation, json input) {
  Request request;
  request.context.now = clock_.Now();
  request.context.request_id = ids_.Uuid();
  request.input = std::move(input);
  return std::get<service::Operation>(operations_.at(operation))(request);
}

Result<json> RoomTest::CallText(const std::string& operation, const std::string& input) {
  return Call(operation, json::parse(input));
}

Result<json> RoomTest::Create(const std::string& name, json more) {
  json input = json::parse(R"({"Runtime": "python3.11", "Handler": "app.handler",
                               "Role": "arn:aws:iam::000000000000:role/r"})");
  input["FunctionName"] = name;
  std::vector<ZipEntry> entries(1);
  entries[0].name = "app.py";
  entries[0].content = "def handler(event, context): return event\n";
  input["Code"]["ZipFile"] = Blob(MakeZip(entries));
  input.update(more);
  return Call("CreateFunction", std::move(input));
}

std::future<Result<json>> RoomTest::InvokeLater(json input) {
  Request request;
  request.context.now = clock_.Now();
  request.context.request_id = ids_.Uuid();
  request.input = std::move(input);
  const auto& invoke = std::get<service::AsyncOperation>(operations_.at("Invoke"));
  return boost::asio::co_spawn(io_, invoke(std::move(request)), boost::asio::use_future);
}

Result<json> RoomTest::InvokeWith(json input) { return InvokeLater(std::move(input)).get(); }

Result<json> RoomTest::Invoke(const std::string& name, const std::string& payload) {
  json input = json::object();
  input["FunctionName"] = name;
  input["Payload"] = Blob(payload);
  return InvokeWith(std::move(input));
}

Result<ports::InvocationResult> RoomTest::InvokeAs(ports::Invocation invocation) {
  return boost::asio::co_spawn(io_, room_->Invoke(std::move(invocation)), boost::asio::use_future)
      .get();
}

std::string MakeZip(const std::vector<ZipEntry>& entries) {
  std::string bytes(1 << 20, '\0');
  for (const auto& entry : entries) bytes.resize(bytes.size() + entry.content.size());
  size_t used = 0;
  archive* writer = archive_write_new();
  archive_write_set_format_zip(writer);
  archive_write_open_memory(writer, bytes.data(), bytes.size(), &used);
  for (const auto& entry : entries) {
    archive_entry* header = archive_entry_new();
    archive_entry_set_pathname(header, entry.name.c_str());
    archive_entry_set_filetype(header, entry.type);
    archive_entry_set_perm(header, static_cast<mode_t>(entry.mode));
    if (entry.type == AE_IFLNK) {
      archive_entry_set_symlink(header, entry.content.c_str());
      archive_entry_set_size(header, 0);
    } else {
      archive_entry_set_size(header, static_cast<la_int64_t>(entry.content.size()));
    }
    archive_write_header(writer, header);
    if (entry.type == AE_IFREG) {
      archive_write_data(writer, entry.content.data(), entry.content.size());
    }
    archive_entry_free(header);
  }
  archive_write_close(writer);
  archive_write_free(writer);
  bytes.resize(used);
  return bytes;
}

json Blob(const std::string& bytes) { return json::binary({bytes.begin(), bytes.end()}); }

std::string PayloadText(const json& output) {
  const auto& bytes = output.at("Payload").get_binary();
  return {bytes.begin(), bytes.end()};
}

InvokeOutcome Answer(std::string payload) {
  InvokeOutcome outcome;
  outcome.payload = std::move(payload);
  return outcome;
}

}  // namespace fractus::lambdas::testing
