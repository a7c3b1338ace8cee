// SPDX-License-Identifier: Apache-2.0
#include "emulator/files/file_path.hpp"

#include "trowel/core/text.hpp"

namespace trowel::emulator {

Reply<std::string> cleanPath(std::string_view path) {
  std::string shown = core::toValidUtf8(path.substr(0, std::min(path.find('\0'), std::size_t{1000})));
  if (!path.starts_with('/') || path.find('\0') != std::string_view::npos || !core::isUtf8(path))
    return invalidParameter("Path (" + shown + ") must start with '/' and be valid text.");
  std::string clean;
  for (auto part : core::split(path, '/')) {
    if (part.empty()) continue;
    if (part == "." || part == "..")
      return invalidParameter("Path (" + shown + ") must not contain '.' or '..' as a segment.");
    if (part.size() > 255) return invalidParameter("Path (" + shown + ") has a name longer than 255 bytes.");
    clean.append("/").append(part);
  }
  return clean.empty() ? "/" : clean;
}

std::string parentPath(std::string_view path) {
  auto slash = path.rfind('/');
  return slash == 0 || slash == std::string_view::npos ? "/" : std::string(path.substr(0, slash));
}

std::string_view lastName(std::string_view path) { return path.substr(path.rfind('/') + 1); }

std::string_view extensionIn(std::string_view path) {
  auto name = lastName(path);
  auto dot = name.rfind('.');
  return dot == std::string_view::npos || dot == 0 ? std::string_view() : name.substr(dot + 1);
}

bool isWithin(std::string_view path, std::string_view folder) {
  if (folder == "/") return true;
  return path.starts_with(folder) && (path.size() == folder.size() || path[folder.size()] == '/');
}

std::unexpected<ApiError> fileError(FileProblem problem, std::string_view path) {
  std::string named = "Path (" + std::string(path) + ")";
  switch (problem) {
    case FileProblem::NotFound:
      return doesNotExist(named + " doesn't exist.");
    case FileProblem::Exists:
      return alreadyExists(named + " already exists.");
    case FileProblem::NotAFolder:
      return invalidParameter(named + " leads through a file.");
    case FileProblem::IsAFolder:
      return invalidParameter(named + " is a folder.");
    case FileProblem::NotEmpty:
      return refuse(400, "DIRECTORY_NOT_EMPTY", "Folder (" + std::string(path) + ") is not empty");
    case FileProblem::IntoItself:
      return invalidParameter(named + " cannot be moved into itself.");
    case FileProblem::BadName:
      return invalidParameter(named + " is too long or has a name that is not allowed.");
    case FileProblem::Denied:
      return refuse(403, "PERMISSION_DENIED", named + " cannot be accessed.");
    case FileProblem::NoSpace:
      return refuse(500, "IO_ERROR", "No space is left for " + std::string(path) + ".");
    case FileProblem::Failed:
      break;
  }
  return refuse(500, "INTERNAL_ERROR", "The files of the emulator cannot be read or written.");
}

}  // namespace trowel::emulator
