// SPDX-License-Identifier: Apache-2.0
// What is done with files and folders of DBFS and of volumes, from their views and from the palette.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "features/files/file_cache.hpp"
#include "features/files/remote_files.hpp"
#include "features/transfers/transfers.hpp"
#include "features/trees/tree_view.hpp"
#include "opened_copies.hpp"
#include "storage_choice.hpp"
#include "trowel/protocol/handlers.hpp"

namespace trowel::features {

class StorageActions final : public protocol::StorageCommands {
 public:
  struct Parts {
    Session& session;
    const Transfers& transfers;
    std::string copies;  // where copies that were opened lie; need not exist
    // What is in these folders is another now. On the thread of the action, without a lock.
    std::function<void(FileSystemKind kind, const std::vector<std::string>& folders)> changed;
  };

  explicit StorageActions(Parts parts)
      : parts_(std::move(parts)), cache_(parts_.session.clock()), copies_(parts_.copies, parts_.session.clock()) {}

  core::Result<core::Json> open(protocol::CommandCall& call) override;
  core::Result<core::Json> preview(protocol::CommandCall& call) override;
  core::Result<core::Json> download(protocol::CommandCall& call) override;
  core::Result<core::Json> uploadFiles(protocol::CommandCall& call) override;
  core::Result<core::Json> uploadFolder(protocol::CommandCall& call) override;
  core::Result<core::Json> makeFolder(protocol::CommandCall& call) override;
  core::Result<core::Json> rename(protocol::CommandCall& call) override;
  core::Result<core::Json> move(protocol::CommandCall& call) override;
  core::Result<core::Json> copy(protocol::CommandCall& call) override;
  core::Result<core::Json> remove(protocol::CommandCall& call) override;
  core::Result<core::Json> copyPath(protocol::CommandCall& call) override;

  // Onto a row of the view of `kind`: files of this machine are uploaded, rows of the same view move there after a
  // question, everything else that is remote is copied.
  core::Result<void> drop(FileSystemKind kind, const Drop& drop);

 private:
  // One of the two file systems over one connection.
  struct Place {
    Place(connection::ConnectionPtr over, FileSystemKind which, FileCache& cache)
        : connection(std::move(over)),
          kind(which),
          tree(fileTree(which, connection)),
          files(tree, cache, std::to_string(connection->generation) + " " + titleOf(which),
                Transfers::identityOf(*connection, which)) {}

    connection::ConnectionPtr connection;
    FileSystemKind kind;
    FileTree tree;
    RemoteFiles files;
  };

  core::Result<void> openCopy(Action& action, const Place& place, const std::string& path);
  core::Result<void> showBeginning(Action& action, const Place& place, const std::string& path);
  core::Result<core::Json> upload(protocol::CommandCall& call, protocol::FileKind kind, const std::string& title);
  enum class Verb : std::uint8_t { Move, Copy };
  core::Result<core::Json> carry(protocol::CommandCall& call, Verb verb);
  // Into a folder of the same file system.
  core::Result<void> carryInto(Action& action, Place& place, const std::vector<std::string>& paths,
                               const std::string& folder, Verb verb);
  // From another file system of the connection, by way of this machine.
  core::Result<void> bring(Action& action, const connection::ConnectionPtr& connection, const StorageSelection& from,
                           FileSystemKind kind, const std::string& folder);

  Parts parts_;
  FileCache cache_;
  OpenedCopies copies_;
};

}  // namespace trowel::features
