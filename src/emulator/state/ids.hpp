// SPDX-License-Identifier: Apache-2.0
// Makes ids of the magnitude that the service uses, so that clients which squeeze them into a double are found out.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace trowel::emulator {

// Any thread: every id is drawn from the system's random generator.
class Ids {
 public:
  // `small`: large() stays below 2^53 too, for clients that cannot be helped.
  explicit Ids(bool small = false) : small_(small) {}

  std::int64_t object();                                // 16 digits, below 2^53, as workspace objects have
  std::int64_t large();                                 // 19 digits, above 2^53 (small: as object())
  std::string cluster(std::int64_t epochMilliseconds);  // 0821-223236-5fpp2uv9
  std::string command();                                // 32 hex digits
  std::string warehouse();                              // 16 hex digits

 private:
  bool small_;
};

std::string randomUuid();

// The same UUID for the same text in every run.
std::string uuidOf(std::string_view text);

}  // namespace trowel::emulator
