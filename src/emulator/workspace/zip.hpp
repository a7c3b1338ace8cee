// SPDX-License-Identifier: Apache-2.0
// Zip archives in memory, as folders travel in and out of the workspace (PKWARE's APPNOTE 6.3, without zip64).
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace trowel::emulator {

struct ZipEntry {
  std::string name;  // '/'-separated; ends with a slash where it is a folder
  std::string content = {};
};

// Deflates what gets smaller by it.
std::string writeZip(const std::vector<ZipEntry>& entries);

// Stored and deflated entries, in the archive's order. Nothing where the bytes are no whole archive, an entry is
// encrypted, damaged or compressed in another way, or all contents together have more than `limit` bytes.
std::optional<std::vector<ZipEntry>> readZip(std::string_view archive, std::size_t limit);

}  // namespace trowel::emulator
