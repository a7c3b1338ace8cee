// SPDX-License-Identifier: Apache-2.0
#include "storage_rows.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "features/markdown_text.hpp"
#include "features/transfers/transfer_words.hpp"
#include "storage_place.hpp"
#include "trowel/core/text.hpp"
#include "trowel/protocol/contributions.hpp"

namespace trowel::features {

namespace {

using sync::EntryKind;

struct Look {
  std::string_view icon;
  std::string_view word;     // what it is
  std::string_view context;  // of contextValue
};

Look lookOf(StorageLevel level) {
  switch (level) {
    case StorageLevel::Catalog:
      return {"library", "catalog", "catalog"};
    case StorageLevel::Schema:
      return {"symbol-namespace", "schema", "schema"};
    case StorageLevel::Volume:
      return {"archive", "volume", "volume"};
    case StorageLevel::Mount:
      return {"file-symlink-directory", "mount", "mount"};
    case StorageLevel::File:
      return {"file", "file", "file"};
    default:
      return {"folder", "folder", "folder"};
  }
}

// Files show by their icon what a click makes of them.
std::string iconOfFile(const std::string& name) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 22> kIcons{
      {{".csv", "table"},       {".tsv", "table"},      {".parquet", "table"},   {".avro", "table"},
       {".orc", "table"},       {".json", "json"},      {".jsonl", "json"},      {".ndjson", "json"},
       {".png", "file-media"},  {".jpg", "file-media"}, {".jpeg", "file-media"}, {".gif", "file-media"},
       {".webp", "file-media"}, {".bmp", "file-media"}, {".svg", "file-media"},  {".zip", "file-zip"},
       {".gz", "file-zip"},     {".tar", "file-zip"},   {".jar", "package"},     {".whl", "package"},
       {".py", "file-code"},    {".sql", "file-code"}}};
  const auto lower = core::toLower(name);
  for (const auto& [extension, icon] : kIcons)
    if (lower.ends_with(extension)) return std::string(icon);
  return "file";
}

std::string joined(std::initializer_list<std::string> parts) {
  std::string text;
  for (const auto& part : parts) {
    if (part.empty()) continue;
    if (!text.empty()) text += " · ";
    text += part;
  }
  return text;
}

}  // namespace

bool hasAddress(FileSystemKind kind, const std::string& folder, const std::string& name) {
  if (name.empty() || !core::isUtf8(name)) return false;
  const FileUri uri{.kind = kind, .host = {}, .path = childPath(folder, name)};
  const auto read = parseFileUri(toString(uri));
  return read && *read == uri && folderOf(read->path) == folder;
}

protocol::TreeNode storageRow(FileSystemKind kind, const std::string& folder, const sync::Entry& entry,
                              const std::string& changed) {
  const bool isFolder = entry.kind == EntryKind::Folder;
  const auto path = childPath(folder, entry.name);
  const auto level = levelOf(kind, path, isFolder);
  const auto look = lookOf(level);
  const bool readOnly = isReadOnlyPlace(kind, path);
  const auto size = entry.size ? sizeText(*entry.size) : std::string();

  protocol::TreeNode row;
  row.id = path;
  row.label = entry.name;
  row.icon = isFolder ? std::string(look.icon) : iconOfFile(entry.name);
  row.contextValue = fmt::format("storage.{}{}", look.context, readOnly ? ".readOnly" : "");
  row.resource = toString({.kind = kind, .host = {}, .path = path});
  row.dragText = codePath(kind, path);
  // Of a volume the type says whose its storage is: MANAGED, EXTERNAL.
  const auto what = level == StorageLevel::Mount    ? "mount"
                    : level == StorageLevel::Volume ? core::toLower(entry.type)
                                                    : std::string();
  auto description = joined({what, size, changed, readOnly && folder == "/" ? "read-only" : ""});
  row.accessibleLabel = joined({entry.name, std::string(look.word), description});
  if (!description.empty()) row.description = std::move(description);

  auto tooltip = fmt::format("**{}**\n\n- Path: {}\n", plainMarkdown(entry.name), plainMarkdown(codePath(kind, path)));
  if (!what.empty()) tooltip += fmt::format("- Kind: {} {}\n", what == "mount" ? "a" : plainMarkdown(what), look.word);
  if (entry.size) tooltip += fmt::format("- Size: {} ({} bytes)\n", size, *entry.size);
  if (!changed.empty()) tooltip += fmt::format("- Changed: {}\n", changed);
  if (level == StorageLevel::Mount) tooltip += "\nIts files lie in a storage account of their own.";
  if (readOnly) tooltip += "\nRead-only here.";
  row.tooltip = std::move(tooltip);

  if (isFolder) {
    row.collapsible = protocol::Collapsible::Collapsed;
  } else {
    row.command = protocol::TreeCommand{std::string(protocol::command::kStorageOpen), "Open"};
  }
  return row;
}

}  // namespace trowel::features
