// SPDX-License-Identifier: Apache-2.0
// Which window answers is decided by a lock (flock), which ends with its holder. The others watch the holder's process
// by a pidfd, so that they know of its death at once, and look at the lock once a second besides, for a window that
// lives on but has closed the project.
#include "trowel/connection/metadata_service.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <atomic>
#include <charconv>
#include <mutex>
#include <optional>
#include <thread>

#include "connection/metadata_address.hpp"
#include "connection/metadata_answer.hpp"
#include "trowel/core/log.hpp"
#include "trowel/core/text.hpp"
#include "trowel/core/worker_pool.hpp"
#include "trowel/http/loopback_server.hpp"
#include "trowel/http/origin.hpp"
#include "trowel/os/file_lock.hpp"
#include "trowel/os/files.hpp"
#include "trowel/os/process.hpp"

namespace trowel::connection {

namespace {

using core::ErrorCode;
using core::Result;

constexpr core::Duration kLookAgain = std::chrono::seconds(1);
// Another window has just got the lock and is about to write the address.
constexpr core::Duration kAddressStep = std::chrono::milliseconds(20);
constexpr int kAddressSteps = 250;
constexpr std::size_t kPathBytes = 32;

class Service final : public MetadataService {
 public:
  explicit Service(HandOver handOver)
      : handOver_(std::move(handOver)), files_(metadataFiles(handOver_.stateFolder, handOver_.identity)) {}

  ~Service() override {
    stopping_ = true;
    wake_.signal();
    if (waiting_.joinable()) waiting_.join();
  }

  Result<void> begin(const core::CancelToken& cancel) {
    TROWEL_TRY(os::makePrivateDirs(files_.address.substr(0, files_.address.rfind('/'))));
    for (int step = 0;; ++step) {
      auto lock = tryLock();
      if (lock) return serve(*std::move(lock));
      if (lock.error().code != ErrorCode::Conflict) return std::unexpected(std::move(lock).error());
      if (readAddress(files_.address)) break;
      if (step == kAddressSteps)
        return core::fail(ErrorCode::Unavailable,
                          "Another window of this project does not say where tools get their "
                          "tokens. Close it, and open a new terminal.");
      if (!cancel.waitFor(handOver_.clock, kAddressStep))
        return std::unexpected(cancel.error("Handing tokens to tools"));
    }
    waiting_ = std::thread([this] {
      core::nameThread("hand over");
      takeOver();
    });
    return {};
  }

  Result<std::string> url() const override { return TROWEL_TRY(readAddress(files_.address)).url(); }

  bool serves() const override {
    std::lock_guard lock(mutex_);
    return server_ != nullptr;
  }

 private:
  // The holder's text begins with its process, for whoever waits for that to end.
  Result<os::FileLock> tryLock() const {
    return os::FileLock::tryAcquire(files_.lock, os::LockMode::Exclusive,
                                    fmt::format("{} {}", ::getpid(), handOver_.holder));
  }

  os::UniqueFd openHolder() const {
    const auto text = os::FileLock::holderOf(files_.lock);
    pid_t pid = 0;
    std::from_chars(text.data(), text.data() + text.size(), pid);
    if (pid <= 0 || pid == ::getpid()) return {};
    auto process = os::openProcess(pid);
    return process ? *std::move(process) : os::UniqueFd();
  }

  void takeOver() {
    std::string problem;
    while (!stopping_) {
      const auto holder = openHolder();
      auto lock = tryLock();
      if (lock) {
        auto served = serve(*std::move(lock));
        if (served) return core::logInfo("connection", "took over the hand-over of tokens from another window");
        if (std::exchange(problem, served.error().message) != problem) handOver_.say(problem);
      }
      os::waitReadable({holder.get(), wake_.fd()}, kLookAgain);
    }
  }

  // With the lock held: at the address that is kept, or a new one.
  Result<void> serve(os::FileLock lock) {
    auto kept = readAddress(files_.address);
    auto address = kept ? *kept : MetadataAddress{.port = 0, .path = core::randomHex(kPathBytes)};
    const MetadataPlace place{.target = "/" + address.path, .host = handOver_.identity.host};
    auto answer = [place, credentials = handOver_.credentials, clock = &handOver_.clock](
                      const std::string& method, const std::string& target, const http::Headers& headers,
                      const core::CancelToken& stopped) {
      return answerMetadata(place, method, target, headers, *credentials, *clock, stopped);
    };
    auto server = http::LoopbackServer::start({.port = address.port}, answer);
    const bool moved = !server && server.error().code == ErrorCode::Conflict;
    if (moved) server = http::LoopbackServer::start({}, answer);
    if (!server) return std::unexpected(std::move(server).error());
    const auto before = std::exchange(address.port, (*server)->port());
    if (!kept || moved) TROWEL_TRY(writeAddress(files_.address, address));
    if (moved)
      handOver_.say(
          fmt::format("Another program has taken the port {} of this machine, where tools in the terminals of this "
                      "project got their tokens. Open new terminals: those opened before cannot sign in any more.",
                      before));
    std::lock_guard guard(mutex_);
    lock_.emplace(std::move(lock));
    server_ = *std::move(server);
    return {};
  }

  HandOver handOver_;
  const MetadataFiles files_;
  os::WakeFd wake_;
  std::atomic<bool> stopping_ = false;
  mutable std::mutex mutex_;  // guards everything below
  std::optional<os::FileLock> lock_;
  std::unique_ptr<http::LoopbackServer> server_;  // ends before the lock does
  std::thread waiting_;                           // for another window to end
};

}  // namespace

Result<std::unique_ptr<MetadataService>> MetadataService::start(HandOver handOver, const core::CancelToken& cancel) {
  handOver.identity.host = TROWEL_TRY(http::parseOrigin(handOver.identity.host)).text();
  auto service = std::make_unique<Service>(std::move(handOver));
  TROWEL_TRY(service->begin(cancel));
  return service;
}

std::vector<std::pair<std::string, std::string>> toolEnvironment(const ToolTarget& target) {
  std::vector<std::pair<std::string, std::string>> variables{{"DATABRICKS_AUTH_TYPE", "metadata-service"}};
  if (!target.clusterId.empty()) variables.emplace_back("DATABRICKS_CLUSTER_ID", target.clusterId);
  variables.emplace_back("DATABRICKS_HOST", target.host);
  variables.emplace_back("DATABRICKS_METADATA_SERVICE_URL", target.metadataUrl);
  if (!target.warehouseId.empty()) variables.emplace_back("DATABRICKS_WAREHOUSE_ID", target.warehouseId);
  if (!target.workspaceId.empty()) variables.emplace_back("DATABRICKS_WORKSPACE_ID", target.workspaceId);
  return variables;
}

}  // namespace trowel::connection
