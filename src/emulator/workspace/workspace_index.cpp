// SPDX-License-Identifier: Apache-2.0
// A notebook is a file like any other; that it is a notebook stands in its row. The row is written before the file, so
// that a crash in between leaves a row without a file, which nobody sees, and never a notebook that has become a file.
// Within a Git folder it is the other way round: files come from git, and those that look like notebooks are listed
// without their extension, as the service does.
#include "emulator/workspace/workspace_index.hpp"

#include <algorithm>
#include <set>

#include "emulator/files/file_path.hpp"
#include "emulator/files/piece_stream.hpp"
#include "emulator/state/state_file.hpp"
#include "emulator/workspace/jupyter_language.hpp"
#include "emulator/workspace/notebook_format.hpp"
#include "emulator/workspace/workspace_row.hpp"
#include "emulator/world.hpp"
#include "trowel/core/text.hpp"

namespace trowel::emulator {

namespace {

constexpr std::string_view kKind = "workspace";
constexpr std::string_view kDashboard = ".lvdash.json";
constexpr std::uint64_t kMaxJupyter = 100UL * 1024 * 1024;  // larger ones are files
constexpr std::uint64_t kMaxHeader = 200;                   // bytes in which a notebook's header must stand

std::string joined(std::string_view folder, std::string_view name) {
  return (folder == "/" ? "/" : std::string(folder) + "/") + std::string(name);
}

}  // namespace

struct WorkspaceIndex::Node {
  ObjectPtr object;
  Node* parent = nullptr;
  std::map<std::string, std::unique_ptr<Node>, std::less<>> children = {};

  Node& child(std::string_view name) {
    auto& found = children[std::string(name)];
    if (!found) found = std::make_unique<Node>(Node{.object = nullptr, .parent = this});
    return *found;
  }
};

struct WorkspaceIndex::Sight {
  std::string name;  // of the object
  std::string file;  // of the entry
  ObjectType type = ObjectType::File;
  Language language = Language::Python;
  bool jupyter = false;
  FileStatus status = {};

  bool isFolder() const { return status.folder; }
};

WorkspaceIndex::WorkspaceIndex(const World& world, FileTree& tree)
    : world_(world), tree_(tree), root_(std::make_unique<Node>()) {
  if (world_.state) load();
  if (!root_->object) {
    WorkspaceObject root{.path = "/"};
    root.id = world_.ids.object();
    set(*root_, std::move(root));
  }
  writeDown();
}

WorkspaceIndex::~WorkspaceIndex() = default;

WorkspaceIndex::Node* WorkspaceIndex::locate(std::string_view path) const {
  Node* node = root_.get();
  for (auto part : core::split(path.substr(1), '/')) {
    if (part.empty()) continue;
    auto it = node->children.find(part);
    if (it == node->children.end()) return nullptr;
    node = it->second.get();
  }
  return node;
}

bool WorkspaceIndex::inGitFolder(const std::string& path) const {
  const Node* node = root_.get();
  for (auto part : core::split(std::string_view(path).substr(1), '/')) {
    auto it = node->children.find(part);
    if (it == node->children.end()) return false;
    node = it->second.get();
    if (node->object->gitFolder) return true;
  }
  return false;
}

// The folder is on the disk.
WorkspaceIndex::Node& WorkspaceIndex::ensureFolder(std::string_view path) {
  if (path == "/") return *root_;
  Node& parent = ensureFolder(parentPath(path));
  auto it = parent.children.find(lastName(path));
  if (it != parent.children.end() && it->second->object->isFolder()) return *it->second;
  auto status = tree_.status(path);
  Sight sight{.name = std::string(lastName(path)), .file = {}, .type = ObjectType::Directory};
  sight.file = sight.name;
  if (status) sight.status = *status;
  sight.status.folder = true;
  take(parent, sight);
  return parent.child(sight.name);
}

FileResult<ObjectPtr> WorkspaceIndex::find(const std::string& path) {
  if (path == "/") return root_->object;
  auto parent = parentPath(path);
  auto status = tree_.status(parent);
  if (!status && !isAbsent(status.error())) return std::unexpected(status.error());
  if (!status || !status->folder) {
    forget(path);
    return nullptr;
  }
  Node& folder = ensureFolder(parent);
  std::string name(lastName(path));
  if (inGitFolder(parent)) {
    TROWEL_TRY(refreshInGit(folder, name));
  } else if (auto here = tree_.status(path)) {
    auto sight = TROWEL_TRY(recognise(folder, {name, *here}, false));
    take(folder, sight);
    writeDown();
  } else if (isAbsent(here.error())) {
    forget(path);
  } else {
    return std::unexpected(here.error());
  }
  auto it = folder.children.find(name);
  return it == folder.children.end() ? nullptr : it->second->object;
}

FileResult<ObjectPtr> WorkspaceIndex::find(std::int64_t id) {
  auto it = byId_.find(id);
  if (it == byId_.end()) return nullptr;
  auto object = TROWEL_TRY(find(std::string(it->second->object->path)));
  return object && object->id == id ? object : nullptr;
}

FileResult<std::vector<ObjectPtr>> WorkspaceIndex::children(const std::string& path) {
  std::vector<ObjectPtr> found;
  Node& folder = ensureFolder(path);
  TROWEL_TRY(refresh(folder));
  found.reserve(folder.children.size());
  for (const auto& [name, child] : folder.children) found.push_back(child->object);
  return found;
}

FileResult<void> WorkspaceIndex::refresh(Node& folder) {
  auto entries = tree_.list(folder.object->path);
  if (!entries && !isAbsent(entries.error())) return std::unexpected(entries.error());
  auto sights = TROWEL_TRY(look(folder, entries.value_or(std::vector<FileEntry>()), inGitFolder(folder.object->path)));
  std::vector<std::string> gone;
  for (const auto& [name, child] : folder.children) {
    auto it = std::lower_bound(sights.begin(), sights.end(), name,
                               [](const Sight& sight, const std::string& wanted) { return sight.name < wanted; });
    if (it == sights.end() || it->name != name) gone.push_back(child->object->path);
  }
  for (const auto& path : gone) forget(path);
  for (const auto& sight : sights) take(folder, sight);
  writeDown();
  return {};
}

// Looks at what may have that name, and at what that depends on: a folder may have thousands of files. `a.py` is
// called `a` where it is a notebook, but not where something else is called so.
FileResult<void> WorkspaceIndex::refreshInGit(Node& folder, const std::string& name) {
  std::set<std::string> files;
  for (const auto& stem : {name, notebookStem(name)}) {
    files.insert(stem);
    for (auto extension : notebookExtensions()) files.insert(stem + "." + std::string(extension));
    if (auto it = folder.children.find(stem); it != folder.children.end())
      files.insert(std::string(lastName(it->second->object->file)));
  }
  auto entries = TROWEL_TRY(tree_.those(folder.object->path, {files.begin(), files.end()}));
  auto sights = TROWEL_TRY(look(folder, entries, true));
  std::set<std::string> names;
  for (const auto& file : files) names.insert({file, notebookStem(file)});
  for (const auto& known : names) {
    auto it = folder.children.find(known);
    if (it == folder.children.end() || !files.contains(std::string(lastName(it->second->object->file)))) continue;
    if (std::none_of(sights.begin(), sights.end(), [&](const Sight& sight) { return sight.name == known; }))
      forget(joined(folder.object->path, known));
  }
  for (const auto& sight : sights) take(folder, sight);
  writeDown();
  return {};
}

// By name, each once: a notebook that would take the name of something else keeps its extension.
FileResult<std::vector<WorkspaceIndex::Sight>> WorkspaceIndex::look(const Node& folder,
                                                                    const std::vector<FileEntry>& entries,
                                                                    bool inGit) const {
  std::vector<Sight> sights;
  sights.reserve(entries.size());
  for (const auto& entry : entries) {
    if (inGit && entry.name == ".git") continue;
    auto sight = TROWEL_TRY(recognise(folder, entry, inGit));
    sights.push_back(std::move(sight));
  }
  auto byName = [](const Sight& a, const Sight& b) { return a.name < b.name; };
  std::stable_sort(sights.begin(), sights.end(), byName);
  if (!inGit) return sights;
  for (std::size_t i = 0; i < sights.size(); ++i) {
    bool taken = (i > 0 && sights[i - 1].name == sights[i].name) ||
                 (i + 1 < sights.size() && sights[i + 1].name == sights[i].name && sights[i].name != sights[i].file);
    if (taken) sights[i].name = sights[i].file;
  }
  std::stable_sort(sights.begin(), sights.end(), byName);
  return sights;
}

FileResult<WorkspaceIndex::Sight> WorkspaceIndex::recognise(const Node& folder, const FileEntry& entry,
                                                            bool inGit) const {
  Sight sight{.name = entry.name, .file = entry.name, .type = ObjectType::Directory};
  sight.status = entry.status;
  if (entry.status.folder) return sight;
  sight.type = entry.name.ends_with(kDashboard) ? ObjectType::Dashboard : ObjectType::File;
  if (inGit) {
    TROWEL_TRY(recogniseInGit(folder, sight));
  } else if (auto it = folder.children.find(entry.name);
             it != folder.children.end() && it->second->object->type == ObjectType::Notebook) {
    sight.type = ObjectType::Notebook;
    sight.language = it->second->object->language;
    sight.jupyter = it->second->object->jupyter;
  }
  return sight;
}

// By extension and content; what has been read once is not read again before it changes.
FileResult<void> WorkspaceIndex::recogniseInGit(const Node& folder, Sight& sight) const {
  auto stem = notebookStem(sight.file);
  auto extension = extensionIn(sight.file);
  bool jupyter = core::equalsIgnoreCase(extension, "ipynb") && sight.status.size <= kMaxJupyter;
  if (!languageOfExtension(extension) && !jupyter) return {};
  const WorkspaceObject* known = nullptr;
  for (const auto& name : {sight.file, stem})
    if (auto it = folder.children.find(name); it != folder.children.end())
      if (lastName(it->second->object->file) == sight.file) known = it->second->object.get();
  auto adopt = [&](Language language) {
    sight.type = ObjectType::Notebook;
    sight.language = language;
    sight.jupyter = jupyter;
    sight.name = stem;
  };
  if (!known || known->version != sight.status.version) {
    auto language = languageInside(joined(folder.object->path, sight.file), extension);
    if (language) {
      if (*language) adopt(**language);
      return {};
    }
    // User code may lock a file. It stays what it was.
    if (language.error() != FileProblem::Denied) return std::unexpected(language.error());
  }
  if (known && known->type == ObjectType::Notebook) adopt(known->language);
  return {};
}

// Of a notebook; nothing where the file is none.
FileResult<std::optional<Language>> WorkspaceIndex::languageInside(const std::string& file,
                                                                   std::string_view extension) const {
  auto language = languageOfExtension(extension);
  auto head = language ? tree_.read(file, 0, kMaxHeader) : FileResult<std::string>();
  if (!head && !isAbsent(head.error())) return std::unexpected(head.error());
  if (language) return head && hasNotebookHeader(*head, *language) ? language : std::nullopt;
  PieceStream content([&](std::uint64_t offset, std::uint64_t length) { return tree_.read(file, offset, length); });
  auto inside = jupyterLanguage(content);
  if (auto problem = content.problem(); problem && !isAbsent(*problem)) return std::unexpected(*problem);
  return inside;
}

// What has been seen becomes what is known.
void WorkspaceIndex::take(Node& folder, const Sight& sight) {
  auto it = folder.children.find(sight.name);
  if (it != folder.children.end() && it->second->object->isFolder() != sight.isFolder()) {
    forget(joined(folder.object->path, sight.name));
    it = folder.children.end();
  }
  const WorkspaceObject* old = it == folder.children.end() ? nullptr : it->second->object.get();
  if (old && sight.isFolder()) return;
  bool same = old && old->type == sight.type && old->language == sight.language && old->jupyter == sight.jupyter &&
              lastName(old->file) == sight.file;
  if (same && old->version == sight.status.version) return;
  WorkspaceObject fresh{.path = joined(folder.object->path, sight.name),
                        .type = sight.type,
                        .language = sight.language,
                        .jupyter = sight.jupyter};
  fresh.id = old ? old->id : world_.ids.object();
  fresh.createdAt = old ? old->createdAt : sight.status.modifiedAt;
  fresh.modifiedAt = sight.status.modifiedAt;
  fresh.size = sight.status.size;
  fresh.version = sight.status.version;
  fresh.file = joined(folder.object->path, sight.file);
  if (fresh.type == ObjectType::Dashboard)
    fresh.resourceId = old && !old->resourceId.empty() ? old->resourceId : core::randomHex(16);
  Node& node = folder.child(sight.name);
  if (same)  // only the content has changed, which no row tells
    node.object = std::make_shared<const WorkspaceObject>(std::move(fresh));
  else
    set(node, std::move(fresh));
}

void WorkspaceIndex::expect(WorkspaceObject object) {
  Node& folder = ensureFolder(parentPath(object.path));
  Node& node = folder.child(lastName(object.path));
  object.file = object.path;
  object.id = node.object ? node.object->id : world_.ids.object();
  object.createdAt = node.object ? node.object->createdAt : world_.now();
  if (node.object && object.resourceId.empty()) object.resourceId = node.object->resourceId;
  set(node, std::move(object));
  writeDown();
}

ObjectPtr WorkspaceIndex::markGitFolder(const std::string& path) {
  Node& node = ensureFolder(path);
  WorkspaceObject object = *node.object;
  object.gitFolder = true;
  if (isRepoPath(path)) object.type = ObjectType::Repo;
  set(node, std::move(object));
  writeDown();
  return node.object;
}

void WorkspaceIndex::forget(const std::string& path) {
  Node* node = locate(path);
  if (!node || node == root_.get()) return;
  erase(*node);
  node->parent->children.erase(std::string(lastName(path)));
  if (world_.state) world_.state->removeTree(kKind, path);
}

void WorkspaceIndex::erase(Node& node) {
  for (auto& [name, child] : node.children) erase(*child);
  if (!node.object) return;
  byId_.erase(node.object->id);
  if (gone_) gone_(*node.object);
}

void WorkspaceIndex::set(Node& node, WorkspaceObject object) {
  byId_[object.id] = &node;
  save(object);
  node.object = std::make_shared<const WorkspaceObject>(std::move(object));
}

void WorkspaceIndex::save(const WorkspaceObject& object) {
  if (world_.state) unsaved_.emplace_back(object.path, toRow(object));
}

void WorkspaceIndex::writeDown() {
  if (!unsaved_.empty()) world_.state->putAll(kKind, unsaved_);
  unsaved_.clear();
}

void WorkspaceIndex::load() {
  // Keys come sorted, so a folder comes before what is in it.
  world_.state->load(kKind, [this](const std::string& path, const std::string& text, const std::string&) {
    auto object = fromRow(path, text);
    if (!object) return;
    Node* node = root_.get();
    if (path != "/") {
      Node* parent = locate(parentPath(path));
      if (!parent) return;  // its folder went while we were not there
      node = &parent->child(lastName(path));
    }
    byId_[object->id] = node;
    node->object = std::make_shared<const WorkspaceObject>(*std::move(object));
  });
}

}  // namespace trowel::emulator
