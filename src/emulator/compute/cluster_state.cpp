// SPDX-License-Identifier: Apache-2.0
#include "emulator/compute/cluster_state.hpp"

#include <algorithm>

namespace trowel::emulator {

std::string_view toString(ClusterState state) {
  switch (state) {
    case ClusterState::Pending:
      return "PENDING";
    case ClusterState::Running:
      return "RUNNING";
    case ClusterState::Restarting:
      return "RESTARTING";
    case ClusterState::Resizing:
      return "RESIZING";
    case ClusterState::Terminating:
      return "TERMINATING";
    case ClusterState::Terminated:
      return "TERMINATED";
  }
  return "UNKNOWN";
}

ClusterState parseClusterState(std::string_view text) {
  for (auto state : {ClusterState::Pending, ClusterState::Running, ClusterState::Restarting, ClusterState::Resizing,
                     ClusterState::Terminating})
    if (text == toString(state)) return state;
  return ClusterState::Terminated;
}

std::string titleCase(ClusterState state) {
  std::string text(toString(state));
  std::transform(text.begin() + 1, text.end(), text.begin() + 1,
                 [](char c) { return static_cast<char>(c - 'A' + 'a'); });
  return text;
}

}  // namespace trowel::emulator
