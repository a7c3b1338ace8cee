// SPDX-License-Identifier: Apache-2.0
#include "trowel/os/unique_fd.hpp"

#include <unistd.h>

namespace trowel::os {

void UniqueFd::reset() {
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
}

}  // namespace trowel::os
