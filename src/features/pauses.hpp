// SPDX-License-Identifier: Apache-2.0
// Shows that a host has asked for a pause, for as long as it lasts.
#pragma once

#include <functional>
#include <mutex>
#include <set>
#include <string>

#include "session.hpp"

namespace trowel::features {

// "The workspace gets too many requests …", with the time of day here.
std::string slowedDown(core::WallTime until);

class Pauses {
 public:
  // `announce` draws a project's connection anew.
  Pauses(Session& session, std::function<void(const std::string& folder)> announce)
      : session_(session), announce_(std::move(announce)) {}

  // As http::GateTable tells: a pause of the host has begun or become longer. Any thread; quick.
  void begun(const std::string& host);

 private:
  void look(const std::string& host);

  Session& session_;
  std::function<void(const std::string& folder)> announce_;
  std::mutex mutex_;             // guards everything below
  std::set<std::string> hosts_;  // that a look is due at
};

}  // namespace trowel::features
