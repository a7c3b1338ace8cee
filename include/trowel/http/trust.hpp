// SPDX-License-Identifier: Apache-2.0
// Whom TLS connections trust: the system's certificate authorities, and files with more of them.
#pragma once

#include <string>
#include <vector>

namespace trowel::http {

struct CaFile {
  std::string path;  // PEM, one certificate or many
  std::string from;  // where the path was found, for error texts: "SSL_CERT_FILE"

  bool operator==(const CaFile&) const = default;
};

// There is no way to trust everybody.
struct Trust {
  std::vector<CaFile> extra = {};

  bool operator==(const Trust&) const = default;
};

}  // namespace trowel::http
