// SPDX-License-Identifier: Apache-2.0
// Paths of the Files API as a part of an address.
#pragma once

#include <string_view>

namespace trowel::databricks {

// Without the slashes at its ends: "/Volumes/a/" as `{path...}` of "/api/2.0/fs/files/{path...}".
inline std::string_view relative(std::string_view path) {
  while (path.starts_with('/')) path.remove_prefix(1);
  while (path.ends_with('/')) path.remove_suffix(1);
  return path;
}

}  // namespace trowel::databricks
