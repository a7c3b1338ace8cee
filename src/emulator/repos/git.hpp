// SPDX-License-Identifier: Apache-2.0
// The real git, on repositories whose metadata lies outside of their working tree, and kept from running anything.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "trowel/core/cancel.hpp"
#include "trowel/core/error.hpp"

namespace trowel::emulator {

// Where the repository of a URL lies, which must be a path or a file:// URL: others are on other machines.
core::Result<std::string> localRepository(const std::string& url);

// Where the emulator keeps what git needs. Any thread.
class Git {
 public:
  // `home` is made where it is missing; it gets the one configuration that every command runs with. What still runs
  // when `stopped` is cancelled is killed.
  Git(std::filesystem::path home, core::CancelToken stopped);

  // A repository: its metadata, and the folder of its files (not needed by all commands).
  struct Repository {
    std::filesystem::path metadata;
    std::filesystem::path files = {};
  };

  // What the command printed. Conflict where it ends with another status than 0: the message is then what git said,
  // without paths of ours. Unavailable where git is missing, DeadlineExceeded after ten minutes, Cancelled.
  core::Result<std::string> run(const Repository& repository, std::vector<std::string> arguments) const;

  // A fresh place for metadata.
  std::filesystem::path newMetadata() const;
  std::filesystem::path metadata(const std::string& name) const { return home_ / (name + ".git"); }

 private:
  std::filesystem::path home_;
  core::CancelToken stopped_;
};

}  // namespace trowel::emulator
