// SPDX-License-Identifier: Apache-2.0
// The two sides of a sync as values: what is in the project, and what we have written to the workspace.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "trowel/os/directory.hpp"
#include "trowel/sync/remote_store.hpp"

namespace trowel::sync {

// All paths are relative to the roots, '/'-separated.

struct LocalFile {
  os::FileStamp stamp;  // all zero where the file was too young to trust it: look at the content again
  std::string hash;     // SHA-256, hex
  ObjectKind kind = ObjectKind::File;
  std::string extension;  // what the workspace takes off the name
};

struct LocalTree {
  std::map<std::string, LocalFile> files;
  // Files and folders that cannot be sent, with a sentence for the user. What we wrote for them before stays.
  std::map<std::string, std::string> problems;
};

// An object in the workspace that we wrote, as the workspace acknowledged it.
struct RemoteObject {
  std::string source;  // the local file it came from
  ObjectKind kind = ObjectKind::File;
  std::string extension;
  std::string hash;
  os::FileStamp stamp;  // of the local file then; saves reading it again
};

struct RemoteState {
  std::map<std::string, RemoteObject> objects;
  std::map<std::string, bool> folders;  // that are known to exist; true: made by us
};

inline std::string remotePathOf(const std::string& source, const LocalFile& file) {
  return source.substr(0, source.size() - file.extension.size());
}

// "" for a path directly beneath the root.
inline std::string_view parentOf(std::string_view path) {
  const auto slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string_view() : path.substr(0, slash);
}

inline bool isBeneath(std::string_view path, std::string_view folder) {
  return path.size() > folder.size() && path.starts_with(folder) && path[folder.size()] == '/';
}

}  // namespace trowel::sync
