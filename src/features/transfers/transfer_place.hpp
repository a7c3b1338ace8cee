// SPDX-License-Identifier: Apache-2.0
// What lies where: a remote tree of a connection and the folder of this machine that has its files. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "features/files/file_uri.hpp"
#include "trowel/connection/offer.hpp"
#include "trowel/sync/transfer_plan.hpp"

namespace trowel::features {

// Paths as FileUri has them: absolute, of volumes without "/Volumes".
struct TransferPlace {
  FileSystemKind kind = FileSystemKind::Workspace;
  std::string remote = "/";  // the root there
  std::string local = {};    // the folder here that has what is below it; need not exist
  sync::ExportFormats formats = sync::ExportFormats::standard();

  // The same path on the other side. Notebooks have another name here, see localNameOf() of workspace files. Nothing
  // for what is outside.
  std::optional<std::string> localOf(std::string_view remotePath) const;
  std::optional<std::string> remoteOf(std::string_view localPath) const;
};

// What a transfer of these files and folders of the source consists of; what is inside of another one goes with it.
// InvalidParams for what is outside of the place.
core::Result<std::vector<sync::FolderPair>> pairsOf(const TransferPlace& place, sync::Direction direction,
                                                    const std::vector<std::string>& paths);

// What exportFormats of a connection says: "Python" or "SQL /Shared/**" (of notebooks whose path fits) to ".ipynb" or
// ".py, .ipynb" (the first is what downloads write, all are notebooks for uploads). Other languages are as in
// ExportFormats::standard(). InvalidParams for what is neither.
core::Result<sync::ExportFormats> exportFormatsOf(const connection::Offer& offer);

// The root that `setting` means, with {user} and {branch} in it; empty is "/". `branch` may be empty where there is
// none. InvalidParams where it cannot be a folder.
core::Result<std::string> expandRoot(std::string_view setting, const std::string& user, const std::string& branch);

}  // namespace trowel::features
