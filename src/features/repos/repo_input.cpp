// SPDX-License-Identifier: Apache-2.0
#include "repo_input.hpp"

#include <algorithm>

#include "git_remote.hpp"
#include "repo_list.hpp"
#include "trowel/core/text.hpp"

namespace trowel::features {

std::vector<std::string> patternsIn(std::string_view line) {
  std::vector<std::string> patterns;
  for (auto part : core::split(line, ','))
    if (auto pattern = core::trim(part); !pattern.empty()) patterns.emplace_back(pattern);
  return patterns;
}

std::string problemOfRemote(const std::string& url) {
  if (hasSecret(url))
    return "Leave the password or token out of the address: others can read it there. The workspace signs in with a "
           "Git "
           "credential.";
  return repositoryName(url).empty() ? "An address is like https://github.com/owner/repository.git." : "";
}

std::string problemOfRepoPath(const std::string& path) {
  if (!path.starts_with('/') || path.ends_with('/')) return "A path begins with a slash and ends without one.";
  const auto plain = plainPath(path);
  if (isBelow(plain, "/Repos") && std::ranges::count(plain, '/') != 3)
    return "In /Repos it must be /Repos/FOLDER/NAME. Elsewhere any folder will do.";
  return plain.rfind('/') == 0 ? "It must be in a folder, such as your own." : "";
}

}  // namespace trowel::features
