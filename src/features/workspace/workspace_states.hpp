// SPDX-License-Identifier: Apache-2.0
// How the objects of the workspace stand to the files of the local sync folder: at once by what the journal of
// transfers knows; what only contents tell, and what is in folders, is found out in the background.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "features/transfers/transfers.hpp"
#include "trowel/databricks/workspace.hpp"
#include "trowel/sync/folder_look.hpp"

namespace trowel::features {

// What is in a folder that both sides have, all levels down.
struct FolderCounts {
  std::size_t same = 0;
  std::size_t up = 0;        // changed here, or only here
  std::size_t down = 0;      // changed there, or only there
  std::size_t conflict = 0;  // changed on both sides
  bool complete = true;      // false: there was more than is looked at

  void add(const FolderCounts& other);
  bool operator==(const FolderCounts&) const = default;
};

// Of one object that is no folder of both sides.
FolderCounts countsOf(const sync::SidedObject& object);

// Any thread.
class WorkspaceStates {
 public:
  struct Parts {
    Session& session;
    const Transfers& transfers;
    // Something was found out about rows below a folder, whose path it is there; nothing: below the root. In the
    // background.
    std::function<void(const std::optional<std::string>& folder)> changed;
  };

  explicit WorkspaceStates(Parts parts) : parts_(std::move(parts)) {}

  struct Look {
    std::vector<sync::SidedObject> objects;       // by name
    std::set<std::string> pending;                // names of those whose contents are being compared
    std::map<std::string, FolderCounts> folders;  // by name, of folders on both sides; as far as it is known
  };

  // The objects of a folder, of which the remote has `there`. Blocks as sync::FolderLook::look().
  core::Result<Look> look(const Project& project, const connection::ConnectionPtr& connection,
                          const TransferPlace& place, const std::string& folder, std::vector<sync::Entry> there,
                          const core::CancelToken& token);

  // The local files of these objects, in the same order. NotFound, with a sentence, for the first that is not here;
  // Conflict where several files stand for it.
  core::Result<std::vector<std::string>> localFilesOf(const connection::Connection& connection,
                                                      const TransferPlace& place, const std::vector<std::string>& paths,
                                                      const core::CancelToken& token);
  // What is here of one object, of which the remote has `there`. Empty where nothing is, or something that cannot be
  // the same object, or several files that want its name.
  core::Result<std::string> localFileOf(const connection::Connection& connection, const TransferPlace& place,
                                        const std::string& path,
                                        const std::optional<databricks::WorkspaceObject>& there,
                                        const core::CancelToken& token);
  // One object, both sides. NotFound where it is on neither.
  core::Result<sync::SidedObject> objectAt(const connection::ConnectionPtr& connection, const TransferPlace& place,
                                           const std::string& path, const core::CancelToken& token);

  // Something was copied or removed: what is known of folders is of before.
  void outdate();

 private:
  // Which object, in which versions: what a comparison of contents holds for.
  using Key = std::tuple<std::string, std::string, std::int64_t, std::uint64_t, std::string>;
  struct Task {
    Project project;
    connection::ConnectionPtr connection;
    TransferPlace place;
    std::string folder;                            // whose rows it is about
    std::optional<sync::SidedObject> object = {};  // to be compared; nothing: walk through `child`
    std::string child = {};                        // name of a folder in `folder`
  };
  struct Known {
    FolderCounts counts;
    core::TimePoint at;
    bool outdated = false;
  };
  class Walk;

  std::shared_ptr<sync::FolderLook> lookerOf(const connection::Connection& connection);
  static Key keyOf(const std::string& identity, const std::string& path, const sync::SidedObject& object);
  bool isDecided(const Key& key) const;  // with the mutex held
  void add(Task task, std::string name);
  void drain(const core::CancelToken& shutdown);
  // True where that is news. `epoch` is of when the looking began.
  bool remember(const std::string& identity, const std::string& path, const FolderCounts& counts, std::uint64_t epoch);
  // True where rows are to be drawn anew.
  bool run(const Task& task, const core::CancelToken& shutdown);
  // Whether both are the same; nothing where that could not be found out.
  std::optional<bool> compare(const Task& task, const std::string& folder, const sync::SidedObject& object,
                              const core::CancelToken& token);

  Parts parts_;
  mutable std::mutex mutex_;                                          // guards everything below
  std::map<std::string, std::shared_ptr<sync::FolderLook>> lookers_;  // by identity
  std::set<Key> different_;                                           // whose contents were compared
  std::set<Key> unknown_;                                             // whose contents could not be
  std::map<std::pair<std::string, std::string>, Known> folders_;      // by identity and path
  std::deque<std::pair<std::string, Task>> tasks_;                    // with what they are about
  std::set<std::string> waiting_;                                     // what there are tasks about
  std::uint64_t epoch_ = 0;                                           // grows with each outdate()
  bool draining_ = false;
};

}  // namespace trowel::features
