// SPDX-License-Identifier: Apache-2.0
// What stands in the workspace: folders, notebooks, files, dashboards and Git folders, as data.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "emulator/files/file_tree.hpp"

namespace trowel::emulator {

// A Git folder is a Repo beneath /Repos and a Directory elsewhere.
enum class ObjectType : std::uint8_t { Directory, Notebook, File, Repo, Dashboard };
std::string_view toString(ObjectType type);

enum class Language : std::uint8_t { Python, Sql, Scala, R };
std::string_view toString(Language language);  // as the API spells it
bool parseLanguage(std::string_view text, Language& language);

struct WorkspaceObject {
  std::string path;  // canonical
  ObjectType type = ObjectType::Directory;
  Language language = Language::Python;  // notebooks only
  bool jupyter = false;                  // notebooks only: the content is an .ipynb, not source
  bool gitFolder = false;                // the root of one
  std::int64_t id = 0;
  std::int64_t createdAt = 0;  // epoch milliseconds
  std::int64_t modifiedAt = 0;
  std::uint64_t size = 0;       // bytes of the content
  std::string file = {};        // where the content is in the tree: `path`, but for notebooks within Git folders
  std::string resourceId = {};  // dashboards only: 32 hex digits
  FileStatus::Version version = {};

  bool isFolder() const { return type == ObjectType::Directory || type == ObjectType::Repo; }
};

using ObjectPtr = std::shared_ptr<const WorkspaceObject>;

}  // namespace trowel::emulator
