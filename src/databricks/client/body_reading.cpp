// SPDX-License-Identifier: Apache-2.0
#include "databricks/client/body_reading.hpp"

#include <algorithm>

namespace trowel::databricks {

core::Result<std::string> readPiece(http::BodySource& source, std::uint64_t& position, std::uint64_t size) {
  std::string piece(static_cast<std::size_t>(std::min(size, source.size() - position)), '\0');
  for (std::size_t filled = 0; filled < piece.size();) {
    auto count = TROWEL_TRY(source.read(std::span(piece).subspan(filled)));
    if (count == 0) return core::fail(core::ErrorCode::DataLoss, "The file became shorter while it was read.");
    filled += count;
  }
  position += piece.size();
  return piece;
}

core::Result<std::size_t> TextSource::read(std::span<char> into) {
  auto count = text_.substr(position_).copy(into.data(), into.size());
  position_ += count;
  return count;
}

core::Result<void> TextSource::rewind() {
  position_ = 0;
  return {};
}

}  // namespace trowel::databricks
