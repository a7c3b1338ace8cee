// SPDX-License-Identifier: Apache-2.0
// Private copies of remote files that were opened to look at: kept for some days, so that a second look needs no
// download.
#pragma once

#include <string>

#include "trowel/core/clock.hpp"
#include "trowel/core/error.hpp"

namespace trowel::features {

// Any thread, several processes at once.
class OpenedCopies {
 public:
  // `folder` need not exist.
  OpenedCopies(std::string folder, core::Clock& clock) : folder_(std::move(folder)), clock_(clock) {}

  struct Place {
    std::string folder;  // mode 0700; holds the copy and nothing else
    std::string file;    // where the copy is, or is to come
    bool isThere = false;
  };
  // `key` names the file in one version: another version has another place. Removes what nobody has opened for three
  // days.
  core::Result<Place> place(const std::string& key, const std::string& name);

  // Makes a copy that has come read-only: what is written into it would never get back.
  static core::Result<void> seal(const Place& place);

  // A folder for what is only on its way, with mode 0700; whoever asks removes it.
  core::Result<std::string> passage() const;

 private:
  void prune() const;

  std::string folder_;
  core::Clock& clock_;
};

}  // namespace trowel::features
