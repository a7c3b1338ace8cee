// SPDX-License-Identifier: Apache-2.0
// The tree of folders, notebooks and files, and what may happen to it. Knows nothing of HTTP or of formats.
#pragma once

#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/server/api_error.hpp"
#include "emulator/workspace/workspace_index.hpp"
#include "emulator/workspace/workspace_object.hpp"

namespace trowel::emulator {

struct World;

// What an import asks for.
struct NewObject {
  ObjectType type = ObjectType::File;
  Language language = Language::Python;
  bool jupyter = false;
  std::string content = {};
  bool overwrite = false;
  std::string resourceId = {};  // of a dashboard; empty: it keeps the one it has, or gets a new one
};

// "/a//b/" -> "/a/b" and without the /Workspace alias; an error for relative paths, `.`, `..` and NUL.
Reply<std::string> canonicalPath(std::string_view path);

// Any thread. Errors are worded as the service's, with canonical paths. What user code and git do to the files shows
// at the next look.
class WorkspaceStore {
 public:
  // The three root folders always exist.
  WorkspaceStore(const World& world, FileTree& tree);

  // Makes /Users/<name>, which is protected, and /Repos/<name> for the user's Git folders.
  void makeHome(const std::string& userName);

  // What stands there; null: nothing does.
  Reply<ObjectPtr> look(const std::string& path) const;
  // The same; nothing is an error.
  Reply<ObjectPtr> find(const std::string& path) const;
  Reply<ObjectPtr> find(std::int64_t id) const;
  // The children of a folder; the object itself where it is no folder.
  Reply<std::vector<ObjectPtr>> list(const std::string& path) const;
  // The content of a notebook or file, as it was imported; at most `limit` bytes of it.
  Reply<std::string> read(const WorkspaceObject& object, std::uint64_t limit = UINT64_MAX) const;

  Reply<void> makeDirectories(const std::string& path);
  Reply<void> put(const std::string& path, NewObject object);
  // The same with content that has come in already, in place of object.content.
  Reply<void> put(const std::string& path, const NewObject& object, StagedFile content);
  Reply<void> remove(const std::string& path, bool recursive);

  // Is told, in the middle of other work, of each object that is no more: it must not call this store.
  void onGone(std::function<void(const WorkspaceObject&)> heard) { index_.onGone(std::move(heard)); }

  // For whoever streams contents, or lets git work on them.
  FileTree& tree() const { return tree_; }
  // Makes a folder that is there a Git folder; its id is that of the repo.
  Reply<ObjectPtr> markGitFolder(const std::string& path);
  bool inGitFolder(const std::string& path) const;

 private:
  Reply<void> checkPlace(const std::string& path) const;
  Reply<void> store(const std::string& path, const NewObject& object, StagedFile& content, const ObjectPtr& old);
  // As look, find and list; the mutex is held.
  Reply<ObjectPtr> seen(const std::string& path) const;
  Reply<ObjectPtr> existing(const std::string& path) const;
  Reply<std::vector<ObjectPtr>> children(const std::string& path) const;

  FileTree& tree_;
  mutable std::mutex mutex_;      // guards index_, and keeps a look and the change after it together
  mutable WorkspaceIndex index_;  // a look may find news
};

}  // namespace trowel::emulator
