// SPDX-License-Identifier: Apache-2.0
#include "emulator/execution/contexts.hpp"

#include <vector>

#include "emulator/execution/python_interpreter.hpp"

namespace trowel::emulator {

namespace {

constexpr std::size_t kMaxContexts = 145;  // per cluster

std::unexpected<ApiError> contextNotFound(const std::string& id) {
  return commandError(500, "ContextNotFoundException: Execution context not found: " + id);
}

}  // namespace

Contexts::Contexts(core::Clock& clock, Ids& ids, Clusters& clusters, ContextSettings settings)
    : clock_(clock), ids_(ids), clusters_(clusters), settings_(std::move(settings)), timer_(clock) {}

Contexts::~Contexts() { stop(); }

Reply<Clusters::Status> Contexts::readyCluster(const std::string& clusterId) {
  auto status = clusters_.status(clusterId);
  if (!status) return commandError(500, "ClusterNotFoundException: Cluster not found: " + clusterId);
  if (!isUp(status->state))
    return commandError(500, "ClusterNotReadyException: Cluster " + clusterId +
                                 " not currently ready for driver client (currently " + titleCase(status->state) + ")");
  return *status;
}

Reply<std::string> Contexts::create(const std::string& clusterId) {
  auto status = TROWEL_TRY(readyCluster(clusterId));
  auto python = findPython();
  if (!python) return commandError(500, "IllegalStateException: " + python.error().message);
  std::vector<std::shared_ptr<ExecutionContext>> ended;  // destroyed after the lock is released
  std::lock_guard lock(mutex_);
  if (stopped_) return commandError(500, "IllegalStateException: The emulator is stopping.");
  std::size_t open = 0;
  for (auto it = entries_.begin(); it != entries_.end();) {
    bool here = it->second.clusterId == clusterId;
    if (here && it->second.incarnation != status.incarnation) {
      ended.push_back(std::move(it->second.context));
      it = entries_.erase(it);
      continue;
    }
    open += here ? 1 : 0;
    ++it;
  }
  if (open >= kMaxContexts)
    return commandError(
        500, "Too many execution contexts are open right now.(Limit set to " + std::to_string(kMaxContexts) + ")");
  std::string id = std::to_string(ids_.large());
  auto context = std::make_shared<ExecutionContext>(
      clock_, timer_,
      ExecutionContext::Settings{.python = {.interpreter = *python,
                                            .modules = settings_.modules.string(),
                                            .work = settings_.work.string(),
                                            .configuration = settings_.configuration},
                                 .readyAt = clock_.now() + settings_.startTime,
                                 .cancelGrace = settings_.cancelGrace,
                                 .working = [this, clusterId](bool running) {
                                   if (running)
                                     clusters_.commandStarted(clusterId);
                                   else
                                     clusters_.commandFinished(clusterId);
                                 }});
  entries_[id] = {clusterId, status.incarnation, std::move(context)};
  return id;
}

Reply<std::shared_ptr<ExecutionContext>> Contexts::find(const std::string& clusterId, const std::string& contextId) {
  auto status = TROWEL_TRY(readyCluster(clusterId));
  std::lock_guard lock(mutex_);
  auto it = entries_.find(contextId);
  bool lives =
      it != entries_.end() && it->second.clusterId == clusterId && it->second.incarnation == status.incarnation;
  if (!lives) return contextNotFound(contextId);
  return it->second.context;
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

void Contexts::endCluster(const std::string& clusterId) {
  std::vector<std::shared_ptr<ExecutionContext>> ended;
  auto status = clusters_.status(clusterId);
  {
    std::lock_guard lock(mutex_);
    for (auto it = entries_.begin(); it != entries_.end();) {
      // The cluster may be up again already, and have new contexts.
      bool lives = status && it->second.incarnation == status->incarnation;
      if (it->second.clusterId != clusterId || lives) {
        ++it;
        continue;
      }
      ended.push_back(std::move(it->second.context));
      it = entries_.erase(it);
    }
  }
  for (auto& context : ended) context->stop();
}

void Contexts::stop() {
  std::map<std::string, Entry> ended;
  {
    std::lock_guard lock(mutex_);
    stopped_ = true;
    ended.swap(entries_);
  }
  for (auto& [id, entry] : ended) entry.context->stop();
  timer_.stop();
}

}  // namespace trowel::emulator
