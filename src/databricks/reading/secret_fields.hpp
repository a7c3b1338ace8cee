// SPDX-License-Identifier: Apache-2.0
// Secrets on their way into and out of JSON, without copies that stay behind.
#pragma once

#include "trowel/core/json.hpp"
#include "trowel/core/secret.hpp"

namespace trowel::databricks {

// Takes a secret out of an answer and overwrites it there. Empty where there is none.
core::SecretString takeSecret(core::Json& object, const char* field);

// Overwrites a secret that stands in the parameters of a call when they are no longer needed.
class WipeOnExit {
 public:
  WipeOnExit(core::Json& object, const char* field) : object_(object), field_(field) {}
  ~WipeOnExit() { takeSecret(object_, field_); }
  WipeOnExit(const WipeOnExit&) = delete;
  WipeOnExit& operator=(const WipeOnExit&) = delete;

 private:
  core::Json& object_;
  const char* field_;
};

}  // namespace trowel::databricks
