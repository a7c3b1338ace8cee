// SPDX-License-Identifier: Apache-2.0
// Reads multipart/form-data bodies (RFC 7578).
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/server/http_message.hpp"

namespace trowel::emulator {

// A form as it arrives, part by part; no more of it is in memory than a piece. One thread. Errors: InvalidParams
// where the body is no such form or is cut off, and those of `body`.
class FormReader {
 public:
  // `body` outlives the reader.
  FormReader(BodyReader& body, std::string_view contentType);

  // The name of the next part, empty where it has none; nothing at the end of the form.
  core::Result<std::optional<std::string>> nextPart();
  // The next bytes of the content of that part, empty at its end; valid until the next call.
  core::Result<std::string_view> nextPiece();

 private:
  core::Result<void> fill();
  core::Result<std::string> readHead();

  BodyReader& body_;
  std::string delimiter_;  // with the line break in front; empty: the content type names none
  std::string buffer_;
  std::size_t used_ = 0;  // bytes of the buffer that the last call gave away
  bool inPart_ = true;    // what comes before the first delimiter is no part, but is skipped like one
};

struct FormPart {
  std::string name;
  std::string content;
};

// Nothing where the content type names no boundary or the body is cut off.
std::optional<std::vector<FormPart>> parseMultipart(std::string_view body, std::string_view contentType);

}  // namespace trowel::emulator
