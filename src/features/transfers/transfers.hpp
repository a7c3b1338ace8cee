// SPDX-License-Identifier: Apache-2.0
// Downloads and uploads for every view and command: asks, shows progress, settles conflicts with the user, tells the
// result. What is copied, and how, is the business of sync::Transfer.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "features/action.hpp"
#include "features/connections/offers.hpp"
#include "transfer_place.hpp"
#include "trowel/sync/transfer.hpp"

namespace trowel::features {

class Transfers {
 public:
  struct Parts {
    Session& session;
    const Offers& offers;
    std::string stateFolder;  // os::stateDir(); journals go to its folder "transfer"
    // Something was copied, or failed half-way. On the thread of the action, without a lock.
    std::function<void(FileSystemKind kind, sync::Direction direction)> changed;
  };

  explicit Transfers(Parts parts) : parts_(std::move(parts)) {}

  // Where a tree of the project's connection lies here. NotConfigured, InvalidParams where settings are wrong. Blocks
  // for as long as a few small files take.
  core::Result<TransferPlace> place(const Project& project, const connection::Connection& connection,
                                    FileSystemKind kind) const;

  // The root of the workspace's tree, as the settings say.
  core::Result<std::string> remoteRoot(const Project& project, const connection::Connection& connection) const;

  // The local sync folder itself, around the places of all trees. As place().
  core::Result<std::string> localFolder(const Project& project) const;
  // How many objects there are below a remote folder, without the folders.
  core::Result<std::size_t> countBelow(const connection::ConnectionPtr& connection, FileSystemKind kind,
                                       const std::string& folder, const core::CancelToken& cancel) const;

  struct Order {
    FileSystemKind kind = FileSystemKind::Workspace;
    sync::Direction direction = sync::Direction::Down;
    std::vector<sync::FolderPair> folders;
    sync::ExportFormats formats = sync::ExportFormats::standard();
    // Asks before it begins, with the counts; the user may look at the plan instead (dry run).
    bool confirm = false;
    bool quiet = false;  // says nothing where all went well
  };

  // Does it, and tells the user what came of it. Fails where some of it did not work, with all there is to say: to do
  // the same again then does only what is left. Cancelled where the user wants none of it.
  core::Result<sync::TransferReport> run(Action& action, const connection::ConnectionPtr& connection,
                                         const Order& order) const;

  // These files and folders of the remote tree, into their place here; or of the place here, to the remote tree.
  // Folders are asked about first.
  core::Result<sync::TransferReport> download(Action& action, const connection::ConnectionPtr& connection,
                                              FileSystemKind kind, const std::vector<std::string>& paths,
                                              bool confirm) const;
  core::Result<sync::TransferReport> upload(Action& action, const connection::ConnectionPtr& connection,
                                            FileSystemKind kind, const std::vector<std::string>& paths,
                                            bool confirm) const;
  // Any files and folders of this machine, into a remote folder.
  core::Result<sync::TransferReport> uploadInto(Action& action, const connection::ConnectionPtr& connection,
                                                FileSystemKind kind, const std::string& folder,
                                                const std::vector<std::string>& paths) const;

  // Something was copied by somebody else.
  void copied(FileSystemKind kind, sync::Direction direction) const { parts_.changed(kind, direction); }

  // What the journal of such transfers is kept under.
  static std::string identityOf(const connection::Connection& connection, FileSystemKind kind);
  sync::TransferOptions optionsFor(const connection::Connection& connection, FileSystemKind kind) const;

 private:
  static core::Result<void> ask(Action& action, const sync::TransferPlan& plan);

  Parts parts_;
};

}  // namespace trowel::features
