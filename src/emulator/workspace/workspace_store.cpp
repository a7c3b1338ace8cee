// SPDX-License-Identifier: Apache-2.0
#include "emulator/workspace/workspace_store.hpp"

#include <algorithm>

#include "emulator/files/file_path.hpp"
#include "emulator/workspace/notebook_format.hpp"
#include "trowel/core/log.hpp"
#include "trowel/core/text.hpp"

namespace trowel::emulator {

namespace {

std::unexpected<ApiError> noSuchPath(std::string_view path) {
  return doesNotExist("Path (" + std::string(path) + ") doesn't exist.");
}

bool isProtected(std::string_view path) {
  if (path == "/" || path == "/Users" || path == "/Repos" || path == "/Shared") return true;
  return path.starts_with("/Users/") && path.find('/', 7) == std::string_view::npos;
}

// The file of a notebook: within a Git folder its extension tells what it is.
std::string fileOf(const std::string& path, const NewObject& object, bool inGit) {
  if (!inGit || object.type != ObjectType::Notebook) return path;
  return notebookFile(path, object.jupyter ? "ipynb" : extensionOf(object.language));
}

}  // namespace

Reply<std::string> canonicalPath(std::string_view path) {
  auto clean = TROWEL_TRY(cleanPath(path));
  // Only in first place: /Users/x/Workspace is a folder like any other.
  if (clean == "/Workspace") return "/";
  return clean.starts_with("/Workspace/") ? clean.substr(10) : clean;
}

WorkspaceStore::WorkspaceStore(const World& world, FileTree& tree) : tree_(tree), index_(world, tree) {
  for (const char* path : {"/Repos", "/Shared", "/Users"}) static_cast<void>(makeDirectories(path));
}

void WorkspaceStore::makeHome(const std::string& userName) {
  for (const char* above : {"/Users/", "/Repos/"}) {
    auto path = canonicalPath(above + userName);
    auto made = path ? makeDirectories(*path) : std::unexpected(path.error());
    if (!made) core::logError("emulator", "A user has no home folder: " + made.error().message);
  }
}

Reply<ObjectPtr> WorkspaceStore::seen(const std::string& path) const {
  auto object = index_.find(path);
  if (!object) return fileError(object.error(), path);
  return *std::move(object);
}

Reply<ObjectPtr> WorkspaceStore::existing(const std::string& path) const {
  auto object = TROWEL_TRY(seen(path));
  if (!object) return noSuchPath(path);
  return object;
}

Reply<ObjectPtr> WorkspaceStore::look(const std::string& path) const {
  std::lock_guard lock(mutex_);
  return seen(path);
}

Reply<ObjectPtr> WorkspaceStore::find(const std::string& path) const {
  std::lock_guard lock(mutex_);
  return existing(path);
}

Reply<ObjectPtr> WorkspaceStore::find(std::int64_t id) const {
  std::lock_guard lock(mutex_);
  auto object = index_.find(id);
  if (!object) return fileError(object.error(), std::to_string(id));
  if (!*object) return doesNotExist("No object has the id " + std::to_string(id) + ".");
  return *std::move(object);
}

Reply<std::vector<ObjectPtr>> WorkspaceStore::children(const std::string& path) const {
  auto found = index_.children(path);
  if (!found) return fileError(found.error(), path);
  return *std::move(found);
}

Reply<std::vector<ObjectPtr>> WorkspaceStore::list(const std::string& path) const {
  std::lock_guard lock(mutex_);
  auto object = TROWEL_TRY(existing(path));
  if (!object->isFolder()) return std::vector{object};
  return children(path);
}

Reply<std::string> WorkspaceStore::read(const WorkspaceObject& object, std::uint64_t limit) const {
  auto content = tree_.read(object.file, 0, limit);
  if (!content)
    return content.error() == FileProblem::NotFound ? noSuchPath(object.path) : fileError(content.error(), object.path);
  return *std::move(content);
}

Reply<void> WorkspaceStore::makeDirectories(const std::string& path) {
  std::lock_guard lock(mutex_);
  for (std::string prefix = path; prefix != "/"; prefix = parentPath(prefix)) {
    auto object = TROWEL_TRY(seen(prefix));
    if (object && !object->isFolder())
      return alreadyExists("Path (" + prefix + ") already exists and it is not a folder.");
    if (object) break;
  }
  if (auto made = tree_.makeFolders(path); !made) return fileError(made.error(), path);
  TROWEL_TRY(seen(path));  // so that it gets its id now
  return {};
}

Reply<void> WorkspaceStore::checkPlace(const std::string& path) const {
  auto parentPathText = parentPath(path);
  if (path == "/" || parentPathText == "/")
    return refuse(403, "PERMISSION_DENIED", "Objects cannot be created at the root (" + path + ").");
  // Only Git folders stand there, in the subfolder of a user.
  bool aboveGit = path.starts_with("/Repos/") && std::count(path.begin(), path.end(), '/') <= 3;
  if (aboveGit)
    return invalidParameter("Path (" + path + ") is not allowed: only Git folders stand at that level of /Repos.");
  auto parent = TROWEL_TRY(seen(parentPathText));
  if (!parent) return doesNotExist("The parent folder (" + parentPathText + ") does not exist.");
  if (!parent->isFolder()) return invalidParameter("The parent path (" + parentPathText + ") is not a folder.");
  return {};
}

Reply<void> WorkspaceStore::put(const std::string& path, NewObject object) {
  auto staged = tree_.stage();
  if (!staged) return fileError(staged.error(), path);
  if (object.type == ObjectType::Notebook && !object.jupyter && inGitFolder(path))
    object.content = withNotebookHeader(object.content, object.language);  // what makes a file a notebook there
  if (auto written = staged->append(object.content); !written) return fileError(written.error(), path);
  return put(path, object, *std::move(staged));
}

Reply<void> WorkspaceStore::put(const std::string& path, const NewObject& object, StagedFile content) {
  std::lock_guard lock(mutex_);
  TROWEL_TRY(checkPlace(path));
  auto old = TROWEL_TRY(seen(path));
  if (old) {
    if (!object.overwrite) return alreadyExists("Path (" + path + ") already exists.");
    bool same = old->type == object.type || (old->type == ObjectType::Dashboard && object.type == ObjectType::File);
    if (!same)
      return invalidParameter("Cannot overwrite the asset at " + path +
                              " due to type mismatch (asked: " + std::string(toString(object.type)) +
                              ", actual: " + std::string(toString(old->type)) + ").");
  }
  return store(path, object, content, old);
}

Reply<void> WorkspaceStore::store(const std::string& path, const NewObject& object, StagedFile& content,
                                  const ObjectPtr& old) {
  bool inGit = index_.inGitFolder(path);
  bool sameKind = old && old->type == object.type && old->language == object.language && old->jupyter == object.jupyter;
  auto file = sameKind ? old->file : fileOf(path, object, inGit);
  // Within a Git folder a file may stand there that is listed under another name.
  bool strange = old ? old->file != file : !object.overwrite;
  auto stranger = strange ? tree_.status(file) : std::unexpected(FileProblem::NotFound);
  if (stranger) return alreadyExists("Path (" + file + ") already exists.");
  if (!isAbsent(stranger.error())) return fileError(stranger.error(), path);
  if (!inGit)
    index_.expect({.path = path,
                   .type = object.type,
                   .language = object.language,
                   .jupyter = object.jupyter,
                   .resourceId = object.resourceId});
  auto placed = tree_.place(content, file, Replace::Yes);
  if (!placed) {
    if (!old) index_.forget(path);
    return fileError(placed.error(), path);
  }
  if (old && old->file != file) static_cast<void>(tree_.remove(old->file));  // the notebook has another language now
  TROWEL_TRY(seen(path));
  return {};
}

Reply<void> WorkspaceStore::remove(const std::string& path, bool recursive) {
  std::lock_guard lock(mutex_);
  auto object = TROWEL_TRY(existing(path));
  if (isProtected(path)) return refuse(400, "DIRECTORY_PROTECTED", "Folder (" + path + ") is protected");
  // A folder may hold what no list shows, as user code makes it: links, pipes.
  const auto& file = object->file.empty() ? path : object->file;
  auto removed = object->isFolder() && !recursive ? tree_.remove(file) : tree_.removeAll(file);
  if (!removed) return fileError(removed.error(), path);
  index_.forget(path);
  return {};
}

Reply<ObjectPtr> WorkspaceStore::markGitFolder(const std::string& path) {
  std::lock_guard lock(mutex_);
  auto object = TROWEL_TRY(existing(path));
  if (!object->isFolder()) return alreadyExists("Path (" + path + ") already exists and it is not a folder.");
  return index_.markGitFolder(path);
}

bool WorkspaceStore::inGitFolder(const std::string& path) const {
  std::lock_guard lock(mutex_);
  return index_.inGitFolder(path);
}

}  // namespace trowel::emulator
