// SPDX-License-Identifier: Apache-2.0
// What objects of a workspace are called as files in the editor, and what files become there. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "trowel/sync/export_formats.hpp"
#include "trowel/sync/remote_tree.hpp"

namespace trowel::features {

// An object under the name that the editor has for it: a notebook has the extension of its language.
struct ShownEntry {
  std::string name;
  sync::Entry entry;

  bool isFolder() const { return entry.kind == sync::EntryKind::Folder; }
};

// Formats without a rule are those of a file system without notebooks.

// A folder's children. Where a file has the name that a notebook would get, the notebook gets another extension. What
// has no name that a path can hold is left out.
std::vector<ShownEntry> shownEntries(std::vector<sync::Entry> entries, std::string_view folder,
                                     const sync::ExportFormats& formats);

// Under which names the object may lie that the editor calls `shown`; the likeliest first.
std::vector<std::string> objectNames(std::string_view shown, const sync::ExportFormats& formats);
// Whether this one of them is it.
bool standsFor(const sync::Entry& entry, std::string_view shown, std::string_view folder,
               const sync::ExportFormats& formats);

// How its bytes are asked for. InvalidParams for a folder, Unsupported for what has no bytes.
core::Result<sync::Form> readForm(const ShownEntry& shown, std::string_view folder, const sync::ExportFormats& formats);

struct Written {
  std::string name;  // of the object
  sync::Form form;
};

// What the bytes of a file become: over `there`, or anew. Nothing ever turns from a file into a notebook or back:
// Unsupported then. InvalidParams for a folder, PermissionDenied for what can only be read.
core::Result<Written> writeForm(const std::optional<ShownEntry>& there, std::string_view shown, std::string_view folder,
                                const sync::ExportFormats& formats, std::string_view bytes);
// The same for a plain file that stays one, whatever it looks like.
sync::Form fileForm(std::string_view name, const sync::ExportFormats& formats, std::string_view bytes);

}  // namespace trowel::features
