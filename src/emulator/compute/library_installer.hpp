// SPDX-License-Identifier: Apache-2.0
// Installs one library for real, as far as a machine without a package index can.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "trowel/core/json.hpp"

namespace trowel::emulator {

struct Installation {
  std::vector<std::string> paths = {};  // for sys.path
  std::string problem = {};             // empty: installed
};

// Any thread.
class LibraryInstaller {
 public:
  // `folder` is the data folder: files of libraries are looked for in its trees (root/Workspace, root/dbfs,
  // root/Volumes), wheels are unpacked into its folder `libraries`.
  explicit LibraryInstaller(std::filesystem::path folder) : folder_(std::move(folder)) {}

  // whl: unpacked. jar, egg: INSTALLED where the file exists, without effect on Python (an egg is put on the path).
  // pypi and requirements: installed where the interpreter has the package in a fitting version. maven, cran and cloud
  // storage need a network and fail.
  Installation install(const std::string& clusterId, const core::Json& library) const;

 private:
  // The file of a path as users write it; nothing outside the trees.
  std::optional<std::filesystem::path> locate(std::string_view path) const;
  std::string installFile(const std::string& kind, const std::string& path, Installation& done) const;
  std::string installPackage(const std::string& requirement) const;
  std::string installRequirements(const std::filesystem::path& file, Installation& done) const;

  const std::filesystem::path folder_;
};

}  // namespace trowel::emulator
