// SPDX-License-Identifier: Apache-2.0
#include "emulator/files/volumes.hpp"

#include "emulator/files/file_path.hpp"
#include "trowel/core/text.hpp"

namespace trowel::emulator {

std::string pathInVolumes(std::string_view cleanPath) {
  std::string path;
  int depth = 0;
  for (auto part : core::split(cleanPath.substr(1), '/'))
    if (depth++ > 0) path.append("/").append(depth <= 4 ? core::toLower(part) : std::string(part));
  return path.empty() ? "/" : path;
}

Reply<VolumePath> volumePath(std::string_view path) {
  auto clean = TROWEL_TRY(cleanPath(path));
  auto parts = core::split(std::string_view(clean).substr(1), '/');
  if (parts.front() != "Volumes" || parts.size() < 4)
    return invalidParameter("Path (" + clean + ") must begin with /Volumes/<catalog>/<schema>/<volume>.");
  return VolumePath{.name = {core::toLower(parts[1]), core::toLower(parts[2]), core::toLower(parts[3])},
                    .path = pathInVolumes(clean)};
}

Volumes::Volumes(FileTree& tree) : tree_(tree) {
  // Where it fails, the first use says so.
  static_cast<void>(create({.catalog = "main", .schema = "default", .volume = "data"}));
}

bool Volumes::exists(const VolumeName& name) const {
  auto found = tree_.status(name.folder());
  return found && found->folder;
}

Reply<void> Volumes::create(const VolumeName& name) {
  if (auto made = tree_.makeFolders(name.folder()); !made) return fileError(made.error(), "/Volumes" + name.folder());
  return {};
}

Reply<void> Volumes::remove(const VolumeName& name) {
  auto removed = tree_.removeAll(name.folder());
  if (!removed && removed.error() != FileProblem::NotFound && removed.error() != FileProblem::NotAFolder)
    return fileError(removed.error(), "/Volumes" + name.folder());
  return {};
}

Reply<void> Volumes::rename(const VolumeName& from, const VolumeName& to) {
  if (auto made = tree_.makeFolders(parentPath(to.folder())); !made)
    return fileError(made.error(), "/Volumes" + to.folder());
  if (auto moved = tree_.move(from.folder(), to.folder()); !moved)
    return fileError(moved.error(), "/Volumes" + to.folder());
  return {};
}

}  // namespace trowel::emulator
