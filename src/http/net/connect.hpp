// SPDX-License-Identifier: Apache-2.0
// Opens a TCP connection to the first of a host's addresses that answers.
#pragma once

#include "http/net/lookup.hpp"

namespace trowel::http {

// A socket that does not block, without delay (TCP_NODELAY). Addresses are tried in turn, each next one as soon as the
// one before has failed or has been silent for 250 ms, the families in alternation (after RFC 8305), so that a broken
// IPv6 costs a quarter of a second. `name` is for error texts. Stage::Connect where none answers.
std::expected<os::UniqueFd, TransportError> connectTo(const std::vector<Address>& addresses, const std::string& name,
                                                      const Interrupt& interrupt);

}  // namespace trowel::http
