// SPDX-License-Identifier: Apache-2.0
#include "emulator/server/host_name.hpp"

#include <arpa/inet.h>

#include "trowel/core/text.hpp"

namespace trowel::emulator {

bool isOurName(std::string_view host) {
  if (host.starts_with('[')) return true;  // IPv6
  const std::string name = core::toLower(host.substr(0, host.find(':')));
  in_addr address{};
  return name.find('.') == std::string::npos || name.ends_with(".localhost") ||
         inet_pton(AF_INET, name.c_str(), &address) == 1;
}

}  // namespace trowel::emulator
