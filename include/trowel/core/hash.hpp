// SPDX-License-Identifier: Apache-2.0
// SHA-256: names contents, so that equal bytes are never sent twice.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace trowel::core {

// Lower-case hex, 64 characters.
std::string sha256(std::string_view bytes);

// The same over a stream of pieces.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;

  void update(std::string_view bytes);
  // Lower-case hex. Once.
  std::string finish();

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};

}  // namespace trowel::core
