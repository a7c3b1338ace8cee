// SPDX-License-Identifier: Apache-2.0
// The folders of Unity Catalog volumes. Unity Catalog decides which there are; here is what is in them.
#pragma once

#include <string>
#include <string_view>

#include "emulator/files/file_tree.hpp"
#include "emulator/server/api_error.hpp"

namespace trowel::emulator {

struct VolumeName {
  std::string catalog, schema, volume;  // in lower case, as Unity Catalog keeps names

  std::string folder() const { return "/" + catalog + "/" + schema + "/" + volume; }  // within the tree
  std::string full() const { return catalog + "." + schema + "." + volume; }
};

// A path beneath /Volumes, taken apart.
struct VolumePath {
  VolumeName name;
  std::string path;  // within the tree: "/main/default/data/a.csv"; names of the volume in lower case

  bool isRoot() const { return path == name.folder(); }
  std::string shown() const { return "/Volumes" + path; }
};

// "/Volumes/Main/Default/Data/A" -> "/main/default/data/A": the path within the tree.
std::string pathInVolumes(std::string_view cleanPath);

// INVALID_PARAMETER_VALUE for what is not /Volumes/<catalog>/<schema>/<volume>[/…].
Reply<VolumePath> volumePath(std::string_view path);

// Any thread. A volume exists where its folder does; main.default.data always does.
class Volumes {
 public:
  explicit Volumes(FileTree& tree);

  bool exists(const VolumeName& name) const;
  // Makes the folder; one that is there stays as it is.
  Reply<void> create(const VolumeName& name);
  // With all that is in it. What is not there is removed already.
  Reply<void> remove(const VolumeName& name);
  // To another name, with all that is in it. RESOURCE_ALREADY_EXISTS where that is taken.
  Reply<void> rename(const VolumeName& from, const VolumeName& to);

  FileTree& tree() { return tree_; }

 private:
  FileTree& tree_;
};

}  // namespace trowel::emulator
