// SPDX-License-Identifier: Apache-2.0
// Large bodies that are never in memory as a whole: bytes that follow from their position, read and checked in pieces.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "trowel/http/client.hpp"

namespace trowel::test {

// Without a period that a block size could hide.
inline constexpr std::size_t kPeriod = 1'000'003;

inline const std::string& onePeriod() {
  static const std::string bytes = [] {
    std::string made(kPeriod, '\0');
    std::uint32_t state = 1;
    for (char& byte : made) {
      state = state * 1664525 + 1013904223;
      byte = static_cast<char>(state >> 24);
    }
    return made;
  }();
  return bytes;
}

// Calls `take` with the bytes from `position` on, in as few pieces as there are.
template <typename Take>
void eachPiece(std::uint64_t position, std::size_t count, Take take) {
  while (count > 0) {
    const auto begin = static_cast<std::size_t>(position % kPeriod);
    const auto piece = std::string_view(onePeriod()).substr(begin, count);
    take(piece);
    position += piece.size();
    count -= piece.size();
  }
}

inline std::string bytesAt(std::uint64_t position, std::size_t count) {
  std::string bytes;
  bytes.reserve(count);
  eachPiece(position, count, [&](std::string_view piece) { bytes += piece; });
  return bytes;
}

class GeneratedSource final : public http::BodySource {
 public:
  explicit GeneratedSource(std::uint64_t size, bool rewinds = true) : size_(size), rewinds_(rewinds) {}

  std::uint64_t size() const override { return size_; }
  core::Result<std::size_t> read(std::span<char> into) override {
    largestRead_ = std::max(largestRead_, into.size());
    // Sources may give less than they are asked for.
    const auto count = static_cast<std::size_t>(std::min<std::uint64_t>({into.size(), 777'777, size_ - position_}));
    std::size_t filled = 0;
    eachPiece(position_, count, [&](std::string_view piece) { filled += piece.copy(&into[filled], piece.size()); });
    position_ += count;
    return count;
  }
  core::Result<void> rewind() override {
    if (!rewinds_) return http::BodySource::rewind();
    position_ = 0;
    ++rewound_;
    return {};
  }

  std::size_t largestRead() const { return largestRead_; }
  int rewound() const { return rewound_; }

 private:
  std::uint64_t size_;
  bool rewinds_;
  std::uint64_t position_ = 0;
  std::size_t largestRead_ = 0;
  int rewound_ = 0;
};

// Counts what comes, and whether it is what it should be.
struct CheckedSink {
  std::uint64_t taken = 0;
  std::size_t largest = 0;
  bool right = true;

  core::Result<void> operator()(std::string_view bytes) {
    largest = std::max(largest, bytes.size());
    eachPiece(taken, bytes.size(), [&](std::string_view piece) {
      right = right && bytes.starts_with(piece);
      bytes.remove_prefix(piece.size());
      taken += piece.size();
    });
    return {};
  }
};

}  // namespace trowel::test
