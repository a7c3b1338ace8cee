// SPDX-License-Identifier: Apache-2.0
// Looks at both sides of a transfer: what is in a local folder, what is in a remote one.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "sync/ignore_rules.hpp"
#include "sync/transfer/naming.hpp"
#include "trowel/core/cancel.hpp"
#include "trowel/os/directory.hpp"
#include "trowel/sync/remote_tree.hpp"

namespace trowel::sync {

// Folders by their path from the root, which is "" and missing where there is no such folder. A folder that could not
// be listed stands in `problems` with the reason.

struct RemoteListing {
  std::map<std::string, std::vector<Entry>> folders;  // each sorted by name
  std::map<std::string, std::string> problems;
};

struct LocalEntry {
  std::string name;
  os::FileType type = os::FileType::Other;
  os::FileStamp stamp = {};  // of files
  Form form = {};            // what the file becomes in an upload
  std::string problem = {};  // why it cannot be uploaded; empty where it can
};

struct LocalListing {
  std::map<std::string, std::vector<LocalEntry>> folders;  // each sorted by name
  std::map<std::string, std::string> problems;
  std::vector<std::string> matchesNoFormat;  // UploadForm
  std::vector<std::string> parts;            // of downloads that were interrupted
  bool ignoresCase = false;                  // the file system
};

// Which of what there is shall be looked at.
struct Scope {
  std::vector<std::string> names;  // of the root's children; empty: all
  std::function<bool(const std::string& folder)> enters = [](const std::string&) { return true; };
};

// Lists folders side by side. What concerns all of the remote is an Error, as is a root that cannot be listed; a root
// that is not there is an empty listing.
core::Result<RemoteListing> listRemote(RemoteTree& remote, const std::string& root, const Scope& scope,
                                       std::size_t parallel, const core::CancelToken& token);

// What an upload of `root` finds. `rules` may be null.
core::Result<LocalListing> listForUpload(const os::Directory& root, const std::string& remoteRoot, const Scope& scope,
                                         const IgnoreRules& rules, const ExportFormats& formats,
                                         const core::CancelToken& token);

// The same for one folder beneath `root` alone; `folder` is its path. A folder that is not there is an empty listing.
core::Result<LocalListing> listLevel(const os::Directory& root, const std::string& folder,
                                     const std::string& remoteRoot, const IgnoreRules& rules,
                                     const ExportFormats& formats, const core::CancelToken& token);

// What an upload of `root` leaves out: by git's rules where they count, and by further lines of a .gitignore.
IgnoreRules ignoreRulesFor(const std::string& root, bool gitRules, const std::vector<std::string>& exclude);

// One spelling of a folder for what the journal knows, whether it is there yet or not.
std::string realFolder(const std::string& path);

// What a download into `root` finds in its way: only folders that the remote has, too.
core::Result<LocalListing> listForDownload(const std::string& root, const RemoteListing& remote,
                                           const core::CancelToken& token);

}  // namespace trowel::sync
