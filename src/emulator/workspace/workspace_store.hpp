// SPDX-License-Identifier: Apache-2.0
// The tree of folders, notebooks and files, and what may happen to it. Knows nothing of HTTP or of formats.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/server/api_error.hpp"
#include "emulator/state/ids.hpp"
#include "trowel/core/clock.hpp"

namespace trowel::emulator {

class StateFile;

enum class ObjectType : std::uint8_t { Directory, Notebook, File };
std::string_view toString(ObjectType type);

enum class Language : std::uint8_t { Python, Sql, Scala, R };
std::string_view toString(Language language);  // as the API spells it
bool parseLanguage(std::string_view text, Language& language);

struct WorkspaceObject {
  std::string path;  // canonical
  ObjectType type = ObjectType::Directory;
  Language language = Language::Python;  // notebooks only
  bool jupyter = false;                  // notebooks only: `content` is an .ipynb, not source
  std::int64_t id = 0;
  std::int64_t createdAt = 0;  // epoch milliseconds
  std::int64_t modifiedAt = 0;
  std::string content = {};
};

using ObjectPtr = std::shared_ptr<const WorkspaceObject>;

// What an import asks for.
struct NewObject {
  ObjectType type = ObjectType::File;
  Language language = Language::Python;
  bool jupyter = false;
  std::string content = {};
  bool overwrite = false;
};

// "/a//b/" -> "/a/b" and without the /Workspace alias; an error for relative paths, `.`, `..` and NUL.
Reply<std::string> canonicalPath(std::string_view path);

// Any thread. Errors are worded as the service's, with canonical paths.
class WorkspaceStore {
 public:
  // `state` may be null: then nothing outlives the process. The three root folders and the user's home always exist.
  WorkspaceStore(core::Clock& clock, Ids& ids, StateFile* state, const std::string& userName);
  ~WorkspaceStore();

  Reply<ObjectPtr> find(const std::string& path) const;
  // The children of a folder; the object itself where it is no folder.
  Reply<std::vector<ObjectPtr>> list(const std::string& path) const;
  Reply<void> makeDirectories(const std::string& path);
  Reply<void> put(const std::string& path, NewObject object);
  Reply<void> remove(const std::string& path, bool recursive);

 private:
  struct Node;

  Node* locate(std::string_view path) const;
  Node& addChild(Node& parent, const std::string& name, WorkspaceObject object);
  Node& ensureDirectory(std::string_view path);
  bool isProtected(std::string_view path) const;
  void load();
  void save(const WorkspaceObject& object);
  std::int64_t now() const;

  core::Clock& clock_;
  Ids& ids_;
  StateFile* state_;
  const std::string home_;
  mutable std::mutex mutex_;  // guards root_
  std::unique_ptr<Node> root_;
};

}  // namespace trowel::emulator
