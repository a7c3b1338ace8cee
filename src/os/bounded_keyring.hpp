// SPDX-License-Identifier: Apache-2.0
// A keyring that always answers in time, made of one that may block for as long as the user thinks about a password.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "trowel/core/clock.hpp"
#include "trowel/os/keyring.hpp"

namespace trowel::os {

// For how long reads take the keyring's word that it cannot be used. Pure.
core::Duration rememberedFor(core::ErrorCode code);

// Calls `blocking` on a thread of its own, one call at a time. One that is not back after kKeyringTimeout is left
// behind, with its token cancelled; until it comes back every other call fails at once, so that never more than one
// thread hangs. When it is back, whatever it waited for has been answered, and the next call is made. `blocking` should
// look at its token before it changes something.
class BoundedKeyring final : public Keyring {
 public:
  BoundedKeyring(std::shared_ptr<Keyring> blocking, core::Clock& clock);
  ~BoundedKeyring() override;

  core::Result<std::optional<core::SecretString>> get(const std::string& service, const std::string& account,
                                                      const core::CancelToken& cancel) override;
  core::Result<void> set(const std::string& service, const std::string& account, const core::SecretString& secret,
                         const core::CancelToken& cancel) override;
  core::Result<void> remove(const std::string& service, const std::string& account,
                            const core::CancelToken& cancel) override;

 private:
  struct Shared;
  enum class Access : std::uint8_t { Read, Write };
  // Runs `call` on the thread; its result.
  template <typename T>
  core::Result<T> run(Access access, const core::CancelToken& cancel,
                      std::move_only_function<core::Result<T>(Keyring&, const core::CancelToken&)> call);

  std::shared_ptr<Keyring> blocking_;
  core::Clock& clock_;
  std::shared_ptr<Shared> shared_;  // with the thread, which may outlive us
};

}  // namespace trowel::os
