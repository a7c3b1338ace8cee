// SPDX-License-Identifier: Apache-2.0
#include "storage_choice.hpp"

#include <algorithm>
#include <array>

#include "features/files/file_tree.hpp"
#include "features/files/file_views.hpp"
#include "features/transfers/transfer_words.hpp"
#include "storage_place.hpp"
#include "storage_rows.hpp"
#include "trowel/core/text.hpp"

namespace trowel::features {

using core::ErrorCode;
using core::Result;

namespace {

constexpr std::array kKinds{FileSystemKind::Dbfs, FileSystemKind::Volumes};

// Ids of rows of the list that are no paths.
constexpr const char* kThis = "this";
constexpr const char* kUp = "up";

bool isChoosable(FileSystemKind kind, const std::string& folder, StorageChoice::What what) {
  switch (what) {
    case StorageChoice::What::File:
      return false;
    case StorageChoice::What::Folder:
      return whyNoFilesIn(kind, folder).empty();
    case StorageChoice::What::Content:
      break;
  }
  const auto level = levelOf(kind, folder, true);
  return level == StorageLevel::Volume || level == StorageLevel::Mount || level == StorageLevel::Folder;
}

protocol::PickItem item(std::string id, std::string label, std::string description, const char* icon) {
  return {.id = std::move(id),
          .label = std::move(label),
          .description = std::move(description),
          .detail = {},
          .icon = icon,
          .picked = {}};
}

}  // namespace

Result<FileSystemKind> StorageChoice::kind(const std::string& title) {
  for (const auto kind : kKinds)
    if (std::ranges::any_of(call_.targets, [&](const auto& target) { return target.view == viewOf(kind); }))
      return kind;
  const auto chosen = TROWEL_TRY(
      action_.pick({.title = title, .placeholder = "Where?", .none = {}},
                   {item("dbfs", "DBFS", "dbfs:/", "database"), item("volumes", "Volumes", "/Volumes", "archive")}));
  return chosen == "dbfs" ? FileSystemKind::Dbfs : FileSystemKind::Volumes;
}

Result<StorageSelection> StorageChoice::some(const std::string& title, What what) {
  for (const auto kind : kKinds)
    if (auto paths = action_.rows(viewOf(kind)); !paths.empty()) return StorageSelection{kind, std::move(paths)};
  const auto where = TROWEL_TRY(kind(title));
  auto path = TROWEL_TRY(walk(where, "/", title, what));
  return StorageSelection{where, {std::move(path)}};
}

Result<StorageSelection> StorageChoice::folder(const std::string& title) {
  auto selection = TROWEL_TRY(some(title, What::Folder));
  selection.paths.resize(1);
  if (auto why = whyNoFilesIn(selection.kind, selection.paths.front()); !why.empty())
    return core::fail(ErrorCode::PermissionDenied, std::move(why));
  return selection;
}

Result<std::string> StorageChoice::walk(FileSystemKind kind, std::string start, const std::string& title, What what) {
  const auto tree = fileTree(kind, connection_);
  auto folder = std::move(start);
  while (true) {
    std::vector<sync::Entry> entries;
    TROWEL_TRY(tree.remote->list(
        folder,
        [&](sync::Entry entry) -> Result<void> {
          const bool wanted = what != What::Folder || entry.kind == sync::EntryKind::Folder;
          if (wanted && hasAddress(kind, folder, entry.name)) entries.push_back(std::move(entry));
          return {};
        },
        action_.cancel()));
    std::ranges::sort(entries, {}, [](const sync::Entry& entry) {
      return std::tuple(entry.kind != sync::EntryKind::Folder, core::toLower(entry.name), entry.name);
    });
    std::vector<protocol::PickItem> items;
    if (isChoosable(kind, folder, what)) items.push_back(item(kThis, "This folder", codePath(kind, folder), "check"));
    if (folder != "/") items.push_back(item(kUp, "..", codePath(kind, folderOf(folder)), "arrow-up"));
    for (const auto& entry : entries) {
      const bool isFolder = entry.kind == sync::EntryKind::Folder;
      items.push_back(item(childPath(folder, entry.name), entry.name,
                           entry.size ? sizeText(*entry.size) : std::string(), isFolder ? "folder" : "file"));
    }
    const auto chosen =
        TROWEL_TRY(action_.pick({.title = title,
                                 .placeholder = codePath(kind, folder),
                                 .none = "There is nothing to choose from in " + std::string(nameOf(kind)) + "."},
                                std::move(items)));
    if (chosen == kThis) return folder;
    if (chosen == kUp) {
      folder = folderOf(folder);
      continue;
    }
    const auto entry = std::ranges::find(entries, nameOf(chosen), &sync::Entry::name);
    if (entry == entries.end() || entry->kind != sync::EntryKind::Folder) return chosen;
    folder = chosen;
  }
}

}  // namespace trowel::features
