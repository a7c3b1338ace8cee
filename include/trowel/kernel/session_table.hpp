// SPDX-License-Identifier: Apache-2.0
// Owner of all sessions: one for each notebook on each cluster of each connection.
#pragma once

#include <compare>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "trowel/kernel/execution_session.hpp"

namespace trowel::kernel {

struct SessionKey {
  std::string connection;  // the connection's id, the same over token renewals
  std::string clusterId;
  std::string notebook;  // its URI
  auto operator<=>(const SessionKey&) const = default;
};

// Any thread.
class SessionTable {
 public:
  explicit SessionTable(Environment environment) : environment_(std::move(environment)) {}

  // The notebook's session, made where there is none; costs no call. An existing one goes on with the client given.
  std::shared_ptr<ExecutionSession> open(const SessionKey& key, std::shared_ptr<const databricks::RestClient> rest);

  // Those of one notebook; with `clusterId` only the one there. Block until running cells are interrupted.
  void restart(std::string_view notebook, const std::optional<std::string>& clusterId = {});
  void close(std::string_view notebook, const std::optional<std::string>& clusterId = {});

  // Those of all notebooks on one cluster of one connection. Blocks as restart() does.
  void restartAll(std::string_view connection, std::string_view clusterId);

  // At the end of the process: interrupts everything first, then destroys the contexts.
  void closeAll();

  std::vector<SessionKey> keys() const;

 private:
  static bool matches(const SessionKey& key, std::string_view notebook, const std::optional<std::string>& clusterId);
  std::vector<std::shared_ptr<ExecutionSession>> matching(std::string_view notebook,
                                                          const std::optional<std::string>& clusterId) const;

  const Environment environment_;
  mutable std::mutex mutex_;  // guards sessions_
  std::map<SessionKey, std::shared_ptr<ExecutionSession>> sessions_;
};

}  // namespace trowel::kernel
