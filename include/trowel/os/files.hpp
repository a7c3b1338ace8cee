// SPDX-License-Identifier: Apache-2.0
// Whole files: read with a limit, replaced so that a crash leaves the old or the new one; private folders.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "trowel/core/error.hpp"

namespace trowel::os {

// The whole content. NotFound where there is none; InvalidParams where it is longer than `maxBytes` or no regular file.
// Never blocks on a FIFO or device.
core::Result<std::string> readFile(const std::string& path, std::size_t maxBytes);

// Temporary file beside it, fsync, rename, fsync of the folder: a reader sees the old or the new content, never a mix,
// and after return the new one survives a power loss. `mode` as in chmod(2), not narrowed by the umask.
core::Result<void> replaceFile(const std::string& path, std::string_view bytes, unsigned mode = 0600);

// A new file <dir>/<prefix><random> with mode 0600 that holds `bytes`; its path. The caller removes it.
core::Result<std::string> writeTempFile(const std::string& dir, std::string_view prefix, std::string_view bytes);

// A new folder <dir>/<prefix><random> with mode 0700; its path. The caller removes it.
core::Result<std::string> makeTempDir(const std::string& dir, std::string_view prefix);

// Makes the folder and its parents, new ones with mode 0700. An existing last one must be ours; its mode becomes 0700.
core::Result<void> makePrivateDirs(const std::string& path);

// A file that is not there is no error.
core::Result<void> removeFile(const std::string& path);
// The folder with everything in it; follows no symbolic link; one that is not there is no error.
core::Result<void> removeTree(const std::string& path);

bool pathExists(const std::string& path);

// Absolute, without symbolic links, "." and "..". NotFound where nothing is there.
core::Result<std::string> realPath(const std::string& path);

}  // namespace trowel::os
