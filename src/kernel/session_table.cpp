// SPDX-License-Identifier: Apache-2.0
#include "trowel/kernel/session_table.hpp"

#include <thread>

namespace trowel::kernel {

std::shared_ptr<ExecutionSession> SessionTable::open(const SessionKey& key,
                                                     std::shared_ptr<const databricks::RestClient> rest) {
  std::lock_guard lock(mutex_);
  auto& session = sessions_[key];
  if (session) {
    session->useClient(std::move(rest));
  } else {
    session = std::make_shared<ExecutionSession>(key.clusterId, std::move(rest), environment_);
  }
  return session;
}

void SessionTable::restart(std::string_view notebook, const std::optional<std::string>& clusterId) {
  for (const auto& session : matching(notebook, clusterId)) session->restart();
}

void SessionTable::restartAll(std::string_view connection, std::string_view clusterId) {
  std::vector<std::shared_ptr<ExecutionSession>> sessions;
  {
    std::lock_guard lock(mutex_);
    for (const auto& [key, session] : sessions_)
      if (key.connection == connection && key.clusterId == clusterId) sessions.push_back(session);
  }
  for (const auto& session : sessions) session->restart();
}

void SessionTable::close(std::string_view notebook, const std::optional<std::string>& clusterId) {
  auto sessions = matching(notebook, clusterId);
  {
    std::lock_guard lock(mutex_);
    std::erase_if(sessions_, [&](const auto& entry) { return matches(entry.first, notebook, clusterId); });
  }
  for (const auto& session : sessions) session->close();
}

void SessionTable::closeAll() {
  std::map<SessionKey, std::shared_ptr<ExecutionSession>> sessions;
  {
    std::lock_guard lock(mutex_);
    sessions.swap(sessions_);
  }
  // All at once: together they have no longer than one of them.
  std::vector<std::thread> closing;
  for (const auto& [key, session] : sessions)
    closing.emplace_back([session] { session->close(core::CancelReason::Shutdown); });
  for (auto& thread : closing) thread.join();
}

std::vector<SessionKey> SessionTable::keys() const {
  std::lock_guard lock(mutex_);
  std::vector<SessionKey> keys;
  for (const auto& [key, session] : sessions_) keys.push_back(key);
  return keys;
}

bool SessionTable::matches(const SessionKey& key, std::string_view notebook,
                           const std::optional<std::string>& clusterId) {
  return key.notebook == notebook && (!clusterId || key.clusterId == *clusterId);
}

std::vector<std::shared_ptr<ExecutionSession>> SessionTable::matching(
    std::string_view notebook, const std::optional<std::string>& clusterId) const {
  std::lock_guard lock(mutex_);
  std::vector<std::shared_ptr<ExecutionSession>> found;
  for (const auto& [key, session] : sessions_)
    if (matches(key, notebook, clusterId)) found.push_back(session);
  return found;
}

}  // namespace trowel::kernel
