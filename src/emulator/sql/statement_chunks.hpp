// SPDX-License-Identifier: Apache-2.0
// The rows of a statement's result, cut into chunks and kept as the text that clients get.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "trowel/core/json.hpp"

namespace trowel::emulator {

enum class ResultFormat : std::uint8_t { Json, Csv };

// Source: rest-api.md 13.1. JSON: every chunk is an array of rows. CSV (RFC 4180): the first chunk begins with the
// names of the columns, and null is the word null.
class StatementChunks {
 public:
  struct Place {
    std::size_t offset = 0;  // rows before the chunk
    std::size_t count = 0;   // rows in it
  };

  StatementChunks() = default;
  // `columns` as in the manifest. `maxRows` in a chunk, 0: any number; only a single row may exceed `maxBytes`.
  StatementChunks(ResultFormat format, const core::Json& columns, std::size_t maxRows, std::size_t maxBytes);

  // An array of texts and nulls; `json` is the same as text.
  void add(const core::Json& row, std::string_view json);

  std::size_t count() const { return chunks_.size(); }
  std::size_t rows() const { return rows_; }
  std::size_t bytes() const { return bytes_; }  // of all chunks
  Place place(std::size_t index) const { return chunks_[index].place; }
  std::string text(std::size_t index) const;

 private:
  struct Chunk {
    Place place;
    std::string text;
  };

  ResultFormat format_ = ResultFormat::Json;
  std::size_t maxRows_ = 0;
  std::size_t maxBytes_ = 0;
  std::string header_;
  std::vector<Chunk> chunks_;  // JSON without the bracket at the end
  std::size_t rows_ = 0;
  std::size_t bytes_ = 0;
};

}  // namespace trowel::emulator
