// SPDX-License-Identifier: Apache-2.0
// Sources of bodies, read in pieces of a size and made of a text.
#pragma once

#include <string>

#include "trowel/http/client.hpp"

namespace trowel::databricks {

// The next `size` bytes; fewer only at the end of the source.
core::Result<std::string> readPiece(http::BodySource& source, std::uint64_t& position, std::uint64_t size);

// Bytes in memory, as often as they are wanted.
class TextSource final : public http::BodySource {
 public:
  explicit TextSource(std::string_view text) : text_(text) {}

  std::uint64_t size() const override { return text_.size(); }
  core::Result<std::size_t> read(std::span<char> into) override;
  core::Result<void> rewind() override;

 private:
  std::string_view text_;
  std::size_t position_ = 0;
};

}  // namespace trowel::databricks
