// SPDX-License-Identifier: Apache-2.0
#include "emulator/server/multipart.hpp"

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

std::optional<std::vector<FormPart>> parseMultipart(std::string_view body, std::string_view contentType) {
  auto boundary = attribute(contentType, "boundary");
  if (!boundary || boundary->empty()) return std::nullopt;
  const std::string delimiter = "--" + *boundary;

  std::vector<FormPart> parts;
  auto at = body.find(delimiter);
  if (at == std::string_view::npos) return std::nullopt;
  while (true) {
    body.remove_prefix(at + delimiter.size());
    if (body.starts_with("--")) return parts;
    auto headEnd = body.find("\r\n\r\n");
    if (headEnd == std::string_view::npos) return std::nullopt;
    auto contentEnd = body.find("\r\n" + delimiter, headEnd + 2);
    if (contentEnd == std::string_view::npos) return std::nullopt;

    FormPart part;
    for (auto line : core::split(body.substr(0, headEnd), '\n')) {
      if (!core::toLower(line).starts_with("content-disposition:")) continue;
      part.name = attribute(line, "name").value_or("");
    }
    std::size_t contentStart = std::min(headEnd + 4, contentEnd);
    part.content = body.substr(contentStart, contentEnd - contentStart);
    if (!part.name.empty()) parts.push_back(std::move(part));
    at = contentEnd + 2;
  }
}

}  // namespace trowel::emulator
