// SPDX-License-Identifier: Apache-2.0
// Generated cases that can be repeated: the seed is printed with a failure and taken from TROWEL_SEED.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <random>
#include <span>
#include <string>

namespace trowel::test {

// TROWEL_SEED where it is set, else a new one.
inline std::uint64_t randomSeed() {
  if (const char* given = std::getenv("TROWEL_SEED")) return std::strtoull(given, nullptr, 10);
  return std::random_device{}();
}

class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}

  // 0 … bound - 1
  std::size_t below(std::size_t bound) { return static_cast<std::size_t>(engine_() % bound); }
  bool chance(unsigned percent) { return below(100) < percent; }
  template <typename Values>
  const auto& of(const Values& values) {
    return values[below(std::size(values))];
  }

 private:
  std::mt19937_64 engine_;
};

}  // namespace trowel::test
