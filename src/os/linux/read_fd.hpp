// SPDX-License-Identifier: Apache-2.0
// Reading and writing a descriptor to the end, through interruptions and short counts.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace trowel::os {

// Appends at most `maxBytes` + 1 bytes, so that the caller sees that there was more. 0, or the errno.
int readAll(int fd, std::size_t maxBytes, std::string& into);
// 0, or the errno.
int writeAll(int fd, std::string_view bytes);

}  // namespace trowel::os
