// SPDX-License-Identifier: Apache-2.0
#include "trowel/os/system_error.hpp"

#include <cerrno>
#include <system_error>
#include <utility>

namespace trowel::os {

namespace {

core::ErrorCode codeOf(int number) {
  switch (number) {
    case ENOENT:
    case ENOTDIR:
    case ELOOP:
      return core::ErrorCode::NotFound;
    case EACCES:
    case EPERM:
    case EROFS:
      return core::ErrorCode::PermissionDenied;
    case EEXIST:
      return core::ErrorCode::AlreadyExists;
    case ENOSPC:
    case EDQUOT:
    case EBUSY:
    case ENOTEMPTY:
      return core::ErrorCode::Conflict;
    case EMFILE:
    case ENFILE:
    case ENOMEM:
      return core::ErrorCode::Overloaded;
    case EIO:
      return core::ErrorCode::DataLoss;
    case ENAMETOOLONG:
    case EISDIR:
    case EINVAL:
      return core::ErrorCode::InvalidParams;
    default:
      return core::ErrorCode::Internal;
  }
}

}  // namespace

std::unexpected<core::Error> failErrno(int number, std::string what, std::source_location place) {
  std::string reason = std::generic_category().message(number);
  return core::fail(codeOf(number), std::move(what) + ": " + reason + ".", "errno " + std::to_string(number), place);
}

}  // namespace trowel::os
