// SPDX-License-Identifier: Apache-2.0
// Git credentials 2.0. The emulator reaches local repositories only, so it keeps everything but the secret itself.
#pragma once

#include <mutex>
#include <string>

#include "emulator/server/router.hpp"
#include "emulator/state/documents.hpp"
#include "emulator/world.hpp"

namespace trowel::emulator {

// The provider in the service's spelling, whatever case the client uses; INVALID_PARAMETER_VALUE for an unknown one.
Reply<std::string> gitProvider(const std::string& wished);

// Any thread. Everybody sees their own.
class GitCredentials {
 public:
  explicit GitCredentials(const World& world) : world_(world), documents_(world.state, "git-credential") {}

  // This object outlives the router.
  void addRoutes(Router& router);

 private:
  Reply<Response> create(const Call& call);
  Reply<Response> list(const Call& call) const;
  Reply<Response> get(const Call& call) const;
  Reply<Response> update(const Call& call);
  Reply<Response> remove(const Call& call);
  Reply<core::Json> find(const Call& call) const;
  Reply<core::Json> fields(const Call& call, core::Json credential) const;
  Reply<void> checkAlone(const core::Json& credential) const;
  void makeOnlyDefault(const core::Json& credential);

  const World& world_;
  std::mutex mutex_;  // keeps a look at the others and the change after it together
  Documents documents_;
};

}  // namespace trowel::emulator
