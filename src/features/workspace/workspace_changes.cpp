// SPDX-License-Identifier: Apache-2.0
// What makes, renames, moves and deletes objects of the workspace. Nothing is replaced, and nothing is deleted that the
// user has not seen counted.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <utility>

#include "features/files/file_copy.hpp"
#include "features/files/file_tree.hpp"
#include "features/transfers/transfer_words.hpp"
#include "trowel/core/text.hpp"
#include "trowel/os/files.hpp"
#include "trowel/protocol/contributions.hpp"
#include "workspace.hpp"

namespace trowel::features {

namespace {

using core::ErrorCode;
using core::Json;
using core::Result;
using Wanted = WorkspaceChoice::Wanted;

struct NotebookLanguage {
  const char* name;  // as the API has it
  const char* label;
  const char* comment;
};

constexpr std::array kLanguages{NotebookLanguage{"PYTHON", "Python", "#"}, NotebookLanguage{"SQL", "SQL", "--"},
                                NotebookLanguage{"SCALA", "Scala", "//"}, NotebookLanguage{"R", "R", "#"}};

// What is wrong with a name; empty: nothing.
std::string nameProblem(const std::string& name) {
  if (name == "." || name == "..") return "This is no name.";
  if (name.find('/') != std::string::npos) return "A name has no slash in it.";
  if (std::ranges::any_of(name, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }))
    return "A name has no control characters in it.";
  return {};
}

Result<std::string> askName(Action& action, const std::string& title, const std::string& prompt,
                            const std::string& value = {}) {
  return action.line({.title = title, .prompt = prompt, .placeholder = {}, .value = value, .masked = {}}, nameProblem);
}

bool isFolderHere(const std::string& path) {
  std::error_code problem;
  return std::filesystem::is_directory(std::filesystem::symlink_status(path, problem));
}

std::size_t filesBelow(const std::string& path) {
  if (!isFolderHere(path)) return 1;
  std::error_code problem;
  std::size_t count = 0;
  for (auto it = std::filesystem::recursive_directory_iterator(path, problem); it != decltype(it)();
       it.increment(problem))
    if (!it->is_directory(problem)) ++count;
  return count;
}

// What is to be deleted, with what is in it.
struct Doomed {
  std::string path;  // there
  bool there = false;
  bool folder = false;
  std::size_t inside = 0;  // objects in a folder there
  std::string local = {};  // absolute; empty where it is not here
  bool localFolder = false;
  std::size_t localFiles = 0;
};

// "the folder /a with 3 objects in it", "2 folders with 5 objects in them and 1 object".
std::string wordsThere(const std::vector<Doomed>& all) {
  std::size_t folders = 0;
  std::size_t others = 0;
  std::size_t inside = 0;
  const Doomed* one = nullptr;
  for (const auto& each : all) {
    if (!each.there) continue;
    one = &each;
    ++(each.folder ? folders : others);
    inside += each.inside;
  }
  if (folders + others == 1)
    return one->folder ? fmt::format("the folder {} with {} in it", one->path, countOf(inside, "object")) : one->path;
  std::string text;
  if (folders > 0)
    text = fmt::format("{} with {} in {}", countOf(folders, "folder"), countOf(inside, "object"),
                       folders == 1 ? "it" : "them");
  if (others > 0) text += (text.empty() ? "" : " and ") + countOf(others, "object");
  return text;
}

enum class From : std::uint8_t { There, Here, Both };

Result<From> askFrom(Action& action, bool there, bool here) {
  if (!there || !here) return there ? From::There : From::Here;
  std::vector<protocol::PickItem> items;
  const auto add = [&](const char* id, const char* label, const char* icon) {
    items.push_back({.id = id, .label = label, .description = {}, .detail = {}, .icon = icon, .picked = {}});
  };
  add("there", "In the Workspace Only", "cloud");
  add("here", "Here Only", "device-desktop");
  add("both", "In Both Places", "trash");
  const auto chosen = TROWEL_TRY(
      action.pick({.title = "Delete", .placeholder = "It is in the workspace and in the local sync folder", .none = {}},
                  std::move(items)));
  return chosen == "there" ? From::There : chosen == "here" ? From::Here : From::Both;
}

// Somebody was at work while the user thought about it.
std::unexpected<core::Error> moreThanAsked(const std::string& path, const char* what) {
  return core::fail(ErrorCode::Conflict,
                    fmt::format("{} has more {} in it than when you were asked, so it was not deleted. Look at it, and "
                                "delete it once more.",
                                path, what));
}

std::string questionOf(const std::vector<Doomed>& doomed, From from) {
  std::size_t files = 0;
  for (const auto& each : doomed) files += each.localFiles;
  const auto here = fmt::format("{} of the local sync folder", countOf(files, "file"));
  if (from == From::Here) return "Delete " + here + "?";
  const auto there = wordsThere(doomed) + " from the workspace";
  return from == From::There ? "Delete " + there + "?" : "Delete " + there + ", and " + here + "?";
}

}  // namespace

// ---- making

Result<Json> Workspace::create(Task& task, const std::string& folder, const std::string& name,
                               const std::function<Result<void>(const std::string&)>& make, bool opens) {
  const auto path = childPath(folder, name);
  if (auto there = task.service().getStatus(path, task.options()))
    return core::fail(ErrorCode::AlreadyExists, path + " is there already. Choose another name.");
  else if (there.error().code != ErrorCode::NotFound)
    return std::unexpected(std::move(there).error());
  if (folder != "/") TROWEL_TRY(task.service().mkdirs(folder, task.options()));
  TROWEL_TRY(make(path));
  drawAnew();
  if (!opens) return Json();
  const auto address = TROWEL_TRY(addressOf(task, path));
  TROWEL_TRY(task.action.openFile(address));
  return Json();
}

Result<Json> Workspace::newNotebook(protocol::CommandCall& call) {
  auto task = TROWEL_TRY(begin(call));
  const auto folder = TROWEL_TRY(choice_.target(task.action, *task.connection, "New Notebook"));
  std::vector<protocol::PickItem> items;
  for (const auto& language : kLanguages)
    items.push_back({.id = language.name,
                     .label = language.label,
                     .description = {},
                     .detail = {},
                     .icon = "notebook",
                     .picked = {}});
  const auto chosen = TROWEL_TRY(
      task.action.pick({.title = "New Notebook", .placeholder = "In which language?", .none = {}}, std::move(items)));
  const auto name = TROWEL_TRY(askName(task.action, "New Notebook in " + folder, "Its name, without an extension"));
  const auto* language = std::ranges::find(kLanguages, chosen, &NotebookLanguage::name);
  return create(
      task, folder, name,
      [&](const std::string& path) {
        return task.service().importObject({.path = path,
                                            .content = std::string(language->comment) + " Databricks notebook source\n",
                                            .format = "SOURCE",
                                            .language = chosen},
                                           task.options());
      },
      true);
}

Result<Json> Workspace::newFile(protocol::CommandCall& call) {
  auto task = TROWEL_TRY(begin(call));
  const auto folder = TROWEL_TRY(choice_.target(task.action, *task.connection, "New File"));
  const auto name = TROWEL_TRY(askName(task.action, "New File in " + folder, "Its name, with the extension"));
  if (core::toLower(name).ends_with(".ipynb"))
    return core::fail(ErrorCode::InvalidParams,
                      "A file with this extension is a notebook. Make one with 'Trowel: New "
                      "Notebook in Workspace…', without an extension.");
  return create(
      task, folder, name,
      [&](const std::string& path) { return task.service().importFile(path, std::string(), false, task.options()); },
      true);
}

Result<Json> Workspace::newFolder(protocol::CommandCall& call) {
  auto task = TROWEL_TRY(begin(call));
  const auto folder = TROWEL_TRY(choice_.target(task.action, *task.connection, "New Folder"));
  const auto name = TROWEL_TRY(askName(task.action, "New Folder in " + folder, "Its name"));
  return create(
      task, folder, name, [&](const std::string& path) { return task.service().mkdirs(path, task.options()); }, false);
}

// ---- renaming and moving

Result<void> Workspace::moveOne(Task& task, const std::string& from, const std::string& to) {
  const auto& cancel = task.action.cancel();
  const auto place = placeOf(task);
  const auto object = TROWEL_TRY(task.service().getStatus(from, task.options()));
  const auto here = place ? parts_.states.localFileOf(*task.connection, *place, from, object, cancel)
                          : Result<std::string>(std::string());
  const auto tree = fileTree(FileSystemKind::Workspace, task.connection);
  FileCopy copy({*tree.remote, from}, {*tree.remote, to}, tree.formats);
  TROWEL_TRY(copy.plan(cancel));
  TROWEL_TRY(copy.copy(false, cancel));
  TROWEL_TRY(copy.removeSource(cancel));
  if (!here || here->empty() || !place->localOf(folderOf(to))) return {};
  // The local file goes along. Where it cannot, it stays as it is, and is only here.
  const auto name = nameOf(*here);
  const auto extension = name.starts_with(nameOf(from)) ? name.substr(nameOf(from).size()) : std::string();
  const auto target = childPath(*place->localOf(folderOf(to)), nameOf(to) + extension);
  std::error_code problem;
  if (std::filesystem::exists(std::filesystem::symlink_status(target, problem))) return {};
  std::filesystem::create_directories(std::filesystem::path(target).parent_path(), problem);
  std::filesystem::rename(*here, target, problem);
  return {};
}

Result<void> Workspace::moveEach(Task& task, const std::vector<std::pair<std::string, std::string>>& moves) {
  if (moves.empty()) return {};
  std::vector<Action::Item> items;
  for (const auto& [from, to] : moves) {
    if (to == from || to.starts_with(from + "/"))
      return core::fail(ErrorCode::InvalidParams, from + " cannot be moved into itself.");
    items.push_back({.id = from, .name = from});
  }
  const auto what = moves.size() == 1
                        ? fmt::format("{} to {}", moves.front().first, moves.front().second)
                        : fmt::format("{} to {}", countOf(moves.size(), "object"), folderOf(moves.front().second));
  TROWEL_TRY(task.action.confirm("Move " + what + "?", fileTree(FileSystemKind::Workspace, task.connection).loses,
                                 "Copy and Delete Original"));
  task.action.report("Moving", what);
  auto done = task.action.each(items, "Moving", [&](const Action::Item& item) {
    const auto move = std::ranges::find(moves, item.id, [](const auto& each) { return each.first; });
    return moveOne(task, move->first, move->second);
  });
  drawAnew();
  return done;
}

Result<Json> Workspace::rename(protocol::CommandCall& call) {
  auto task = TROWEL_TRY(begin(call));
  const auto path = TROWEL_TRY(choice_.object(task.action, *task.connection, "Rename", Wanted::Any));
  const auto name = TROWEL_TRY(askName(task.action, "Rename " + path, "Its new name", nameOf(path)));
  if (name == nameOf(path)) return Json();
  TROWEL_TRY(moveEach(task, {{path, childPath(folderOf(path), name)}}));
  return Json();
}

Result<Json> Workspace::move(protocol::CommandCall& call) {
  auto task = TROWEL_TRY(begin(call));
  const auto paths = outermost(TROWEL_TRY(choice_.objects(task.action, *task.connection, "Move", Wanted::Any)));
  const auto folder = TROWEL_TRY(choice_.walk(task.action, *task.connection, "Move to", Wanted::Folder));
  std::vector<std::pair<std::string, std::string>> moves;
  for (const auto& path : paths)
    if (folderOf(path) != folder) moves.emplace_back(path, childPath(folder, nameOf(path)));
  TROWEL_TRY(moveEach(task, moves));
  return Json();
}

// ---- deleting

Result<Json> Workspace::remove(protocol::CommandCall& call) {
  auto task = TROWEL_TRY(begin(call));
  const auto& cancel = task.action.cancel();
  const auto paths = outermost(TROWEL_TRY(choice_.objects(task.action, *task.connection, "Delete", Wanted::Any)));
  const auto place = placeOf(task);
  std::vector<Doomed> doomed;
  task.action.report("Deleting", "Counting what is in it");
  for (const auto& path : paths) {
    if (path == "/" || (place && path == place->remote))
      return core::fail(ErrorCode::InvalidParams, path + " is the root of the view, which is not deleted from here.");
    Doomed each{.path = path};
    auto object = task.service().getStatus(path, task.options());
    if (!object && object.error().code != ErrorCode::NotFound) return std::unexpected(std::move(object).error());
    each.there = object.has_value();
    each.folder = object && object->isFolder();
    if (each.folder)
      each.inside = TROWEL_TRY(parts_.transfers.countBelow(task.connection, FileSystemKind::Workspace, path, cancel));
    if (place) {
      const auto there = object ? std::optional(*object) : std::nullopt;
      each.local = parts_.states.localFileOf(*task.connection, *place, path, there, cancel).value_or(std::string());
    }
    if (!each.local.empty()) {
      each.localFolder = isFolderHere(each.local);
      each.localFiles = filesBelow(each.local);
    }
    // What is gone already needs no second time.
    if (each.there || !each.local.empty()) doomed.push_back(std::move(each));
  }
  if (doomed.empty())
    return core::fail(ErrorCode::NotFound, paths.front() + " is not there any more. Refresh the view.");
  const bool there = std::ranges::any_of(doomed, &Doomed::there);
  const bool here = std::ranges::any_of(doomed, [](const Doomed& each) { return !each.local.empty(); });
  const auto from = TROWEL_TRY(askFrom(task.action, there, here));
  TROWEL_TRY(task.action.confirm(questionOf(doomed, from),
                                 from == From::Here
                                     ? "They are deleted for good, not moved to a trash."
                                     : "What is deleted in the workspace cannot be brought back from here.",
                                 "Delete"));
  std::vector<Action::Item> items;
  for (const auto& each : doomed) items.push_back({.id = each.path, .name = each.path});
  auto done = task.action.each(items, "Deleting", [&](const Action::Item& item) -> Result<void> {
    const auto each = std::ranges::find(doomed, item.id, &Doomed::path);
    if (from != From::There && !each->local.empty() &&
        (isFolderHere(each->local) != each->localFolder || filesBelow(each->local) > each->localFiles))
      return moreThanAsked(each->local, "files");
    if (from != From::Here && each->folder) {
      const auto inside = parts_.transfers.countBelow(task.connection, FileSystemKind::Workspace, each->path, cancel);
      if (inside && *inside > each->inside) return moreThanAsked(each->path, "objects");
      if (!inside && inside.error().code != ErrorCode::NotFound) return std::unexpected(inside.error());
    }
    if (from != From::Here && each->there) {
      auto removed = task.service().remove(each->path, each->folder, task.options());
      if (!removed && removed.error().code != ErrorCode::NotFound) return removed;
    }
    if (from == From::There || each->local.empty()) return {};
    return each->localFolder ? os::removeTree(each->local) : os::removeFile(each->local);
  });
  drawAnew();
  if (!done) return std::unexpected(std::move(done).error());
  return Json();
}

}  // namespace trowel::features
