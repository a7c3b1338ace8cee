// SPDX-License-Identifier: Apache-2.0
#include "emulator/server/multipart.hpp"

#include <algorithm>
#include <utility>

#include "trowel/core/text.hpp"

namespace trowel::emulator {

namespace {

// The value of `key=` in a header, with or without quotes.
std::optional<std::string> attribute(std::string_view header, std::string_view key) {
  for (auto part : core::split(header, ';')) {
    part = core::trim(part);
    auto equals = part.find('=');
    if (equals == std::string_view::npos || !core::equalsIgnoreCase(part.substr(0, equals), key)) continue;
    auto value = part.substr(equals + 1);
    if (value.size() >= 2 && value.front() == '"' && value.back() == '"') value = value.substr(1, value.size() - 2);
    return std::string(value);
  }
  return std::nullopt;
}

}  // namespace

FormReader::FormReader(BodyReader& body, std::string_view contentType) : body_(body), buffer_("\r\n") {
  auto boundary = attribute(contentType, "boundary");
  if (boundary && !boundary->empty()) delimiter_ = "\r\n--" + *boundary;
}

core::Result<void> FormReader::fill() {
  auto piece = TROWEL_TRY(body_.next());
  if (piece.empty()) return core::fail(core::ErrorCode::InvalidParams, "The form is cut off.");
  buffer_.append(piece);
  return {};
}

core::Result<std::string_view> FormReader::nextPiece() {
  buffer_.erase(0, std::exchange(used_, 0));
  while (inPart_) {
    auto at = buffer_.find(delimiter_);
    if (at == 0) {
      buffer_.erase(0, delimiter_.size());
      inPart_ = false;
      break;
    }
    // The end of the buffer may be the beginning of a delimiter.
    used_ = at != std::string::npos ? at : buffer_.size() - std::min(buffer_.size(), delimiter_.size() - 1);
    if (used_ > 0) return std::string_view(buffer_).substr(0, used_);
    TROWEL_TRY(fill());
  }
  return std::string_view();
}

core::Result<std::string> FormReader::readHead() {
  constexpr std::size_t kMaxHead = 64UL * 1024;
  std::size_t end = 0;
  while ((end = buffer_.find("\r\n\r\n")) == std::string::npos) {
    if (buffer_.size() > kMaxHead) return core::fail(core::ErrorCode::InvalidParams, "The head of a part is too long.");
    TROWEL_TRY(fill());
  }
  std::string head = buffer_.substr(0, end);
  buffer_.erase(0, end + 4);
  return head;
}

core::Result<std::optional<std::string>> FormReader::nextPart() {
  if (delimiter_.empty()) return core::fail(core::ErrorCode::InvalidParams, "The form has no boundary.");
  while (inPart_) TROWEL_TRY(nextPiece());
  while (buffer_.size() < 2) TROWEL_TRY(fill());
  if (buffer_.starts_with("--")) return std::optional<std::string>();
  auto head = TROWEL_TRY(readHead());
  inPart_ = true;
  std::string name;
  for (auto line : core::split(head, '\n'))
    if (core::toLower(line).starts_with("content-disposition:")) name = attribute(line, "name").value_or("");
  return std::optional(std::move(name));
}

std::optional<std::vector<FormPart>> parseMultipart(std::string_view body, std::string_view contentType) {
  MemoryBody whole{std::string(body)};
  FormReader reader(whole, contentType);
  std::vector<FormPart> parts;
  while (true) {
    auto name = reader.nextPart();
    if (!name) return std::nullopt;
    if (!*name) return parts;
    FormPart part{.name = **std::move(name), .content = {}};
    for (auto piece = reader.nextPiece(); !piece || !piece->empty(); piece = reader.nextPiece()) {
      if (!piece) return std::nullopt;
      part.content += *piece;
    }
    if (!part.name.empty()) parts.push_back(std::move(part));
  }
}

}  // namespace trowel::emulator
