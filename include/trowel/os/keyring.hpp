// SPDX-License-Identifier: Apache-2.0
// The desktop's store of passwords (Secret Service), found at run time: the binary starts without it.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "trowel/core/cancel.hpp"
#include "trowel/core/error.hpp"
#include "trowel/core/secret.hpp"

namespace trowel::os {

// Entries are named by service and account, as other programs that share them do. Any thread. Every call ends after
// kKeyringTimeout at the latest, also while the desktop asks the user for a password. Unsupported: this machine has no
// keyring (no library, no session bus); Unavailable: it has one that cannot be used now (locked, prompt dismissed,
// time over); the message says which and what to do.
class Keyring {
 public:
  virtual ~Keyring() = default;

  // Nothing where there is no such entry.
  virtual core::Result<std::optional<core::SecretString>> get(const std::string& service, const std::string& account,
                                                              const core::CancelToken& cancel) = 0;
  virtual core::Result<void> set(const std::string& service, const std::string& account,
                                 const core::SecretString& secret, const core::CancelToken& cancel) = 0;
  // Fine where there is none.
  virtual core::Result<void> remove(const std::string& service, const std::string& account,
                                    const core::CancelToken& cancel) = 0;
};

}  // namespace trowel::os
