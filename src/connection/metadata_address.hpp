// SPDX-License-Identifier: Apache-2.0
// The address of an identity's metadata service, kept so that the terminals of yesterday find it today.
#pragma once

#include <cstdint>
#include <string>

#include "trowel/connection/metadata_service.hpp"

namespace trowel::connection {

struct MetadataAddress {
  std::uint16_t port = 0;
  std::string path;  // 64 hex digits

  std::string url() const;
};

// The file of its address and the lock of who serves it.
struct MetadataFiles {
  std::string address;
  std::string lock;
};
MetadataFiles metadataFiles(const std::string& stateFolder, const Identity& identity);

// NotFound where there is none yet, or one that nobody can make sense of.
core::Result<MetadataAddress> readAddress(const std::string& file);
// Mode 0600, replaced as a whole.
core::Result<void> writeAddress(const std::string& file, const MetadataAddress& address);

}  // namespace trowel::connection
