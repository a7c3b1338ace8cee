// SPDX-License-Identifier: Apache-2.0
// What every feature shares: the editor, the projects with their settings, trust, and the connections.
#pragma once

#include <atomic>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "trowel/connection/connection_manager.hpp"
#include "trowel/core/timer.hpp"
#include "trowel/core/worker_pool.hpp"
#include "trowel/protocol/client.hpp"
#include "trowel/protocol/settings.hpp"

namespace trowel::features {

// A folder of the editor. The window without one is a project too, with everything empty.
struct Project {
  std::string uri;
  std::string path;
  std::string name;
};

class Session {
 public:
  struct Parts {
    protocol::Client& editor;
    core::WorkerPool& background;  // not the one that requests run on: they may wait for what it does
    core::Timer& timer;
    core::Clock& clock;
    connection::ConnectionManager& connections;
    core::CancelToken shutdown;  // of the daemon
  };

  explicit Session(Parts parts) : parts_(std::move(parts)) {}

  protocol::Client& editor() const { return parts_.editor; }
  core::Timer& timer() const { return parts_.timer; }
  core::Clock& clock() const { return parts_.clock; }
  connection::ConnectionManager& connections() const { return parts_.connections; }
  const core::CancelToken& shutdown() const { return parts_.shutdown; }

  // Runs in the background, with a token that ends with the daemon. Dropped where too much waits already.
  void background(std::function<void(const core::CancelToken&)> work);

  std::vector<Project> projects() const;
  void setProjects(std::vector<Project> projects);
  // The project of a folder URI; without one, the first. InvalidParams where the editor never named that folder.
  core::Result<Project> project(const std::optional<std::string>& uri) const;

  bool trusted() const { return trusted_; }
  void setTrusted(bool trusted) { trusted_ = trusted; }

  protocol::Settings settings(const Project& project) const;
  // Asks the editor for the settings of all projects. Defaults stay where it does not answer.
  void pullSettings(const core::CancelToken& cancel);

  // The project's connection. Untrusted, NotConfigured, or why it failed.
  core::Result<connection::ConnectionPtr> connection(const Project& project, const core::CancelToken& cancel) const;
  core::Result<connection::ConnectionPtr> connection(const std::optional<std::string>& folder,
                                                     const core::CancelToken& cancel) const;

 private:
  Parts parts_;
  std::atomic<bool> trusted_ = true;
  mutable std::mutex mutex_;  // guards everything below
  std::vector<Project> projects_;
  std::map<std::string, protocol::Settings> settings_;  // by path
};

}  // namespace trowel::features
