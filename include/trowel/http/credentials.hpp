// SPDX-License-Identifier: Apache-2.0
// What a request carries to prove who sends it, and where that comes from.
#pragma once

#include <memory>

#include "trowel/http/client.hpp"

namespace trowel::http {

struct Authorization {
  core::SecretString value;  // of the Authorization header: "Bearer dapi…"
  SecretHeaders more = {};   // what a cloud wants besides
};

// Any thread.
class Credentials {
 public:
  virtual ~Credentials() = default;

  // Asked before each attempt. Blocks where a token must be fetched first; of many callers one fetches and the others
  // wait for it. Unauthenticated where the user must sign in again.
  virtual core::Result<Authorization> authorize(const core::CancelToken& cancel) = 0;

  // The host did not accept `used`. True where the next authorize() may give a better one.
  virtual bool refused(const Authorization& used) = 0;
};

// A token that never changes.
std::shared_ptr<Credentials> bearer(const core::SecretString& token);

}  // namespace trowel::http
