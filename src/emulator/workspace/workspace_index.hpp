// SPDX-License-Identifier: Apache-2.0
// What is known of the objects in the workspace's tree beyond their files: ids, and what is a notebook. The files
// decide what exists: user code and git put them there and take them away without asking.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "emulator/workspace/workspace_object.hpp"

namespace trowel::emulator {

struct World;

// One thread at a time. Paths are canonical. Where there is a state file, whatever has been seen keeps its id. An
// object is forgotten only where the disk says that it is gone: any other trouble with the disk is the caller's error,
// and changes nothing.
class WorkspaceIndex {
 public:
  WorkspaceIndex(const World& world, FileTree& tree);
  ~WorkspaceIndex();

  // As it is on the disk now; null where nothing is.
  FileResult<ObjectPtr> find(const std::string& path);
  FileResult<ObjectPtr> find(std::int64_t id);
  // The children of a folder, by name. `folder` has just been found.
  FileResult<std::vector<ObjectPtr>> children(const std::string& folder);
  // Is told of each object that is forgotten.
  void onGone(std::function<void(const WorkspaceObject&)> heard) { gone_ = std::move(heard); }

  // Notes what the file is that is about to be written at `object.path`; find() then sees it. The id and the date of
  // one that is there stay.
  void expect(WorkspaceObject object);
  // Forgets the object with all beneath it.
  void forget(const std::string& path);
  // Makes a folder that is there the root of a Git folder.
  ObjectPtr markGitFolder(const std::string& path);
  // Whether it is, or is beneath, the root of a Git folder.
  bool inGitFolder(const std::string& path) const;

 private:
  struct Node;
  struct Sight;  // an entry of a folder as an object

  Node* locate(std::string_view path) const;
  Node& ensureFolder(std::string_view path);
  FileResult<void> refresh(Node& folder);
  FileResult<void> refreshInGit(Node& folder, const std::string& name);
  FileResult<std::vector<Sight>> look(const Node& folder, const std::vector<FileEntry>& entries, bool inGit) const;
  FileResult<Sight> recognise(const Node& folder, const FileEntry& entry, bool inGit) const;
  FileResult<void> recogniseInGit(const Node& folder, Sight& sight) const;
  FileResult<std::optional<Language>> languageInside(const std::string& file, std::string_view extension) const;
  void take(Node& folder, const Sight& sight);
  void set(Node& node, WorkspaceObject object);
  void erase(Node& node);
  void save(const WorkspaceObject& object);
  void writeDown();
  void load();

  const World& world_;
  FileTree& tree_;
  std::unique_ptr<Node> root_;
  std::unordered_map<std::int64_t, Node*> byId_;
  std::function<void(const WorkspaceObject&)> gone_;
  std::vector<std::pair<std::string, std::string>> unsaved_;  // rows by path, to be written in one go
};

}  // namespace trowel::emulator
