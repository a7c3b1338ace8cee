// SPDX-License-Identifier: Apache-2.0
// Content as a stream that has a piece of it in memory at a time.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <istream>
#include <optional>
#include <streambuf>
#include <string>
#include <string_view>

#include "emulator/files/file_problem.hpp"

namespace trowel::emulator {

// One thread.
class PieceStream final : private std::streambuf, public std::istream {
 public:
  // At most `length` bytes from `offset`, none at the end.
  using Read = std::function<FileResult<std::string>(std::uint64_t offset, std::uint64_t length)>;

  explicit PieceStream(Read read) : std::istream(static_cast<std::streambuf*>(this)), read_(std::move(read)) {}
  // Of content that is in memory, and outlives the stream.
  explicit PieceStream(std::string_view content)
      : PieceStream([content](std::uint64_t offset, std::uint64_t length) {
          return FileResult<std::string>(content.substr(std::min<std::uint64_t>(offset, content.size()), length));
        }) {}

  // What ended the content before its end.
  std::optional<FileProblem> problem() const { return problem_; }

 private:
  std::streambuf::int_type underflow() override {
    constexpr std::uint64_t kPiece = 64UL * 1024;
    auto piece = read_(offset_, kPiece);
    if (!piece) problem_ = piece.error();
    if (!piece || piece->empty()) return std::streambuf::traits_type::eof();
    piece_ = *std::move(piece);
    offset_ += piece_.size();
    setg(piece_.data(), piece_.data(), piece_.data() + piece_.size());
    return std::streambuf::traits_type::to_int_type(piece_.front());
  }

  Read read_;
  std::uint64_t offset_ = 0;
  std::string piece_;
  std::optional<FileProblem> problem_;
};

}  // namespace trowel::emulator
