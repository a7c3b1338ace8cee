// SPDX-License-Identifier: Apache-2.0
// What can be wrong with a file or folder.
#pragma once

#include <cstdint>
#include <expected>

namespace trowel::emulator {

// What the callers' APIs tell apart.
enum class FileProblem : std::uint8_t {
  NotFound,
  NotAFolder,  // a part of the path in front of the last one is a file; or a folder was wanted
  IsAFolder,
  Exists,
  NotEmpty,
  IntoItself,  // a folder cannot move beneath itself
  BadName,     // longer than 255 bytes, `.`, `..` or with a NUL; or the path is too long for the system
  Denied,      // user code took the rights away
  NoSpace,
  Failed,  // anything else; the log has the reason
};

template <typename T>
using FileResult = std::expected<T, FileProblem>;

// What an errno of the system means here.
std::unexpected<FileProblem> failed(int number);

// Whether the disk has said that nothing is there. Every other problem leaves that open.
inline bool isAbsent(FileProblem problem) {
  return problem == FileProblem::NotFound || problem == FileProblem::NotAFolder;
}

}  // namespace trowel::emulator
