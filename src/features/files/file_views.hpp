// SPDX-License-Identifier: Apache-2.0
// Which view shows which file system. Pure.
#pragma once

#include <optional>
#include <string_view>

#include "file_uri.hpp"

namespace trowel::features {

// One of protocol::view.
std::string_view viewOf(FileSystemKind kind);
// Nothing for a view of something else.
std::optional<FileSystemKind> fileSystemOf(std::string_view view);

}  // namespace trowel::features
