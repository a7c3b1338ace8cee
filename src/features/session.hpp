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
    // Where somebody has said it for this session: the connection of the editor's folders, whatever settings and
    // earlier choices say, until one is chosen.
    std::string connection = {};
    // Another cluster or warehouse was chosen. On the thread that chose, without a lock.
    std::function<void(const Project& project)> computeChosen = [](const Project&) {};
  };

  explicit Session(Parts parts) : parts_(std::move(parts)) {}

  protocol::Client& editor() const { return parts_.editor; }
  core::Timer& timer() const { return parts_.timer; }
  core::Clock& clock() const { return parts_.clock; }
  connection::ConnectionManager& connections() const { return parts_.connections; }
  const core::CancelToken& shutdown() const { return parts_.shutdown; }

  // Runs in the background, with a token that ends with the daemon. False where too much waits already.
  bool background(std::function<void(const core::CancelToken&)> work);

  // The editor's folders, and the sub-folders among them that are projects of their own.
  std::vector<Project> projects() const;
  std::vector<Project> folders() const;
  void setFolders(std::vector<Project> folders);
  // The project of a folder URI; without one, the first. InvalidParams where the editor never named that folder.
  core::Result<Project> project(const std::optional<std::string>& uri) const;

  // While one of these lives, the user waits for what he asked for, and may be asked something: a sign-in, say. What
  // happens by itself asks nobody.
  class UserWaits {
   public:
    explicit UserWaits(Session& session) : session_(session) { ++session_.waiting_; }
    ~UserWaits() { --session_.waiting_; }
    UserWaits(const UserWaits&) = delete;
    UserWaits& operator=(const UserWaits&) = delete;

   private:
    Session& session_;
  };
  bool userWaits() const { return waiting_ > 0; }

  bool trusted() const { return trusted_; }
  void setTrusted(bool trusted) { trusted_ = trusted; }

  // With what the user chose for the project, where the settings leave it open; of its cluster, see cluster().
  protocol::Settings settings(const Project& project) const;
  // What the project computes on: chosen, else as its connection's source says; empty where nobody does. A cluster that
  // the source comes to name after the choice, as the official extension does when one is attached there, counts again.
  std::string cluster(const Project& project) const;
  std::string warehouse(const Project& project) const;
  // What the user wants the SQL browser to ask: chosen, else cluster(). It may be none of this connection.
  std::string sqlCluster(const Project& project) const;
  // The root of the view Workspace as the settings say it, ours or Power Tools'; may have {user} and {branch} in it.
  std::string workspaceRoot(const Project& project) const;
  // Settings that other extensions share with us, unmerged: key -> {"global": …, "workspace": …, "workspaceFolder": …},
  // as connection::SourceInputs takes them. Those of an untrusted folder do not count.
  core::Json scopedSettings(const Project& project) const;
  // The editor's section http; null where it has none.
  core::Json httpSettings() const;
  // Asks the editor for the settings of all projects. Defaults stay where it does not answer.
  void pullSettings(const core::CancelToken& cancel);

  // A choice stands until the setting of that name is changed. It counts from now on; keepChoice() writes it down,
  // outside of the project.
  enum class Choice : std::uint8_t { Connection, Cluster, Warehouse, SqlCluster, Subfolders };
  void choose(const Project& project, Choice choice, const std::string& value);
  core::Result<void> keepChoice(const Project& project, Choice what) const;
  // Relative paths of sub-folders that the user has made projects; settings may make others.
  std::vector<std::string> subfolders(const Project& folder) const;
  core::Result<void> setSubfolders(const Project& folder, std::vector<std::string> relative);

  // The project's connection. Untrusted, NotConfigured, or why it failed.
  core::Result<connection::ConnectionPtr> connection(const Project& project, const core::CancelToken& cancel) const;
  core::Result<connection::ConnectionPtr> connection(const std::optional<std::string>& folder,
                                                     const core::CancelToken& cancel) const;

  // Conflict where a row is from another connection than the project has now: what it names may be something else
  // there.
  core::Result<void> checkGeneration(const Project& project, const std::vector<protocol::CommandTarget>& targets,
                                     const core::CancelToken& cancel) const;

 private:
  core::Json pullScopes(const Project& project, const protocol::Settings& own, const core::CancelToken& cancel) const;
  std::vector<Project> withSubfolders(const Project& folder, const protocol::Settings& settings) const;
  void setChoice(const Project& project, Choice choice, const std::string& value);
  // What was chosen in earlier sessions, read once. With the mutex held.
  connection::ProjectChoice& choiceOf(const std::string& path) const;

  Parts parts_;  // its connection under the mutex
  std::atomic<bool> trusted_ = true;
  std::atomic<int> waiting_ = 0;
  mutable std::mutex mutex_;  // guards everything below
  std::vector<Project> folders_;
  std::vector<Project> projects_;
  std::map<std::string, protocol::Settings> settings_;                // by path
  std::map<std::string, core::Json> scoped_;                          // by path
  mutable std::map<std::string, connection::ProjectChoice> choices_;  // by path
  std::shared_ptr<const core::Json> http_;
  std::uint64_t pulls_ = 0;   // pullSettings() so far
  std::uint64_t pulled_ = 0;  // the one that everything above is from
};

}  // namespace trowel::features
