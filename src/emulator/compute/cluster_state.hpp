// SPDX-License-Identifier: Apache-2.0
// The states of a cluster (rest-api.md 7.1).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace trowel::emulator {

enum class ClusterState : std::uint8_t { Pending, Running, Restarting, Resizing, Terminating, Terminated };

std::string_view toString(ClusterState state);          // RUNNING
ClusterState parseClusterState(std::string_view text);  // Terminated where it is none of them
std::string titleCase(ClusterState state);              // Running, as error texts and API 1.2 have it

// Code can run on it.
inline bool isUp(ClusterState state) { return state == ClusterState::Running || state == ClusterState::Resizing; }
// It is over, or will be without anybody doing more.
inline bool isEnding(ClusterState state) {
  return state == ClusterState::Terminating || state == ClusterState::Terminated;
}
// It leaves the state by itself, after a while.
inline bool isPassing(ClusterState state) {
  return state != ClusterState::Running && state != ClusterState::Terminated;
}

}  // namespace trowel::emulator
