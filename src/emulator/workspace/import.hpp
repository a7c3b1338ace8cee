// SPDX-License-Identifier: Apache-2.0
// What an import makes of a path, a format and bytes: one object, or a folder full of them.
#pragma once

#include <cstddef>
#include <istream>
#include <string>
#include <vector>

#include "emulator/workspace/workspace_store.hpp"

namespace trowel::emulator {

inline constexpr std::size_t kMaxImport = 10'485'760;  // bytes of one import or export

struct ImportItem {
  std::string path;
  NewObject object;
};

struct Import {
  bool folder = false;  // then `path` is made, which must not be there, and the items are beneath it
  std::string path;
  std::vector<ImportItem> items;  // parents before children
};

// `format` as the API spells it, `language` empty where the client sent none. `path` is canonical; formats that are
// recognised by its extension (AUTO) cut it off.
Reply<Import> readImport(std::string path, const std::string& format, const std::string& language, std::string content);

// What an import with format AUTO makes of a single file; cuts the extension of a notebook off the path.
NewObject sniffObject(std::string& path, std::string content);
// The same of content that is read as far as it is needed. The object's own stays empty.
NewObject sniffObject(std::string& path, std::istream& content);

// Puts all of it in. What stands in the way is an error of the store's, with canonical paths.
Reply<void> carryOut(WorkspaceStore& store, Import import, bool overwrite);

}  // namespace trowel::emulator
