// SPDX-License-Identifier: Apache-2.0
// Which files and folders of DBFS or of the volumes a command is about: the rows that it was called on, or what the
// user walks to.
#pragma once

#include <string>
#include <vector>

#include "features/action.hpp"
#include "features/files/file_uri.hpp"

namespace trowel::features {

struct StorageSelection {
  FileSystemKind kind = FileSystemKind::Dbfs;
  std::vector<std::string> paths;  // as FileUri has them
};

class StorageChoice {
 public:
  enum class What : std::uint8_t {
    File,
    Folder,   // into which files can go
    Content,  // files and folders that can be copied as a whole
  };

  StorageChoice(Action& action, const protocol::CommandCall& call, connection::ConnectionPtr connection)
      : action_(action), call_(call), connection_(std::move(connection)) {}

  // All rows that are selected; walked to, one.
  core::Result<StorageSelection> some(const std::string& title, What what);
  // One folder, to put something into: a row, or walked to.
  core::Result<StorageSelection> folder(const std::string& title);
  // One, walked to, beginning at the folder `start`.
  core::Result<std::string> walk(FileSystemKind kind, std::string start, const std::string& title, What what);

 private:
  // The rows' file system, that of the view, or the one that the user picks.
  core::Result<FileSystemKind> kind(const std::string& title);

  Action& action_;
  const protocol::CommandCall& call_;
  connection::ConnectionPtr connection_;
};

}  // namespace trowel::features
