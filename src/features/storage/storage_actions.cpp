// SPDX-License-Identifier: Apache-2.0
#include "storage_actions.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "features/transfers/transfer_words.hpp"
#include "file_preview.hpp"
#include "storage_place.hpp"
#include "storage_words.hpp"
#include "trowel/core/text.hpp"
#include "trowel/os/files.hpp"
#include "trowel/protocol/contributions.hpp"

namespace trowel::features {

using core::ErrorCode;
using core::Json;
using core::Result;
using What = StorageChoice::What;

namespace {

constexpr std::uint64_t kLarge = std::uint64_t{16} << 20;     // bytes; above, a click asks before it downloads
constexpr std::uint64_t kBeginning = std::uint64_t{1} << 20;  // bytes of a preview

constexpr std::size_t kKeyBytes = 16;  // of a file whose versions cannot be told

constexpr const char* kOpen = "Open a Copy";
constexpr const char* kPreview = "Preview the Beginning";

// The folders around some paths, each once.
std::vector<std::string> foldersOf(const std::vector<std::string>& paths) {
  std::vector<std::string> folders;
  for (const auto& path : paths)
    if (auto folder = folderOf(path); std::ranges::find(folders, folder) == folders.end())
      folders.push_back(std::move(folder));
  return folders;
}

// The first bytes of a file, and whether they are all.
struct Beginning {
  std::string bytes;
  bool whole = true;
};

Result<Beginning> beginningOf(sync::RemoteTree& remote, const std::string& path, const core::CancelToken& token) {
  Beginning beginning;
  auto read = remote.read(
      path, {}, 0,
      [&](std::string_view piece) -> Result<void> {
        const auto room = kBeginning - beginning.bytes.size();
        beginning.whole = piece.size() <= room;
        beginning.bytes += piece.substr(0, room);
        if (beginning.whole) return {};
        return core::fail(ErrorCode::Cancelled, "That is enough of it.");
      },
      token);
  if (!read && beginning.whole) return std::unexpected(std::move(read).error());
  return beginning;
}

}  // namespace

// ---- looking

Result<Json> StorageActions::open(protocol::CommandCall& call) {
  auto action = TROWEL_TRY(Action::of(parts_.session, call));
  auto connection = TROWEL_TRY(action.connection());
  const auto chosen =
      TROWEL_TRY(StorageChoice(action, call, connection).some("Open File of DBFS or Volumes", What::File));
  const Place place(connection, chosen.kind, cache_);
  for (const auto& path : chosen.paths) TROWEL_TRY(openCopy(action, place, path));
  return Json();
}

Result<void> StorageActions::openCopy(Action& action, const Place& place, const std::string& path) {
  const auto entry = TROWEL_TRY(place.tree.remote->stat(path, action.cancel()));
  if (entry.kind == sync::EntryKind::Folder)
    return core::fail(ErrorCode::Conflict,
                      codePath(place.kind, path) + " is a folder. Download it, or add it to the window's workspace.");
  const auto version = entry.version.empty() ? core::randomHex(kKeyBytes) : entry.version;
  const auto key = Transfers::identityOf(*place.connection, place.kind) + "\n" + path + "\n" + version;
  const auto copy = TROWEL_TRY(copies_.place(key, nameOf(path)));
  const auto size = entry.size.value_or(0);
  if (!copy.isThere && size > kLarge) {
    const auto answer = TROWEL_TRY(
        action.editor().uiConfirm({.severity = protocol::Severity::Info,
                                   .message = fmt::format("Open {} ({})?", codePath(place.kind, path), sizeText(size)),
                                   .detail = "All of it is downloaded first.",
                                   .modal = true,
                                   .actions = {kOpen, kPreview}},
                                  action.cancel()));
    if (answer.action == kPreview) return showBeginning(action, place, path);
    if (answer.action != kOpen) return core::fail(ErrorCode::Cancelled, "Nothing was opened.");
  }
  if (!copy.isThere) {
    TROWEL_TRY(
        parts_.transfers.run(action, place.connection,
                             {.kind = place.kind,
                              .direction = sync::Direction::Down,
                              .folders = {{.remote = folderOf(path), .local = copy.folder, .names = {nameOf(path)}}},
                              .formats = place.tree.formats,
                              .quiet = true}));
    // Left out, for a reason that the user has been told.
    if (!os::pathExists(copy.file)) return core::fail(ErrorCode::Cancelled, "It was not downloaded.");
    TROWEL_TRY(OpenedCopies::seal(copy));
  }
  return action.openFile(core::pathToUri(copy.file));
}

Result<Json> StorageActions::preview(protocol::CommandCall& call) {
  auto action = TROWEL_TRY(Action::of(parts_.session, call));
  auto connection = TROWEL_TRY(action.connection());
  const auto chosen =
      TROWEL_TRY(StorageChoice(action, call, connection).some("Preview File of DBFS or Volumes", What::File));
  const Place place(connection, chosen.kind, cache_);
  for (const auto& path : chosen.paths) {
    // The editor shows pictures by itself.
    if (isImage(nameOf(path))) {
      TROWEL_TRY(openCopy(action, place, path));
    } else {
      TROWEL_TRY(showBeginning(action, place, path));
    }
  }
  return Json();
}

Result<void> StorageActions::showBeginning(Action& action, const Place& place, const std::string& path) {
  const auto beginning = TROWEL_TRY(beginningOf(*place.tree.remote, path, action.cancel()));
  const auto name = nameOf(path);
  auto preview = previewOf(name, beginning.bytes, beginning.whole);
  if (!preview)
    return core::fail(ErrorCode::Unsupported, codePath(place.kind, path) +
                                                  " is not text, so there is nothing to preview. Open or download it.");
  return action.show(beginning.whole ? name : name + " (the first " + sizeText(kBeginning) + ")", preview->language,
                     std::move(preview->text));
}

Result<Json> StorageActions::copyPath(protocol::CommandCall& call) {
  auto action = TROWEL_TRY(Action::of(parts_.session, call));
  // Rows need no connection.
  connection::ConnectionPtr connection;
  if (action.rows(protocol::view::kDbfs).empty() && action.rows(protocol::view::kVolumes).empty())
    connection = TROWEL_TRY(action.connection());
  const auto chosen =
      TROWEL_TRY(StorageChoice(action, call, connection).some("Copy Path in DBFS or Volumes", What::Content));
  std::string text;
  for (const auto& path : chosen.paths) text += (text.empty() ? "" : "\n") + codePath(chosen.kind, path);
  TROWEL_TRY(action.copy(text));
  return Json();
}

// ---- to this machine and from it

Result<Json> StorageActions::download(protocol::CommandCall& call) {
  auto action = TROWEL_TRY(Action::of(parts_.session, call));
  auto connection = TROWEL_TRY(action.connection());
  const auto chosen =
      TROWEL_TRY(StorageChoice(action, call, connection).some("Download from DBFS or Volumes", What::Content));
  const Place place(connection, chosen.kind, cache_);
  bool folders = false;
  for (const auto& path : chosen.paths) {
    const auto entry = TROWEL_TRY(place.tree.remote->stat(path, action.cancel()));
    folders = folders || entry.kind == sync::EntryKind::Folder;
  }
  TROWEL_TRY(parts_.transfers.download(action, connection, chosen.kind, chosen.paths, folders));
  return Json();
}

Result<Json> StorageActions::upload(protocol::CommandCall& call, protocol::FileKind kind, const std::string& title) {
  auto action = TROWEL_TRY(Action::of(parts_.session, call));
  auto connection = TROWEL_TRY(action.connection());
  const auto chosen = TROWEL_TRY(StorageChoice(action, call, connection).folder(title));
  const auto& folder = chosen.paths.front();
  const auto answer = TROWEL_TRY(action.editor().uiChooseFile(
      {.title = "Upload to " + codePath(chosen.kind, folder), .kind = kind, .many = true, .start = {}},
      action.cancel()));
  std::vector<std::string> paths;
  const auto uris = answer.uris  ? *answer.uris
                    : answer.uri ? std::vector<std::string>{*answer.uri}
                                 : std::vector<std::string>();
  for (const auto& uri : uris) paths.push_back(TROWEL_TRY(core::uriToPath(uri)));
  if (paths.empty()) return Json();
  TROWEL_TRY(parts_.transfers.uploadInto(action, connection, chosen.kind, folder, paths));
  return Json();
}

Result<Json> StorageActions::uploadFiles(protocol::CommandCall& call) {
  return upload(call, protocol::FileKind::File, "Upload Files to DBFS or Volumes");
}

Result<Json> StorageActions::uploadFolder(protocol::CommandCall& call) {
  return upload(call, protocol::FileKind::Folder, "Upload Folder to DBFS or Volumes");
}

// ---- changing

Result<Json> StorageActions::makeFolder(protocol::CommandCall& call) {
  auto action = TROWEL_TRY(Action::of(parts_.session, call));
  auto connection = TROWEL_TRY(action.connection());
  const auto chosen = TROWEL_TRY(StorageChoice(action, call, connection).folder("New Folder in DBFS or Volumes"));
  const auto& folder = chosen.paths.front();
  const auto name = TROWEL_TRY(action.line({.title = "New Folder",
                                            .prompt = "Its name, in " + codePath(chosen.kind, folder),
                                            .placeholder = {},
                                            .value = {},
                                            .masked = {}},
                                           whyNoName));
  Place place(connection, chosen.kind, cache_);
  TROWEL_TRY(place.files.makeFolder(childPath(folder, name), action.cancel()));
  parts_.changed(chosen.kind, {folder});
  return Json();
}

Result<Json> StorageActions::rename(protocol::CommandCall& call) {
  auto action = TROWEL_TRY(Action::of(parts_.session, call));
  auto connection = TROWEL_TRY(action.connection());
  auto chosen = TROWEL_TRY(
      StorageChoice(action, call, connection).some("Rename File or Folder of DBFS or Volumes", What::Content));
  chosen.paths.resize(1);
  TROWEL_TRY(checkMovable(chosen.kind, chosen.paths));
  const auto& path = chosen.paths.front();
  const auto name = TROWEL_TRY(action.line({.title = "Rename " + codePath(chosen.kind, path),
                                            .prompt = "Its new name",
                                            .placeholder = {},
                                            .value = nameOf(path),
                                            .masked = {}},
                                           whyNoName));
  action.report("Renaming", nameOf(path));
  Place place(connection, chosen.kind, cache_);
  const auto folder = folderOf(path);
  const RemoteFiles::Target target{place.files, childPath(folder, name)};
  auto renamed = place.files.rename(path, target, [](const std::string&) { return Result<void>(); }, action.cancel());
  parts_.changed(chosen.kind, {folder});
  if (!renamed) return std::unexpected(std::move(renamed).error());
  return Json();
}

Result<void> StorageActions::carryInto(Action& action, Place& place, const std::vector<std::string>& paths,
                                       const std::string& folder, Verb verb) {
  std::vector<Action::Item> items;
  for (const auto& path : paths)
    if (verb == Verb::Copy || folderOf(path) != folder) items.push_back({.id = path, .name = nameOf(path)});
  const auto done = action.each(items, verb == Verb::Move ? "Moving" : "Copying", [&](const Action::Item& item) {
    const RemoteFiles::Target target{place.files, childPath(folder, item.name)};
    if (verb == Verb::Copy) return place.files.copy(item.id, target, action.cancel());
    return place.files.rename(item.id, target, [](const std::string&) { return Result<void>(); }, action.cancel());
  });
  auto folders = verb == Verb::Move ? foldersOf(paths) : std::vector<std::string>();
  if (std::ranges::find(folders, folder) == folders.end()) folders.push_back(folder);
  parts_.changed(place.kind, folders);
  return done;
}

Result<Json> StorageActions::carry(protocol::CommandCall& call, Verb verb) {
  auto action = TROWEL_TRY(Action::of(parts_.session, call));
  auto connection = TROWEL_TRY(action.connection());
  StorageChoice choose(action, call, connection);
  const std::string what = verb == Verb::Move ? "Move" : "Copy";
  auto chosen = TROWEL_TRY(choose.some(what + " Files of DBFS or Volumes", What::Content));
  chosen.paths = outermost(chosen.paths);
  if (verb == Verb::Move) TROWEL_TRY(checkMovable(chosen.kind, chosen.paths));
  const auto title = fmt::format("{} {} to…", what, namedAs(chosen.kind, chosen.paths));
  const auto folder = TROWEL_TRY(choose.walk(chosen.kind, folderOf(chosen.paths.front()), title, What::Folder));
  Place place(connection, chosen.kind, cache_);
  TROWEL_TRY(carryInto(action, place, chosen.paths, folder, verb));
  return Json();
}

Result<Json> StorageActions::move(protocol::CommandCall& call) { return carry(call, Verb::Move); }
Result<Json> StorageActions::copy(protocol::CommandCall& call) { return carry(call, Verb::Copy); }

Result<Json> StorageActions::remove(protocol::CommandCall& call) {
  auto action = TROWEL_TRY(Action::of(parts_.session, call));
  auto connection = TROWEL_TRY(action.connection());
  auto chosen =
      TROWEL_TRY(StorageChoice(action, call, connection).some("Delete Files of DBFS or Volumes", What::Content));
  chosen.paths = outermost(chosen.paths);
  TROWEL_TRY(checkMovable(chosen.kind, chosen.paths));
  Place place(connection, chosen.kind, cache_);
  std::vector<Doomed> doomed;
  std::vector<Action::Item> items;
  for (const auto& path : chosen.paths) {
    action.report("Deleting", "Counting what is in " + nameOf(path));
    const auto entry = TROWEL_TRY(place.tree.remote->stat(path, action.cancel()));
    Doomed each{.path = path, .size = entry.size.value_or(0)};
    if (entry.kind == sync::EntryKind::Folder)
      each.inside = TROWEL_TRY(sync::totalsBelow(*place.tree.remote, path, action.cancel()));
    doomed.push_back(std::move(each));
    items.push_back({.id = path, .name = codePath(chosen.kind, path)});
  }
  const auto words = deletionWords(chosen.kind, doomed);
  TROWEL_TRY(action.confirm(words.question, words.detail, "Delete"));
  action.report("Deleting", namedAs(chosen.kind, chosen.paths));
  const auto done = action.each(items, "Deleting", [&](const Action::Item& item) -> Result<void> {
    // What was a file when the question was asked is removed as a file.
    const auto asked = std::ranges::find(doomed, item.id, &Doomed::path);
    auto removed = place.files.remove(item.id, asked != doomed.end() && asked->inside.has_value(), action.cancel());
    // What is gone already need not be deleted: whoever tries again means the rest.
    if (!removed && removed.error().code == ErrorCode::NotFound) return {};
    return removed;
  });
  parts_.changed(chosen.kind, foldersOf(chosen.paths));
  if (!done) return std::unexpected(done.error());
  return Json();
}

}  // namespace trowel::features
