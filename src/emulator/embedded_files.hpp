// SPDX-License-Identifier: Apache-2.0
// Files of this folder that travel inside the executable: the Python driver, the demo content, paths.so (see
// execution/user_paths.hpp) and keeper (see keeper/main.cpp).
#pragma once

#include <span>
#include <string_view>

namespace trowel::emulator {

struct EmbeddedFile {
  std::string_view path;  // beneath src/emulator, as in python/driver.py
  std::string_view content;
};

std::span<const EmbeddedFile> embeddedFiles();  // written by embed.cmake

}  // namespace trowel::emulator
