// SPDX-License-Identifier: Apache-2.0
#include "git_branch.hpp"

#include <string_view>

#include "trowel/core/text.hpp"
#include "trowel/os/files.hpp"

namespace trowel::features {

namespace {

constexpr std::size_t kMaxBytes = 4096;  // of HEAD, and of a .git that is a file
constexpr std::size_t kShortHash = 12;

// The first line of a small file; empty where there is none.
std::string lineOf(const std::string& path) {
  const auto text = os::readFile(path, kMaxBytes);
  return text ? std::string(core::trim(*text)) : std::string();
}

// What follows `start`; empty where the text begins otherwise.
std::string_view after(std::string_view text, std::string_view start) {
  return text.starts_with(start) ? core::trim(text.substr(start.size())) : std::string_view();
}

}  // namespace

std::string gitBranchOf(const std::string& folder) {
  std::string top = folder;
  while (!top.empty() && !os::pathExists(top + "/.git"))
    top.resize(top.rfind('/') == std::string::npos ? 0 : top.rfind('/'));
  if (top.empty()) return {};
  std::string repository = top + "/.git";
  // Of linked work trees and submodules .git is a file that says where it is.
  const auto pointer = lineOf(repository);
  if (const auto place = after(pointer, "gitdir:"); !place.empty())
    repository = place.starts_with('/') ? std::string(place) : top + "/" + std::string(place);
  const auto head = lineOf(repository + "/HEAD");
  const auto reference = after(head, "ref:");
  if (reference.empty()) return head.substr(0, kShortHash);
  const auto branch = after(reference, "refs/heads/");
  return std::string(branch.empty() ? reference : branch);
}

}  // namespace trowel::features
