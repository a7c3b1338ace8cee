// SPDX-License-Identifier: Apache-2.0
// One switch that makes requests to the emulator go wrong, and its form in JSON.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "trowel/core/error.hpp"
#include "trowel/core/json.hpp"

namespace trowel::emulator {

// How a connection ends, or does not, when all is sent that is to be sent.
enum class FaultEnd : std::uint8_t {
  Close,   // orderly
  Reset,   // the client sees "connection reset by peer"
  Stall,   // stays open in silence until the client leaves
  Endless  // blanks follow the body for ever
};

// The first fault whose pattern matches a request, and whose turn it is, applies to it.
struct Fault {
  // "METHOD /path" without the query; `*` stands for any run of characters. Or something that happens to an object of
  // the workspace, and its id: "CLUSTER_START 0821-*", "CONTEXT_LOST *".
  std::string pattern = {};
  int status = 0;  // 0: the answer of the endpoint itself is sent
  std::string body = {};
  std::string contentType = "application/json";
  std::vector<std::pair<std::string, std::string>> headers = {};  // e.g. Retry-After
  int skip = 0;                                                   // lets so many matching requests through first
  int times = 1;                                                  // 0: until cleared
  bool afterHandler = false;                   // the endpoint does its work, and only then the answer is replaced
  bool drop = false;                           // nothing is answered; the connection ends
  bool hold = false;                           // waits for releaseHeld() before anything is done
  std::optional<std::size_t> truncateAt = {};  // announces the whole body, sends so many bytes of it; then `end`

  std::optional<FaultEnd> end = {};    // nothing: Close after drop, truncateAt and a length that is too long
  std::int64_t lengthOff = 0;          // is added to the Content-Length that is announced
  std::chrono::milliseconds delay{0};  // before anything is done, by the emulator's clock
  std::uint64_t bytesPerSecond = 0;    // of the answer's body; 0: as fast as it goes
  double probability = 1;              // of those whose turn it is
  std::uint64_t seed = 1;              // of the dice
};

// The object that POST /emulator/faults and --fault take:
//   {pattern*, kind, status, body (text, or what is to be sent as JSON), content_type, headers{}, retry_after, skip,
//    times, probability, seed, hold, delay_ms, bytes_per_second, after_handler, drop, truncate_at, length_off,
//    end: close|reset|stall|endless}
// `kind` is a ready-made answer of the service (faultKinds()); what stands beside it comes in place of its parts.
// InvalidParams for anything else, also for a field that is not known: a misspelt fault would never happen.
core::Result<Fault> readFault(const core::Json& json);
core::Json describeFault(const Fault& fault);

// The names that `kind` may have: too_many_requests, token_expired, login_page, ...
std::vector<std::string> faultKinds();

}  // namespace trowel::emulator
