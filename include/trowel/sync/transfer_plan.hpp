// SPDX-License-Identifier: Apache-2.0
// What a transfer is asked to do, and what it is going to do: values, to be shown before anything happens (dry run).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "trowel/os/directory.hpp"
#include "trowel/sync/export_formats.hpp"

namespace trowel::sync {

enum class Direction : std::uint8_t { Down, Up };

// What becomes of a file that differs on both sides and of which nobody knows that it may be replaced. Mine is the
// local one, theirs the remote one, whichever way it goes; Both gives the one that comes a name of its own: "a (2).py".
enum class OnConflict : std::uint8_t { Ask, KeepMine, TakeTheirs, KeepBoth };

// A folder there and a folder here, with what is in them.
struct FolderPair {
  std::string remote;                   // absolute, without a slash at the end
  std::string local;                    // absolute; need not be there for a download
  std::vector<std::string> names = {};  // the children that are meant, as the source calls them; empty: all
};

struct TransferRequest {
  Direction direction = Direction::Down;
  std::vector<FolderPair> folders;
  OnConflict onConflict = OnConflict::Ask;
  ExportFormats formats = ExportFormats::standard();
  // Leave out of an upload what git would ignore. What tools keep for themselves (.git) never goes; what was named
  // does.
  bool ignoreRules = true;
  std::vector<std::string> exclude = {};  // more of that, as lines of a .gitignore in the local folder
};

enum class CopyReason : std::uint8_t {
  New,
  Changed,   // the source alone, since both were known to be equal
  Conflict,  // the target as well, or nobody knows
};

// Paths are relative to the folders of the pair.
struct FolderStep {
  std::size_t pair = 0;
  std::string path;  // the same on both sides; "" for the folder itself
  bool operator==(const FolderStep&) const = default;
};

struct CopyStep {
  std::size_t pair = 0;
  std::string remote = {};
  std::string local = {};
  Form form = {};
  CopyReason why = CopyReason::New;
  std::optional<std::uint64_t> size = {};   // of the source, bytes; nothing where it is not told
  std::optional<os::FileStamp> stamp = {};  // of the local file; nothing where there is none
  std::string version = {};                 // of the remote object; empty where there is none or it is not told
  std::int64_t modifiedAt = 0;              // of the remote object, milliseconds since 1970; 0: not told
};

struct LeftOut {
  std::string path;  // absolute on the side of the source, escaped for showing
  std::string why;   // a sentence
};

struct TransferPlan {
  Direction direction = Direction::Down;
  OnConflict onConflict = OnConflict::Ask;
  ExportFormats formats;
  std::vector<FolderPair> pairs;
  std::vector<FolderStep> folders;  // to be made in the target, parents first
  std::vector<CopyStep> copies;     // what is clear first, then the conflicts; each by path
  std::vector<LeftOut> leftOut;     // by path
  std::vector<std::string> warnings;
  std::size_t equal = 0;          // files that are the same on both sides
  std::size_t settled = 0;        // conflicts that were decided already, in a run that was interrupted
  std::uint64_t bytes = 0;        // of all copies whose size is told
  std::vector<FolderStep> parts;  // what interrupted downloads have left and nobody goes on with

  std::string remotePath(const CopyStep& step) const;
  std::string localPath(const CopyStep& step) const;
};

}  // namespace trowel::sync
