// SPDX-License-Identifier: Apache-2.0
#include "trowel/core/text.hpp"

#include <sys/random.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdint>

namespace trowel::core {

namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

constexpr std::string_view kHexDigits = "0123456789abcdef";
constexpr std::string_view kBase64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

int hexValue(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  c = lower(c);
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool isUnreserved(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '.' || c == '_' || c == '~';
}

// Length of the valid UTF-8 sequence at the front of `s`, 0 where there is none (RFC 3629: no surrogates, no
// overlongs).
std::size_t sequenceLength(std::string_view s) {
  auto byte = [&](std::size_t i) { return static_cast<unsigned char>(s[i]); };
  auto continues = [&](std::size_t i) { return i < s.size() && (byte(i) & 0xC0) == 0x80; };
  unsigned char first = byte(0);
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF) return continues(1) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF) {
    if (!continues(1) || !continues(2)) return 0;
    if (first == 0xE0 && byte(1) < 0xA0) return 0;
    if (first == 0xED && byte(1) > 0x9F) return 0;
    return 3;
  }
  if (first >= 0xF0 && first <= 0xF4) {
    if (!continues(1) || !continues(2) || !continues(3)) return 0;
    if (first == 0xF0 && byte(1) < 0x90) return 0;
    if (first == 0xF4 && byte(1) > 0x8F) return 0;
    return 4;
  }
  return 0;
}

}  // namespace

std::string_view trim(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n\f\v";
  auto begin = text.find_first_not_of(kSpace);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kSpace) - begin + 1);
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  std::size_t start = 0;
  while (true) {
    auto end = text.find(separator, start);
    parts.push_back(text.substr(start, end == std::string_view::npos ? end : end - start));
    if (end == std::string_view::npos) return parts;
    start = end + 1;
  }
}

std::string toLower(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(), lower);
  return result;
}

bool equalsIgnoreCase(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) { return lower(x) == lower(y); });
}

std::string replaceAll(std::string text, std::string_view from, std::string_view to) {
  if (from.empty()) return text;
  for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
  return text;
}

bool isUtf8(std::string_view bytes) {
  while (!bytes.empty()) {
    auto length = sequenceLength(bytes);
    if (length == 0) return false;
    bytes.remove_prefix(length);
  }
  return true;
}

std::string toValidUtf8(std::string_view bytes) {
  std::string result;
  result.reserve(bytes.size());
  while (!bytes.empty()) {
    auto length = sequenceLength(bytes);
    if (length == 0) {
      result += "\xEF\xBF\xBD";
      length = 1;
    } else {
      result += bytes.substr(0, length);
    }
    bytes.remove_prefix(length);
  }
  return result;
}

std::string toHex(std::string_view bytes) {
  std::string result;
  result.reserve(bytes.size() * 2);
  for (char c : bytes) {
    auto byte = static_cast<unsigned char>(c);
    result += kHexDigits[byte >> 4];
    result += kHexDigits[byte & 0xF];
  }
  return result;
}

std::string toBase64(std::string_view bytes) {
  std::string result;
  result.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t group = 0;
    std::size_t count = std::min<std::size_t>(3, bytes.size() - i);
    for (std::size_t j = 0; j < 3; ++j)
      group = group << 8 | (j < count ? static_cast<unsigned char>(bytes[i + j]) : 0U);
    for (std::size_t j = 0; j < 4; ++j) result += j <= count ? kBase64[group >> (18 - 6 * j) & 63] : '=';
  }
  return result;
}

std::optional<std::string> fromBase64(std::string_view text) {
  static const auto kValues = [] {
    std::array<signed char, 256> values{};
    values.fill(-1);
    for (std::size_t i = 0; i < kBase64.size(); ++i)
      values[static_cast<unsigned char>(kBase64[i])] = static_cast<signed char>(i);
    return values;
  }();
  if (text.size() % 4 != 0) return std::nullopt;
  std::size_t padding = text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
  std::string result;
  result.reserve(text.size() / 4 * 3);
  for (std::size_t i = 0; i < text.size(); i += 4) {
    bool last = i + 4 == text.size();
    std::uint32_t group = 0;
    for (std::size_t j = 0; j < 4; ++j) {
      char c = text[i + j];
      bool isPadding = last && j >= 4 - padding;
      int value = isPadding ? 0 : kValues[static_cast<unsigned char>(c)];
      if (value < 0) return std::nullopt;
      group = group << 6 | static_cast<std::uint32_t>(value);
    }
    std::size_t count = last ? 3 - padding : 3;
    for (std::size_t j = 0; j < count; ++j) result += static_cast<char>(group >> (16 - 8 * j) & 0xFF);
  }
  return result;
}

std::string percentEncode(std::string_view text, std::string_view keep) {
  std::string result;
  for (char c : text) {
    if (isUnreserved(c) || keep.find(c) != std::string_view::npos) {
      result += c;
    } else {
      auto byte = static_cast<unsigned char>(c);
      result += '%';
      result += "0123456789ABCDEF"[byte >> 4];
      result += "0123456789ABCDEF"[byte & 0xF];
    }
  }
  return result;
}

std::optional<std::string> percentDecode(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      result += text[i];
      continue;
    }
    if (i + 2 >= text.size()) return std::nullopt;
    int high = hexValue(text[i + 1]);
    int low = hexValue(text[i + 2]);
    if (high < 0 || low < 0) return std::nullopt;
    result += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return result;
}

std::string escapeHtml(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  for (char c : text) {
    switch (c) {
      case '&':
        result += "&amp;";
        break;
      case '<':
        result += "&lt;";
        break;
      case '>':
        result += "&gt;";
        break;
      case '"':
        result += "&quot;";
        break;
      case '\'':
        result += "&#39;";
        break;
      default:
        result += c;
    }
  }
  return result;
}

std::string pathToUri(std::string_view absolutePath) { return "file://" + percentEncode(absolutePath, "/"); }

Result<std::string> uriToPath(std::string_view uri) {
  constexpr std::string_view kScheme = "file://";
  if (!uri.starts_with(kScheme) || uri.size() <= kScheme.size() || uri[kScheme.size()] != '/')
    return fail(ErrorCode::InvalidParams, "Not a file URI of this machine: " + toValidUtf8(uri));
  auto path = percentDecode(uri.substr(kScheme.size()));
  if (!path || path->find('\0') != std::string::npos)
    return fail(ErrorCode::InvalidParams, "A file URI with broken escapes: " + toValidUtf8(uri));
  return *std::move(path);
}

std::string randomHex(std::size_t bytes) {
  std::string buffer(bytes, '\0');
  std::size_t filled = 0;
  while (filled < bytes) {
    auto got = getrandom(buffer.data() + filled, bytes - filled, 0);
    if (got > 0) filled += static_cast<std::size_t>(got);
  }
  return toHex(buffer);
}

std::string redact(std::string_view text) {
  // A token runs on over these characters (RFC 6750, section 2.1, and base64).
  auto tokenEnd = [&](std::size_t from) {
    while (from < text.size() &&
           (std::isalnum(static_cast<unsigned char>(text[from])) || std::string_view("-._~+/=").contains(text[from])))
      ++from;
    return from;
  };
  std::string result;
  std::size_t at = 0;
  while (at < text.size()) {
    std::size_t prefix = 0;
    for (std::string_view start : {"dapi", "dkea", "dose", "eyJ", "Bearer ", "bearer ", "Basic "}) {
      if (text.substr(at).starts_with(start)) prefix = start.size();
    }
    auto end = prefix == 0 ? at : tokenEnd(at + prefix);
    if (prefix != 0 && end - at - prefix >= 12) {
      result += text.substr(at, prefix);
      result += "***";
      at = end;
    } else {
      result += text[at++];
    }
  }
  return result;
}

}  // namespace trowel::core
