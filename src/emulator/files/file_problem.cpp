// SPDX-License-Identifier: Apache-2.0
#include "emulator/files/file_problem.hpp"

#include <cerrno>
#include <cstring>
#include <string>

#include "trowel/core/log.hpp"

namespace trowel::emulator {

namespace {

FileProblem problemOf(int number) {
  switch (number) {
    case ENOENT:
    case ELOOP:  // a symbolic link on the way
      return FileProblem::NotFound;
    case ENOTDIR:
      return FileProblem::NotAFolder;
    case EISDIR:
      return FileProblem::IsAFolder;
    case EEXIST:
      return FileProblem::Exists;
    case ENOTEMPTY:
      return FileProblem::NotEmpty;
    case EACCES:
    case EPERM:
      return FileProblem::Denied;
    case ENAMETOOLONG:
      return FileProblem::BadName;
    case ENOSPC:
    case EDQUOT:
      return FileProblem::NoSpace;
    default:
      core::logError("emulator", std::string("The files of the workspace: ") + std::strerror(number));
      return FileProblem::Failed;
  }
}

}  // namespace

std::unexpected<FileProblem> failed(int number) { return std::unexpected(problemOf(number)); }

}  // namespace trowel::emulator
