// SPDX-License-Identifier: Apache-2.0
// The file systems wsfs:, dbfs: and volumes: of the editor, and their mounting as folders of the window.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>

#include "features/action.hpp"
#include "features/session.hpp"
#include "features/tree.hpp"
#include "file_cache.hpp"
#include "file_watches.hpp"
#include "remote_files.hpp"
#include "trowel/protocol/handlers.hpp"

namespace trowel::features {

class FileSystem final : public protocol::FsHandlers, public protocol::FsCommands {
 public:
  FileSystem(Session& session, Tree& tree) : session_(session), tree_(tree), cache_(session.clock()) {}

  // Something else than this has changed files there: a checkout, an upload, another connection. Believes nothing from
  // before, and has the editor told what is another now. Any thread; does not block.
  void refresh();

  core::Result<protocol::FsStat> stat(const protocol::FsUriParams& params, rpc::CallContext& call) override;
  core::Result<protocol::FsListResult> list(const protocol::FsUriParams& params, rpc::CallContext& call) override;
  core::Result<protocol::FsReadResult> read(const protocol::FsUriParams& params, rpc::CallContext& call) override;
  core::Result<protocol::FsStat> write(const protocol::FsWriteParams& params, rpc::CallContext& call) override;
  core::Result<core::Json> mkdir(const protocol::FsUriParams& params, rpc::CallContext& call) override;
  core::Result<core::Json> remove(const protocol::FsDeleteParams& params, rpc::CallContext& call) override;
  core::Result<core::Json> rename(const protocol::FsMoveParams& params, rpc::CallContext& call) override;
  core::Result<core::Json> copy(const protocol::FsMoveParams& params, rpc::CallContext& call) override;
  void watch(const protocol::FsWatchParams& params) override;

  core::Result<core::Json> mount(protocol::CommandCall& call) override;

 private:
  // Where an address leads: over one connection, from the beginning of a call to its end.
  struct Place;

  // The project that an address belongs to. NotConfigured where none is connected with its host.
  core::Result<Project> projectOf(const FileUri& uri) const;
  core::Result<std::unique_ptr<Place>> place(const std::string& uri, const core::CancelToken& cancel);
  struct Ends;
  // Both ends of a copy. Unsupported where they are of different file systems.
  core::Result<Ends> ends(const protocol::FsMoveParams& params, const core::CancelToken& cancel);
  std::unique_ptr<Place> placeOver(connection::ConnectionPtr connection, FileUri uri, const core::CancelToken& cancel);
  void drawTree(const FileUri& changed);
  void lookLater();
  void look(const core::CancelToken& cancel);
  core::Result<FolderSight> sight(Place& place);

  Session& session_;
  Tree& tree_;
  FileCache cache_;
  FileWatches watches_;
  std::atomic<bool> waiting_ = false;  // a look is due
  std::atomic<bool> looking_ = false;
};

}  // namespace trowel::features
