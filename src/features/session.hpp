// SPDX-License-Identifier: Apache-2.0
// What every feature shares: the editor, the projects with their settings, trust, and the connections.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "trowel/connection/connection_manager.hpp"
#include "trowel/connection/project_store.hpp"
#include "trowel/core/timer.hpp"
#include "trowel/core/worker_pool.hpp"
#include "trowel/protocol/client.hpp"
#include "trowel/protocol/settings.hpp"

namespace trowel::features {

// A folder of the editor, or a sub-folder that is to have a connection of its own. The window without a folder is a
// project too, with everything empty.
struct Project {
  std::string uri;
  std::string path;
  std::string name;
  std::string parent = {};  // path of the editor's folder around a sub-folder

  bool isSubfolder() const { return !parent.empty(); }
  bool operator==(const Project&) const = default;
};

// A setting as it stands in each settings.json; null where it does not.
struct ScopedValue {
  core::Json user;
  core::Json workspace;
  core::Json folder;

  // The one that counts.
  const core::Json& effective() const { return !folder.is_null() ? folder : !workspace.is_null() ? workspace : user; }
};

class Session {
 public:
  struct Parts {
    protocol::Client& editor;
    core::WorkerPool& background;  // not the one that requests run on: they may wait for what it does
    core::Timer& timer;
    core::Clock& clock;
    connection::ConnectionManager& connections;
    connection::ProjectStore store;
    core::CancelToken shutdown;  // of the daemon
  };

  explicit Session(Parts parts) : parts_(std::move(parts)) {}

  protocol::Client& editor() const { return parts_.editor; }
  core::Timer& timer() const { return parts_.timer; }
  core::Clock& clock() const { return parts_.clock; }
  connection::ConnectionManager& connections() const { return parts_.connections; }
  const connection::ProjectStore& store() const { return parts_.store; }
  const core::CancelToken& shutdown() const { return parts_.shutdown; }

  // Runs in the background, with a token that ends with the daemon. Dropped where too much waits already.
  void background(std::function<void(const core::CancelToken&)> work);

  // The editor's folders, and the sub-folders among them that are projects of their own.
  std::vector<Project> projects() const;
  std::vector<Project> folders() const;
  void setFolders(std::vector<Project> folders);
  // The project of a folder URI; without one, the first. InvalidParams where the editor never named that folder.
  core::Result<Project> project(const std::optional<std::string>& uri) const;

  bool trusted() const { return trusted_; }
  void setTrusted(bool trusted) { trusted_ = trusted; }

  // With what the user chose for the project, where the settings leave it open.
  protocol::Settings settings(const Project& project) const;
  // A setting of others (databricks.*, http.*), as session.cpp lists them.
  ScopedValue scoped(const Project& project, const std::string& key) const;
  // Asks the editor for the settings of all projects. Defaults stay where it does not answer.
  void pullSettings(const core::CancelToken& cancel);

  // Remembers a choice outside of the project; it stands until the setting of that name is changed.
  enum class Choice : std::uint8_t { Connection, Cluster };
  core::Result<void> remember(const Project& project, Choice choice, const std::string& value);

  // The project's connection. Untrusted, NotConfigured, or why it failed.
  core::Result<connection::ConnectionPtr> connection(const Project& project, const core::CancelToken& cancel) const;
  core::Result<connection::ConnectionPtr> connection(const std::optional<std::string>& folder,
                                                     const core::CancelToken& cancel) const;

 private:
  using Scopes = std::map<std::string, ScopedValue, std::less<>>;  // by key
  Scopes pullScopes(const Project& project, const core::CancelToken& cancel) const;
  std::vector<Project> withSubfolders(const Project& folder, const protocol::Settings& settings) const;

  Parts parts_;
  std::atomic<bool> trusted_ = true;
  mutable std::mutex mutex_;  // guards everything below
  std::vector<Project> folders_;
  std::vector<Project> projects_;
  std::map<std::string, protocol::Settings> settings_;  // by path
  std::map<std::string, Scopes> scoped_;                // by path
};

}  // namespace trowel::features
