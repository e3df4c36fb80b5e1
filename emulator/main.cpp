// Wires everything: the only file that knows every room.
#include <fmt/format.h>
#include <stdlib.h>

#include <csignal>
#include <filesystem>
#include <thread>

#include "cognito/cognito.h"
#include "cognito/hosted/hosted_ui.h"
#include "dynamo/dynamo.h"
#include "emulator/cli/cli.h"
#include "emulator/core/blocking_pool.h"
#include "emulator/core/clock.h"
#include "emulator/core/id_source.h"
#include "emulator/http/certificate_authority.h"
#include "emulator/http/front_door.h"
#include "emulator/http/internal_pages.h"
#include "emulator/http/listener.h"
#include "emulator/model/catalog.h"
#include "emulator/service/dispatcher.h"
#include "emulator/services/cloudformation/cloudformation.h"
#include "emulator/services/cloudwatch/cloudwatch.h"
#include "emulator/services/iam/iam.h"
#include "emulator/services/inbox/inbox.h"
#include "emulator/services/logs/logs.h"
#include "emulator/services/secretsmanager/secretsmanager.h"
#include "emulator/services/sns/sns.h"
#include "emulator/services/sts/sts.h"
#include "emulator/storage/database.h"
#include "gateway/execute/execution.h"
#include "gateway/gateway.h"
#include "lambdas/lambdas.h"
#include "lambdas/runtime/runtime_hosts.h"

namespace fractus {
namespace {

// The data folder: the user's, or one that is thrown away at the end.
class DataFolder {
 public:
  explicit DataFolder(const std::optional<std::filesystem::path>& wanted) : keep_(wanted) {
    if (wanted) {
      path_ = wanted->string();
      return;
    }
    std::string pattern = (std::filesystem::temp_directory_path() / "fractus-XXXXXX").string();
    if (!mkdtemp(pattern.data()))
      throw std::runtime_error(
          "Cannot make a temporary folder for the data; name one with --data.");
    path_ = pattern;
  }
  ~DataFolder() {
    std::error_code ignored;
    if (!keep_) std::filesystem::remove_all(path_, ignored);
  }
  DataFolder(const DataFolder&) = delete;
  DataFolder& operator=(const DataFolder&) = delete;

  const std::string& path() const { return path_; }

 private:
  const bool keep_;
  std::string path_;
};

// What the services below open; a name that is missing here costs a new folder some time, no more.
const std::vector<std::string> kRooms = {"apigateway",
                                         "cloudformation",
                                         "cloudwatch",
                                         "cognito",
                                         "dynamo",
                                         "inbox",
                                         "dynamo.history",
                                         "dynamo.items",
                                         "dynamo.streams",
                                         "iam",
                                         "lambda",
                                         "logs",
                                         "secretsmanager",
                                         "sns",
                                         "sts"};

storage::Durability DurabilityOf(const cli::ServeOptions& options) {
  if (!options.data) return storage::Durability::kNone;
  return options.power_loss_safe ? storage::Durability::kPowerLoss : storage::Durability::kProcess;
}

// Runtime hosts as the lambdas room asks for them.
class Hosts : public lambdas::HostSource {
 public:
  explicit Hosts(lambdas::HostSettings settings) : hosts_(std::move(settings)) {}
  ~Hosts() override { hosts_.Settle(std::chrono::milliseconds(500)); }

  Result<lambdas::RuntimeHost*> HostFor(std::string_view runtime) override {
    const auto choice = hosts_.For(runtime);
    if (!choice.note.empty()) Log(LogLevel::kInfo, "{}", choice.note);
    if (!choice.host) return ApiError{"InvalidRuntimeException", choice.problem, 502};
    return choice.host;
  }

 private:
  lambdas::RuntimeHosts hosts_;
};

lambdas::HostSettings HostSettingsFor(const cli::ServeOptions& options, const std::string& endpoint,
                                      const http::CertificateAuthority& authority,
                                      const Clock& clock) {
  lambdas::HostSettings settings;
  if (options.worker_processes) settings.isolation = lambdas::HostSettings::Isolate::kAlways;
  settings.endpoint = endpoint;
  settings.ca_file = authority.certificate_file();
  settings.clock_offset = [&clock]() -> std::optional<std::chrono::microseconds> {
    if (!clock.moved()) return std::nullopt;
    return clock.offset();
  };
  settings.clock_frozen_at = [&clock]() -> std::optional<std::chrono::microseconds> {
    if (!clock.frozen()) return std::nullopt;
    return clock.Now().time_since_epoch();
  };
  return settings;
}

lambdas::Settings LambdaSettings(const std::string& data_folder, const std::string& endpoint,
                                 const http::CertificateAuthority& authority) {
  lambdas::Settings settings;
  settings.data_folder = data_folder;
  settings.endpoint = endpoint;
  settings.ca_file = authority.certificate_file();
  settings.ca_bundle_file = authority.bundle_file();
  return settings;
}

dynamo::Settings DynamoSettingsFor(const cli::ServeOptions& options) {
  dynamo::Settings settings;
  settings.table_delay = options.table_delay;
  settings.stale_reads = options.stale_reads;
  settings.index_delay = options.index_delay;
  if (options.throttling) settings.capacity = dynamo::CapacityUse::kEnforced;
  if (options.scan_order == "hash") settings.scan_order = dynamo::ScanOrder::kHash;
  if (options.scan_order == "insertion") settings.scan_order = dynamo::ScanOrder::kInsertion;
  return settings;
}

http::FrontDoorSettings FrontDoorSettingsFor(const cli::ServeOptions& options) {
  http::FrontDoorSettings settings;
  settings.region = options.region;
  settings.account = options.account;
  settings.request_log =
      options.log_level <= LogLevel::kInfo ? http::RequestLog::kOn : http::RequestLog::kOff;
  return settings;
}

http::ListenerSettings ListenerSettingsFor(const cli::ServeOptions& options) {
  http::ListenerSettings settings;
  settings.host = options.host;
  settings.port = options.port;
  settings.foreign = options.offline ? http::Foreign::kRefused : http::Foreign::kTunnelled;
  return settings;
}

// Members are made in this order and destroyed in the opposite one: first no request comes any
// more, then the rooms go, then what they stand on.
class Emulator : public cli::RunningEmulator {
 public:
  explicit Emulator(const cli::ServeOptions& options)
      : clock_(options.clock),
        ids_(options.seed),
        folder_(options.data),
        database_(folder_.path() + "/db", DurabilityOf(options), kRooms),
        pool_(std::max(2u, std::thread::hardware_concurrency())),
        dispatcher_(catalog_, pool_),
        front_door_(dispatcher_, clock_, ids_, FrontDoorSettingsFor(options)),
        authority_(http::StateFolder()),
        listener_(front_door_, authority_, ListenerSettingsFor(options)),
        endpoint_(fmt::format("127.0.0.1:{}", listener_.port())),
        logs_(database_, clock_, ids_),
        dynamo_(database_, clock_, ids_, DynamoSettingsFor(options)),
        hosts_(HostSettingsFor(options, endpoint_, authority_, clock_)),
        lambdas_(database_, clock_, ids_, logs_, pool_, hosts_,
                 LambdaSettings(folder_.path(), endpoint_, authority_)),
        inbox_(database_),
        cognito_(database_, clock_, ids_, lambdas_, inbox_, pool_),
        hosted_ui_(cognito_, pool_),
        gateway_(database_, ids_),
        execution_(gateway_.deployed_apis(), lambdas_, logs_, clock_, ids_, pool_),
        sns_(database_, clock_, ids_, inbox_),
        cloudwatch_(database_, clock_, ids_),
        iam_(database_, clock_, ids_),
        sts_(database_, clock_, ids_, &iam_),
        secretsmanager_(database_, clock_, ids_),
        cloudformation_(database_, clock_, ids_, dispatcher_, &catalog_) {
    dispatcher_.Mount("logs", logs_.Operations());
    dispatcher_.Mount("dynamodb", dynamo_.Operations());
    dispatcher_.Mount("dynamodbstreams", dynamo_.StreamOperations());
    dispatcher_.Mount("cognito-idp", cognito_.Operations());
    dispatcher_.Mount("lambda", lambdas_.Operations());
    dispatcher_.Mount("apigateway", gateway_.Operations());
    dispatcher_.Mount("sns", sns_.Operations());
    dispatcher_.Mount("cloudwatch", cloudwatch_.Operations());
    dispatcher_.Mount("iam", iam_.Operations());
    dispatcher_.Mount("sts", sts_.Operations());
    dispatcher_.Mount("secretsmanager", secretsmanager_.Operations());
    dispatcher_.Mount("cloudformation", cloudformation_.Operations());
    pages_.emplace(dispatcher_.Services(), FRACTUS_VERSION, clock_);
    front_door_.Open(http::Door::kInternal, *pages_);
    front_door_.Open(http::Door::kInbox, inbox_);
    front_door_.Open(http::Door::kHostedUi, hosted_ui_);
    front_door_.Open(http::Door::kCognitoIssuer, cognito_.issuer());
    front_door_.Open(http::Door::kExecuteApi, execution_);
    if (options.strict_auth) dispatcher_.RequireSignatures(sts_, clock_);
    listener_.Start();
  }
  ~Emulator() override {
    listener_.Stop();
    cloudformation_.Stop();
    pool_.Stop();
  }

  uint16_t port() const override { return listener_.port(); }

 private:
  Clock clock_;
  IdSource ids_;
  DataFolder folder_;
  storage::Database database_;
  BlockingPool pool_;
  model::Catalog catalog_;
  service::Dispatcher dispatcher_;
  http::FrontDoor front_door_;
  http::CertificateAuthority authority_;
  http::Listener listener_;
  const std::string endpoint_;
  logs::Logs logs_;
  dynamo::Dynamo dynamo_;
  Hosts hosts_;
  lambdas::Lambdas lambdas_;
  inbox::Inbox inbox_;
  cognito::Cognito cognito_;
  cognito::hosted::HostedUi hosted_ui_;
  gateway::Gateway gateway_;
  gateway::Execution execution_;
  sns::Sns sns_;
  cloudwatch::CloudWatch cloudwatch_;
  iam::Iam iam_;
  sts::Sts sts_;
  secretsmanager::SecretsManager secretsmanager_;
  cloudformation::CloudFormation cloudformation_;
  std::optional<http::InternalPages> pages_;
};

std::unique_ptr<cli::RunningEmulator> Start(const cli::ServeOptions& options) {
  SetLogLevel(options.log_level);
  return std::make_unique<Emulator>(options);
}

}  // namespace
}  // namespace fractus

int main(int argc, char** argv) {
  // A client that goes away in the middle of an answer is an error of that write, not the end of
  // the process.
  std::signal(SIGPIPE, SIG_IGN);
  // Handlers see UTC as on AWS; before any thread reads the environment.
  setenv("TZ", "UTC", 1);
  return fractus::cli::Run(argc, argv, fractus::Start, FRACTUS_VERSION);
}
