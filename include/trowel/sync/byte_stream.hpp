// SPDX-License-Identifier: Apache-2.0
// Contents that need not fit into memory: where bytes come from, and where they go.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string_view>

#include "trowel/core/error.hpp"

namespace trowel::sync {

// One thread at a time.
class ByteSource {
 public:
  virtual ~ByteSource() = default;

  // In bytes; what is read comes to just that, or to an Error.
  virtual std::uint64_t size() const = 0;
  // The next bytes, at least one while size() is not reached.
  virtual core::Result<std::size_t> read(std::span<char> into) = 0;
  // Back to the first byte.
  virtual core::Result<void> rewind() = 0;
};

// Bytes in memory, which outlive it.
class TextSource final : public ByteSource {
 public:
  explicit TextSource(std::string_view bytes) : bytes_(bytes) {}

  std::uint64_t size() const override { return bytes_.size(); }
  core::Result<std::size_t> read(std::span<char> into) override {
    const auto count = bytes_.substr(position_).copy(into.data(), into.size());
    position_ += count;
    return count;
  }
  core::Result<void> rewind() override {
    position_ = 0;
    return {};
  }

 private:
  std::string_view bytes_;
  std::size_t position_ = 0;
};

// Takes bytes in their order. An Error ends the reading with it.
using ByteSink = std::function<core::Result<void>(std::string_view)>;

}  // namespace trowel::sync
