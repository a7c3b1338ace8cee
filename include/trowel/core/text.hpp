// SPDX-License-Identifier: Apache-2.0
// Text as bytes: trimming, splitting, UTF-8, hex, base64, percent-encoding, file URIs and secrets masked out.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "trowel/core/error.hpp"

namespace trowel::core {

std::string_view trim(std::string_view text);
std::vector<std::string_view> split(std::string_view text, char separator);
std::string toLower(std::string_view text);                     // ASCII only
bool equalsIgnoreCase(std::string_view a, std::string_view b);  // ASCII only
std::string replaceAll(std::string text, std::string_view from, std::string_view to);

bool isUtf8(std::string_view bytes);
// Every invalid byte becomes U+FFFD, so that the text can be shown and sent.
std::string toValidUtf8(std::string_view bytes);

std::string toHex(std::string_view bytes);
std::string toBase64(std::string_view bytes);
// Nothing where a character is outside the standard alphabet or the padding is wrong.
std::optional<std::string> fromBase64(std::string_view text);

// RFC 3986: everything but unreserved characters; `keep` lists bytes that stay as well.
std::string percentEncode(std::string_view text, std::string_view keep = {});
// Nothing where a percent sign is not followed by two hex digits.
std::optional<std::string> percentDecode(std::string_view text);

std::string escapeHtml(std::string_view text);

// file:///a%20b <-> /a b. Only file URIs without a host; anything else is InvalidParams.
std::string pathToUri(std::string_view absolutePath);
Result<std::string> uriToPath(std::string_view uri);

// `bytes` random bytes of the system's generator, as lower-case hex.
std::string randomHex(std::size_t bytes);

// The text with everything that looks like a token (dapi…, a JWT, Bearer …, Basic …) replaced: the last line of defence
// of the log and of error texts. Callers still never hand secrets over.
std::string redact(std::string_view text);

}  // namespace trowel::core
