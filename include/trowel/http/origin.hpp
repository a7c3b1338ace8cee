// SPDX-License-Identifier: Apache-2.0
// Scheme, host and port of a server, taken apart.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "trowel/core/error.hpp"

namespace trowel::http {

struct Origin {
  std::string scheme;      // "http" or "https"
  std::string host;        // lower case; an IPv6 address without its brackets
  std::uint16_t port = 0;  // the scheme's own where none is written

  // "http://127.0.0.1:8080": as shown to people, without a port that goes without saying.
  std::string text() const;
  // Host and port as the Host header wants them.
  std::string authority() const;
  // An address or name that can only mean this machine.
  bool isLoopback() const;

  bool operator==(const Origin&) const = default;
};

// InvalidParams, in words for the user, where `text` is not scheme://host[:port] or carries a user name or a path.
core::Result<Origin> parseOrigin(std::string_view text);

}  // namespace trowel::http
