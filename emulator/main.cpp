// Wires everything: the only file that knows every room.
#include <fmt/format.h>
#include <stdlib.h>

#include <filesystem>
#include <thread>

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
#include "emulator/services/logs/logs.h"
#include "emulator/storage/database.h"

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
    if (!mkdtemp(pattern.data())) throw std::runtime_error("Cannot make a temporary folder for the data; name one with --data.");
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

storage::Durability DurabilityOf(const cli::ServeOptions& options) {
  if (!options.data) return storage::Durability::kNone;
  return options.power_loss_safe ? storage::Durability::kPowerLoss : storage::Durability::kProcess;
}

// Members are made in this order and destroyed in the opposite one: first the listener stops, last the data goes.
class Emulator : public cli::RunningEmulator {
 public:
  explicit Emulator(const cli::ServeOptions& options)
      : ids_(options.seed),
        folder_(options.data),
        database_(folder_.path() + "/db", DurabilityOf(options)),
        pool_(std::max(2u, std::thread::hardware_concurrency())),
        dispatcher_(catalog_, pool_),
        front_door_(dispatcher_, clock_, ids_, {options.region, options.account, options.log_level <= LogLevel::kInfo ? http::RequestLog::kOn : http::RequestLog::kOff}),
        authority_(http::StateFolder()),
        listener_(front_door_, authority_, {options.host, options.port, 2, options.offline ? http::Foreign::kRefused : http::Foreign::kTunnelled}),
        logs_(database_, clock_, ids_) {
    dispatcher_.Mount("logs", logs_.Operations());
    pages_.emplace(dispatcher_.Services(), FRACTUS_VERSION, clock_);
    front_door_.Open(http::Door::kInternal, *pages_);
    listener_.Start();
  }
  ~Emulator() override {
    listener_.Stop();
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
  logs::Logs logs_;
  std::optional<http::InternalPages> pages_;
};

std::unique_ptr<cli::RunningEmulator> Start(const cli::ServeOptions& options) {
  SetLogLevel(options.log_level);
  return std::make_unique<Emulator>(options);
}

}  // namespace
}  // namespace fractus

int main(int argc, char** argv) {
  return fractus::cli::Run(argc, argv, fractus::Start, FRACTUS_VERSION);
}
