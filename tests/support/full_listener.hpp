// SPDX-License-Identifier: Apache-2.0
// A port whose queue is full: the kernel drops what knocks, and connecting takes minutes.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace trowel::test {

class FullListener {
 public:
  FullListener();
  ~FullListener();
  FullListener(const FullListener&) = delete;
  FullListener& operator=(const FullListener&) = delete;

  std::string origin() const;
  // Blocks until somebody besides this object knocks.
  void awaitKnock() const;

 private:
  int knocking() const;

  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::vector<int> fillers_;
  int own_ = 0;
};

}  // namespace trowel::test
