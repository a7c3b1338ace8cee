// SPDX-License-Identifier: Apache-2.0
// What the emulator remembers of one request.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace trowel::emulator {

// Nothing in it is secret: tokens and the like are masked wherever they stand.
struct RequestRecord {
  std::string method;
  std::string path;                                             // as sent, escaped, without the query
  int status = 0;                                               // 0: the connection was dropped instead of answered
  std::vector<std::pair<std::string, std::string>> query = {};  // decoded, in order
  std::string user = {};                                        // userName; empty: nobody, or a token that is none
  std::string userAgent = {};
  std::string requestId = {};  // as in x-request-id
  std::int64_t time = 0;       // of its head, epoch milliseconds by the emulator's clock
  double milliseconds = 0;     // from head to answer, without sending it
  std::uint64_t bytesIn = 0;   // of the body, as far as it was read
  std::uint64_t bytesOut = 0;  // of the body, as far as it is to be sent
};

}  // namespace trowel::emulator
