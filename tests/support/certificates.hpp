// SPDX-License-Identifier: Apache-2.0
// Certificates made on the spot, good and bad ones.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

namespace trowel::test {

// In PEM form.
struct Certificate {
  std::string chain;
  std::string key;
};

// An authority of its own that nobody trusts yet.
class Authority {
 public:
  explicit Authority(const std::string& name);
  ~Authority();

  // For the authorities that a client trusts.
  std::string pem() const;
  enum class Kind : std::uint8_t {
    Good,
    WeakKey,     // RSA with 1024 bits
    SelfSigned,  // not by this authority
  };
  // For a host name or an address, valid between these days from today.
  Certificate issue(const std::string& host, int fromDay = -1, int toDay = 30, Kind kind = Kind::Good) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace trowel::test
