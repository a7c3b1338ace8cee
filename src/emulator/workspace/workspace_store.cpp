// SPDX-License-Identifier: Apache-2.0
#include "emulator/workspace/workspace_store.hpp"

#include <nlohmann/json.hpp>

#include "emulator/state/state_file.hpp"
#include "trowel/core/json.hpp"
#include "trowel/core/text.hpp"

namespace trowel::emulator {

namespace {

constexpr std::string_view kKind = "workspace";

std::string parentOf(std::string_view path) {
  auto slash = path.rfind('/');
  return slash == 0 ? "/" : std::string(path.substr(0, slash));
}

std::string nameOf(std::string_view path) { return std::string(path.substr(path.rfind('/') + 1)); }

std::unexpected<ApiError> noSuchPath(std::string_view path) {
  return doesNotExist("Path (" + std::string(path) + ") doesn't exist.");
}

}  // namespace

std::string_view toString(ObjectType type) {
  switch (type) {
    case ObjectType::Directory:
      return "DIRECTORY";
    case ObjectType::Notebook:
      return "NOTEBOOK";
    case ObjectType::File:
      return "FILE";
  }
  return "FILE";
}

std::string_view toString(Language language) {
  switch (language) {
    case Language::Python:
      return "PYTHON";
    case Language::Sql:
      return "SQL";
    case Language::Scala:
      return "SCALA";
    case Language::R:
      return "R";
  }
  return "PYTHON";
}

bool parseLanguage(std::string_view text, Language& language) {
  for (auto candidate : {Language::Python, Language::Sql, Language::Scala, Language::R}) {
    if (text != toString(candidate)) continue;
    language = candidate;
    return true;
  }
  return false;
}

Reply<std::string> canonicalPath(std::string_view path) {
  if (!path.starts_with('/') || path.find('\0') != std::string_view::npos || !core::isUtf8(path))
    return invalidParameter("Path (" + core::toValidUtf8(path.substr(0, path.find('\0'))) +
                            ") must start with '/' and be valid text.");
  std::string canonical;
  bool first = true;
  for (auto segment : core::split(path, '/')) {
    if (segment.empty()) continue;
    if (segment == "." || segment == "..")
      return invalidParameter("Path (" + std::string(path) + ") must not contain '.' or '..' as a segment.");
    // Only in first place: /Users/x/Workspace is a folder like any other.
    if (!std::exchange(first, false) || segment != "Workspace") canonical.append("/").append(segment);
  }
  return canonical.empty() ? "/" : canonical;
}

struct WorkspaceStore::Node {
  ObjectPtr object;
  std::map<std::string, std::unique_ptr<Node>, std::less<>> children;
};

WorkspaceStore::WorkspaceStore(core::Clock& clock, Ids& ids, StateFile* state, const std::string& userName)
    : clock_(clock), ids_(ids), state_(state), home_("/Users/" + userName), root_(std::make_unique<Node>()) {
  WorkspaceObject root{.path = "/"};
  root.id = ids_.object();
  root_->object = std::make_shared<const WorkspaceObject>(std::move(root));
  if (state_) load();
  for (const std::string& path : {std::string("/Repos"), std::string("/Shared"), home_}) ensureDirectory(path);
}

WorkspaceStore::~WorkspaceStore() = default;

WorkspaceStore::Node* WorkspaceStore::locate(std::string_view path) const {
  Node* node = root_.get();
  for (auto segment : core::split(path.substr(1), '/')) {
    if (segment.empty()) continue;
    auto it = node->children.find(segment);
    if (it == node->children.end()) return nullptr;
    node = it->second.get();
  }
  return node;
}

WorkspaceStore::Node& WorkspaceStore::addChild(Node& parent, const std::string& name, WorkspaceObject object) {
  auto& child = parent.children[name];
  if (!child) child = std::make_unique<Node>();
  child->object = std::make_shared<const WorkspaceObject>(std::move(object));
  save(*child->object);
  return *child;
}

WorkspaceStore::Node& WorkspaceStore::ensureDirectory(std::string_view path) {
  if (Node* node = locate(path)) return *node;
  Node& parent = ensureDirectory(parentOf(path));
  WorkspaceObject folder{.path = std::string(path)};
  folder.id = ids_.object();
  folder.createdAt = folder.modifiedAt = now();
  return addChild(parent, nameOf(path), std::move(folder));
}

Reply<ObjectPtr> WorkspaceStore::find(const std::string& path) const {
  std::lock_guard lock(mutex_);
  Node* node = locate(path);
  if (!node) return noSuchPath(path);
  return node->object;
}

Reply<std::vector<ObjectPtr>> WorkspaceStore::list(const std::string& path) const {
  std::lock_guard lock(mutex_);
  Node* node = locate(path);
  if (!node) return noSuchPath(path);
  if (node->object->type != ObjectType::Directory) return std::vector{node->object};
  std::vector<ObjectPtr> children;
  children.reserve(node->children.size());
  for (const auto& [name, child] : node->children) children.push_back(child->object);
  return children;
}

Reply<void> WorkspaceStore::makeDirectories(const std::string& path) {
  std::lock_guard lock(mutex_);
  for (std::string prefix = path; prefix != "/"; prefix = parentOf(prefix)) {
    Node* node = locate(prefix);
    if (node && node->object->type != ObjectType::Directory)
      return alreadyExists("Path (" + prefix + ") already exists and it is not a folder.");
  }
  ensureDirectory(path);
  return {};
}

Reply<void> WorkspaceStore::put(const std::string& path, NewObject object) {
  std::lock_guard lock(mutex_);
  const std::string parentPath = parentOf(path);
  if (path == "/" || parentPath == "/")
    return refuse(403, "PERMISSION_DENIED", "Objects cannot be created at the root (" + path + ").");
  // Only git folders of a user's subfolder stand there.
  if (parentPath == "/Repos") return invalidParameter("Path (" + path + ") is not allowed directly under /Repos.");
  Node* parent = locate(parentPath);
  if (!parent) return doesNotExist("The parent folder (" + parentPath + ") does not exist.");
  if (parent->object->type != ObjectType::Directory)
    return invalidParameter("The parent path (" + parentPath + ") is not a folder.");

  WorkspaceObject fresh{.path = path, .type = object.type, .language = object.language, .jupyter = object.jupyter};
  fresh.modifiedAt = fresh.createdAt = now();
  if (Node* existing = locate(path)) {
    const auto& old = *existing->object;
    if (!object.overwrite) return alreadyExists("Path (" + path + ") already exists.");
    if (old.type != object.type)
      return invalidParameter("Cannot overwrite the asset at " + path +
                              " due to type mismatch (asked: " + std::string(toString(object.type)) +
                              ", actual: " + std::string(toString(old.type)) + ").");
    fresh.id = old.id;
    fresh.createdAt = old.createdAt;
  } else {
    fresh.id = ids_.object();
  }
  fresh.content = std::move(object.content);
  addChild(*parent, nameOf(path), std::move(fresh));
  return {};
}

Reply<void> WorkspaceStore::remove(const std::string& path, bool recursive) {
  std::lock_guard lock(mutex_);
  Node* node = locate(path);
  if (!node) return noSuchPath(path);
  if (isProtected(path)) return refuse(400, "DIRECTORY_PROTECTED", "Folder (" + path + ") is protected");
  if (!recursive && !node->children.empty())
    return refuse(400, "DIRECTORY_NOT_EMPTY", "Folder (" + path + ") is not empty");
  Node* parent = locate(parentOf(path));
  parent->children.erase(nameOf(path));
  if (state_) state_->removeTree(kKind, path);
  return {};
}

bool WorkspaceStore::isProtected(std::string_view path) const {
  if (path == "/" || path == "/Users" || path == "/Repos" || path == "/Shared") return true;
  return path.starts_with("/Users/") && path.find('/', 7) == std::string_view::npos;
}

void WorkspaceStore::load() {
  // Keys come sorted, so a folder comes before what is in it.
  state_->load(kKind, [this](const std::string& path, const std::string& text, std::string content) {
    auto json = core::parseJson(text);
    if (!json) return;
    WorkspaceObject object{.path = path};
    auto type = core::stringAt(*json, "type");
    object.type = type == "NOTEBOOK"    ? ObjectType::Notebook
                  : type == "DIRECTORY" ? ObjectType::Directory
                                        : ObjectType::File;
    parseLanguage(core::stringAt(*json, "language"), object.language);
    object.jupyter = core::boolAt(*json, "jupyter");
    object.id = core::intAt(*json, "id");
    object.createdAt = core::intAt(*json, "created");
    object.modifiedAt = core::intAt(*json, "modified");
    object.content = std::move(content);
    auto& parent = ensureDirectory(parentOf(path));
    auto& child = parent.children[nameOf(path)];
    if (!child) child = std::make_unique<Node>();
    child->object = std::make_shared<const WorkspaceObject>(std::move(object));
  });
}

void WorkspaceStore::save(const WorkspaceObject& object) {
  if (!state_) return;
  core::Json json{{"type", toString(object.type)}, {"language", toString(object.language)},
                  {"jupyter", object.jupyter},     {"id", object.id},
                  {"created", object.createdAt},   {"modified", object.modifiedAt}};
  state_->put(kKind, object.path, core::dumpJson(json), object.content);
}

std::int64_t WorkspaceStore::now() const {
  return std::chrono::duration_cast<std::chrono::milliseconds>(clock_.wallNow().time_since_epoch()).count();
}

}  // namespace trowel::emulator
