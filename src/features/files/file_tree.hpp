// SPDX-License-Identifier: Apache-2.0
// A remote tree with what file systems need beyond transfers: recursive removal, renaming, who may write.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "file_uri.hpp"
#include "remote_workspace.hpp"
#include "trowel/sync/export_formats.hpp"

namespace trowel::features {

struct FileTree {
  std::shared_ptr<sync::RemoteTree> remote;
  // A folder with all that is in it; what is gone when it fails stays gone.
  std::function<core::Result<void>(const std::string& path, const core::CancelToken& token)> removeAll;
  // Renames and moves; AlreadyExists where the target is there. Empty: the service cannot.
  std::function<core::Result<void>(const std::string& from, const std::string& to, const core::CancelToken& token)>
      move = {};
  // Whether it is known that the user may not write there.
  std::function<bool(const std::string& path, const sync::Entry& entry, const core::CancelToken& token)> readOnly = {};
  sync::ExportFormats formats = {};  // without rules: there are no notebooks
  // What is lost where a copy takes the place of the original, as a sentence; empty: nothing that anybody would miss.
  std::string loses = {};
};

// `connection` is kept by what is returned. `lane`: of what goes through `remote`; an editor waits for it, unless it is
// a transfer or works in the background.
FileTree fileTree(FileSystemKind kind, const connection::ConnectionPtr& connection,
                  http::Lane lane = http::Lane::Interactive);

// Removes what is below a folder one by one, and then the folder, with `remote` alone.
core::Result<void> removeOneByOne(sync::RemoteTree& remote, const std::string& path, const core::CancelToken& token);

}  // namespace trowel::features
