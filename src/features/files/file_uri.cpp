// SPDX-License-Identifier: Apache-2.0
#include "file_uri.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "trowel/core/text.hpp"

namespace trowel::features {

namespace {

using core::ErrorCode;

constexpr std::string_view kOurs = "trowel-";
constexpr std::array<std::pair<std::string_view, FileSystemKind>, 4> kSchemes{{{"wsfs", FileSystemKind::Workspace},
                                                                               {"dbws", FileSystemKind::Workspace},
                                                                               {"dbfs", FileSystemKind::Dbfs},
                                                                               {"volumes", FileSystemKind::Volumes}}};

std::unexpected<core::Error> wrong(std::string_view uri) {
  return core::fail(ErrorCode::InvalidParams, "Wrong parameters: '" + core::toValidUtf8(uri) +
                                                  "' is no address of a file in a Databricks workspace.");
}

}  // namespace

core::Result<FileUri> parseFileUri(std::string_view uri) {
  const auto colon = uri.find(':');
  if (colon == std::string_view::npos) return wrong(uri);
  auto scheme = uri.substr(0, colon);
  if (scheme.starts_with(kOurs)) scheme.remove_prefix(kOurs.size());
  const auto* known = std::ranges::find(kSchemes, scheme, &std::pair<std::string_view, FileSystemKind>::first);
  if (known == kSchemes.end()) return wrong(uri);
  FileUri result{.kind = known->second, .host = {}};
  auto rest = uri.substr(colon + 1);
  rest = rest.substr(0, rest.find_first_of("?#"));
  if (rest.starts_with("//")) {
    rest.remove_prefix(2);
    const auto end = std::min(rest.find('/'), rest.size());
    auto host = core::percentDecode(rest.substr(0, end));
    if (!host) return wrong(uri);
    result.host = core::toLower(*host);
    rest.remove_prefix(end);
  }
  auto path = core::percentDecode(rest);
  if (!path || path->contains('\0') || !core::isUtf8(*path)) return wrong(uri);
  std::string clean;
  for (const auto part : core::split(*path, '/')) {
    if (part.empty()) continue;
    if (part == "." || part == "..") return wrong(uri);
    clean += '/';
    clean += part;
  }
  if (!clean.empty()) result.path = std::move(clean);
  return result;
}

std::string toString(const FileUri& uri) {
  const auto* scheme = std::ranges::find(kSchemes, uri.kind, &std::pair<std::string_view, FileSystemKind>::second);
  std::string text(scheme->first);
  text += ':';
  if (!uri.host.empty()) text += "//" + core::percentEncode(uri.host, ":");
  return text + core::percentEncode(uri.path, "/");
}

std::string hostOf(std::string_view origin) {
  const auto start = origin.find("//");
  return core::toLower(start == std::string_view::npos ? origin : origin.substr(start + 2));
}

std::string withHost(std::string uri, const std::string& host) {
  auto parsed = parseFileUri(uri);
  if (!parsed || !parsed->host.empty()) return uri;
  parsed->host = host;
  return toString(*parsed);
}

std::string titleOf(FileSystemKind kind) {
  switch (kind) {
    case FileSystemKind::Workspace:
      return "Workspace";
    case FileSystemKind::Dbfs:
      return "DBFS";
    case FileSystemKind::Volumes:
      break;
  }
  return "Volumes";
}

std::string_view nameOf(FileSystemKind kind) {
  switch (kind) {
    case FileSystemKind::Workspace:
      return "the workspace";
    case FileSystemKind::Dbfs:
      return "DBFS";
    case FileSystemKind::Volumes:
      return "the volumes";
  }
  return {};
}

std::string childPath(std::string_view folder, std::string_view name) {
  return std::string(folder) + (folder.ends_with('/') ? "" : "/") + std::string(name);
}

std::string folderOf(std::string_view path) {
  const auto slash = path.rfind('/');
  return slash == std::string_view::npos || slash == 0 ? "/" : std::string(path.substr(0, slash));
}

std::vector<std::string> outermost(const std::vector<std::string>& paths) {
  const std::set<std::string_view> all(paths.begin(), paths.end());
  std::set<std::string_view> seen;
  std::vector<std::string> outer;
  for (const auto& path : paths) {
    bool inside = !seen.insert(path).second;
    for (auto folder = path; !inside && folder != "/";) {
      folder = folderOf(folder);
      inside = folder != path && all.contains(folder);
    }
    if (!inside) outer.push_back(path);
  }
  return outer;
}

std::string nameOf(std::string_view path) { return std::string(path.substr(path.rfind('/') + 1)); }

}  // namespace trowel::features
