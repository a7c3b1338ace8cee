// SPDX-License-Identifier: Apache-2.0
// What the objects of a folder are on both sides of a transfer: the same, changed here, changed there. Cheap: by what
// the journal of transfers knows; contents are compared only where somebody asks, and what is found is remembered.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "trowel/os/directory.hpp"
#include "trowel/sync/remote_tree.hpp"
#include "trowel/sync/transfer.hpp"

namespace trowel::sync {

enum class SideState : std::uint8_t {
  OnlyThere,
  OnlyHere,
  Folder,  // on both sides; what is in it has states of its own
  Same,
  LocalChanged,   // since both were known to be the same
  RemoteChanged,  // likewise
  BothChanged,    // or nobody knows since when they differ
  Clash,          // what is here cannot stand for what is there; `problem` says why
};

struct SidedObject {
  std::string name;                         // there; of what is only here, the name that it would get
  std::optional<Entry> remote = {};         // nothing where it is not there
  std::string local = {};                   // its file name here; empty where it is not here
  std::optional<os::FileStamp> stamp = {};  // of a local file
  Form form = {};                           // of a local file: what it is in the remote
  SideState state = SideState::OnlyThere;
  bool doubtful = false;     // only their contents tell whether they are not the same after all
  std::string problem = {};  // why it cannot be transferred, a sentence; empty where it can

  bool isFolder() const { return remote ? remote->kind == EntryKind::Folder : !stamp; }
};

// Any thread.
class FolderLook {
 public:
  // Of the options, identity and stateDir count: the journal is that of transfers with the same.
  explicit FolderLook(const TransferOptions& options);
  ~FolderLook();

  // The objects of `folder`, a path beneath the two roots ("" for them), by name. `there`: what the remote folder has;
  // it may be that it does not exist, as the local one. Blocks for as long as reading a folder and the beginnings of
  // its notebooks takes.
  core::Result<std::vector<SidedObject>> look(const FolderPair& roots, const std::string& folder,
                                              std::vector<Entry> there, const ExportFormats& formats,
                                              const core::CancelToken& token);

  // Whether both sides of a doubtful object of `folder` have the same bytes; if so, the journal knows from now on.
  // Reads as much of the remote object as is the same.
  core::Result<bool> compare(RemoteTree& remote, const FolderPair& roots, const std::string& folder,
                             const SidedObject& object, const core::CancelToken& token);

 private:
  std::unique_ptr<class PairJournal> journal_;
};

}  // namespace trowel::sync
