// SPDX-License-Identifier: Apache-2.0
// A value that must never be shown: no formatter, no stream operator, no comparison with plain text by accident.
#pragma once

#include <string>
#include <utility>

namespace trowel::core {

// Overwrites the bytes in a way the optimiser keeps, then empties the string.
void wipe(std::string& text);

template <typename T>
class Secret {
 public:
  Secret() = default;
  explicit Secret(T value) : value_(std::move(value)) {}
  Secret(const Secret&) = default;
  Secret(Secret&&) noexcept = default;
  Secret& operator=(const Secret&) = default;
  Secret& operator=(Secret&&) noexcept = default;
  ~Secret() {
    if constexpr (requires(T& t) { wipe(t); }) wipe(value_);
  }

  // The one way in: grep for it to see every place where a secret leaves its wrapper.
  const T& reveal() const { return value_; }
  bool empty() const { return value_.empty(); }

 private:
  T value_;
};

using SecretString = Secret<std::string>;

}  // namespace trowel::core
