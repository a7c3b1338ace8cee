// SPDX-License-Identifier: Apache-2.0
// The desktop's store of passwords (Secret Service), found at run time: the binary starts without it.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "trowel/core/cancel.hpp"
#include "trowel/core/clock.hpp"
#include "trowel/core/error.hpp"
#include "trowel/core/secret.hpp"

namespace trowel::os {

inline constexpr core::Duration kKeyringTimeout = std::chrono::seconds(3);

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

// The Secret Service of this desktop, spoken to through libsecret, which is loaded with the first call. Entries carry
// the attributes and the label of the Databricks CLI's, so that both share them. What cannot be used is not asked for
// every call: no keyring is found out once, one that is unavailable is left alone by reads for a minute, and while it
// asks the user for a password every call fails at once; it is used again as soon as that is answered. `clock` outlives
// it.
std::unique_ptr<Keyring> systemKeyring(core::Clock& clock);

}  // namespace trowel::os
