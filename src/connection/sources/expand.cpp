// SPDX-License-Identifier: Apache-2.0
#include "connection/sources/expand.hpp"

#include <fmt/format.h>

#include <cctype>

#include "trowel/core/text.hpp"

namespace trowel::connection {

namespace {

bool isNameStart(char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0 || c == '_'; }
bool isNamePart(char c) { return isNameStart(c) || std::isdigit(static_cast<unsigned char>(c)) != 0; }

std::string_view nameAt(std::string_view text) {
  std::size_t size = 0;
  if (!text.empty() && isNameStart(text.front()))
    while (size < text.size() && isNamePart(text[size])) ++size;
  return text.substr(0, size);
}

struct Reference {
  std::string_view name;
  std::size_t size = 0;  // of the whole, from its $ or % on
};

// What `text`, which begins with $ or %, refers to; no name where it refers to nothing.
Reference referenceAt(std::string_view text) {
  auto closed = [&](std::size_t start, char close) -> Reference {
    auto name = nameAt(text.substr(start));
    auto end = start + name.size();
    return !name.empty() && end < text.size() && text[end] == close ? Reference{name, end + 1} : Reference{};
  };
  if (text.front() == '%') return closed(1, '%');
  if (text.starts_with("${env:")) return closed(6, '}');
  if (text.starts_with("${")) return closed(2, '}');
  auto name = nameAt(text.substr(1));
  return {name, name.size() + 1};
}

bool isOfWindows(std::string_view path) {
  const bool drive = path.size() >= 2 && path[1] == ':' && std::isalpha(static_cast<unsigned char>(path[0])) != 0 &&
                     (path.size() == 2 || path[2] == '\\' || path[2] == '/');
  return drive || path.starts_with("\\\\");
}

}  // namespace

core::Result<std::string> expandPath(std::string_view text, const std::string& home,
                                     const http::Environment& environment) {
  using core::ErrorCode;
  auto rest = core::trim(text);
  const std::string written(rest);
  auto windows = [&] {
    return core::fail(
        ErrorCode::InvalidParams,
        fmt::format("'{}' is a path of Windows, and this is not. Write one that begins with / or ~.", written));
  };
  if (isOfWindows(rest)) return windows();
  std::string path;
  if (rest == "~" || rest.starts_with("~/")) {
    path = home;
    rest.remove_prefix(1);
  }
  while (!rest.empty()) {
    auto reference = rest.front() == '$' || rest.front() == '%' ? referenceAt(rest) : Reference{};
    if (reference.name.empty()) {
      path += rest.front();
      rest.remove_prefix(1);
      continue;
    }
    auto value = environment ? environment(std::string(reference.name)) : std::nullopt;
    if (!value || value->empty())
      return core::fail(ErrorCode::InvalidParams,
                        fmt::format("'{}' needs the variable {}, which is not set. Set it before the editor starts, or "
                                    "write the path out.",
                                    written, reference.name));
    path += *value;
    rest.remove_prefix(reference.size);
  }
  if (isOfWindows(path)) return windows();
  if (!path.starts_with('/'))
    return core::fail(ErrorCode::InvalidParams,
                      fmt::format("'{}' is no absolute path. Write one that begins with / or ~.", written));
  while (path.size() > 1 && path.ends_with('/')) path.pop_back();
  return path;
}

}  // namespace trowel::connection
