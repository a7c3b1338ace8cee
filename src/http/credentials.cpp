// SPDX-License-Identifier: Apache-2.0
#include "trowel/http/credentials.hpp"

namespace trowel::http {

namespace {

class Bearer final : public Credentials {
 public:
  explicit Bearer(const core::SecretString& token) : value_("Bearer " + token.reveal()) {}

  core::Result<Authorization> authorize(const core::CancelToken& /*cancel*/) override {
    return Authorization{.value = value_};
  }
  bool refused(const Authorization& /*used*/) override { return false; }

 private:
  core::SecretString value_;
};

}  // namespace

std::shared_ptr<Credentials> bearer(const core::SecretString& token) { return std::make_shared<Bearer>(token); }

}  // namespace trowel::http
