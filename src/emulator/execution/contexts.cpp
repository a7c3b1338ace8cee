// SPDX-License-Identifier: Apache-2.0
#include "emulator/execution/contexts.hpp"

#include <vector>

#include "emulator/execution/python_interpreter.hpp"

namespace trowel::emulator {

namespace {

constexpr std::size_t kMaxContexts = 145;  // per cluster
constexpr auto kIdle = std::chrono::hours(24);

std::unexpected<ApiError> contextNotFound(const std::string& id) {
  return commandError(500, "ContextNotFoundException: Execution context not found: " + id);
}

}  // namespace

Contexts::Contexts(core::Clock& clock, Ids& ids, Clusters& clusters, const HostCalls& hostCalls,
                   ContextSettings settings)
    : clock_(clock),
      ids_(ids),
      clusters_(clusters),
      hostCalls_(hostCalls),
      settings_(std::move(settings)),
      timer_(clock) {}

Contexts::~Contexts() { stop(); }

Reply<Clusters::Status> Contexts::readyCluster(const std::string& clusterId) {
  auto status = clusters_.status(clusterId);
  if (!status) return commandError(500, "ClusterNotFoundException: Cluster not found: " + clusterId);
  if (!isUp(status->state))
    return commandError(500, "ClusterNotReadyException: Cluster " + clusterId +
                                 " not currently ready for driver client (currently " + titleCase(status->state) + ")");
  return *status;
}

Reply<Contexts::Opened> Contexts::open(ContextSetup setup) {
  const std::string clusterId = setup.origin.clusterId;
  std::uint64_t incarnation = clusterId.empty() ? 0 : TROWEL_TRY(readyCluster(clusterId)).incarnation;
  auto python = findPython();
  if (!python) return commandError(500, "IllegalStateException: " + python.error().message);
  if (settings_.libraryPaths && !clusterId.empty())
    for (auto& path : settings_.libraryPaths(clusterId)) setup.sysPath.push_back(std::move(path));
  if (settings_.clusterFacts && !clusterId.empty()) setup.cluster = settings_.clusterFacts(clusterId);
  auto access = settings_.access ? settings_.access(setup.origin.user) : ApiAccess{};
  ExecutionContext::Settings settings{
      .python = {.interpreter = *python,
                 .modules = settings_.modules.string(),
                 .work = settings_.work.string(),
                 .configuration = driverConfiguration(settings_.configuration, setup, access),
                 .environment = settings_.environment},
      .readyAt = clock_.now() + settings_.startTime,
      .cancelGrace = settings_.cancelGrace,
      .working =
          [this, clusterId](bool running) {
            if (running)
              clusters_.commandStarted(clusterId);
            else
              clusters_.commandFinished(clusterId);
          },
      .origin = setup.origin,
      .hostCalls = &hostCalls_};
  Opened opened{.id = std::to_string(ids_.large()),
                .context = std::make_shared<ExecutionContext>(clock_, timer_, std::move(settings))};
  Ended ended;
  {
    std::lock_guard lock(mutex_);
    if (stopped_) return commandError(500, "IllegalStateException: The emulator is stopping.");
    if (auto room = makeRoomLocked(clusterId, incarnation, ended); !room) return std::unexpected(room.error());
    entries_[opened.id] = {clusterId, incarnation, opened.context};
  }
  endAll(ended);
  return opened;
}

Reply<void> Contexts::makeRoomLocked(const std::string& clusterId, std::uint64_t incarnation, Ended& ended) {
  if (clusterId.empty()) return {};
  ended =
      takeLocked([&](const Entry& entry) { return entry.clusterId == clusterId && entry.incarnation != incarnation; });
  std::size_t open = 0;
  auto idlest = entries_.end();
  core::TimePoint since = clock_.now() - kIdle;
  for (auto it = entries_.begin(); it != entries_.end(); ++it) {
    if (it->second.clusterId != clusterId) continue;
    ++open;
    auto idle = it->second.context->idleSince();
    if (!idle || *idle > since) continue;
    since = *idle;
    idlest = it;
  }
  if (open < kMaxContexts) return {};
  if (idlest == entries_.end())
    return commandError(
        500, "Too many execution contexts are open right now.(Limit set to " + std::to_string(kMaxContexts) + ")");
  ended.push_back(std::move(idlest->second.context));
  entries_.erase(idlest);
  return {};
}

Reply<std::shared_ptr<ExecutionContext>> Contexts::find(const std::string& clusterId, const std::string& contextId) {
  auto status = TROWEL_TRY(readyCluster(clusterId));
  std::shared_ptr<ExecutionContext> lost;
  {
    std::lock_guard lock(mutex_);
    auto it = entries_.find(contextId);
    bool lives =
        it != entries_.end() && it->second.clusterId == clusterId && it->second.incarnation == status.incarnation;
    if (!lives) return contextNotFound(contextId);
    if (!settings_.lost || !settings_.lost(contextId)) return it->second.context;
    lost = std::move(it->second.context);
    entries_.erase(it);
  }
  lost->stop();
  return contextNotFound(contextId);
}

Reply<void> Contexts::destroy(const std::string& clusterId, const std::string& contextId) {
  auto context = TROWEL_TRY(find(clusterId, contextId));
  {
    std::lock_guard lock(mutex_);
    if (entries_.erase(contextId) == 0) return contextNotFound(contextId);  // somebody else was faster
  }
  context->stop();
  return {};
}

void Contexts::close(const std::string& contextId) {
  std::shared_ptr<ExecutionContext> context;
  {
    std::lock_guard lock(mutex_);
    auto it = entries_.find(contextId);
    if (it == entries_.end()) return;
    context = std::move(it->second.context);
    entries_.erase(it);
  }
  context->stop();
}

Contexts::Ended Contexts::takeLocked(const std::function<bool(const Entry&)>& which) {
  Ended taken;
  for (auto it = entries_.begin(); it != entries_.end();) {
    if (!which(it->second)) {
      ++it;
      continue;
    }
    taken.push_back(std::move(it->second.context));
    it = entries_.erase(it);
  }
  return taken;
}

// All at once: one may be in the middle of running a notebook in another.
void Contexts::endAll(const Ended& contexts) {
  for (const auto& context : contexts) context->beginStop();
  for (const auto& context : contexts) context->stop();
}

void Contexts::endCluster(const std::string& clusterId) {
  Ended ended;
  {
    std::lock_guard lock(mutex_);
    ended = takeLocked([&](const Entry& entry) { return clusterId.empty() || entry.clusterId == clusterId; });
  }
  endAll(ended);
}

void Contexts::endLost(const std::string& clusterId) {
  auto status = clusters_.status(clusterId);
  Ended ended;
  {
    std::lock_guard lock(mutex_);
    ended = takeLocked([&](const Entry& entry) {
      return entry.clusterId == clusterId && (!status || entry.incarnation != status->incarnation);
    });
  }
  endAll(ended);
}

void Contexts::stop() {
  Ended ended;
  {
    std::lock_guard lock(mutex_);
    stopped_ = true;
    ended = takeLocked([](const Entry&) { return true; });
  }
  endAll(ended);
  timer_.stop();
}

}  // namespace trowel::emulator
