// SPDX-License-Identifier: Apache-2.0
// What must be done to make the workspace equal to the project. Pure: the same sides always give the same plan.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "sync/state.hpp"

namespace trowel::sync {

enum class Action : std::uint8_t { RemoveObject, RemoveFolder, MakeFolder, Put };

struct Step {
  Action action = Action::Put;
  std::string remotePath;
  std::string source;  // the local file; empty for folders
  bool operator==(const Step&) const = default;
};

struct Plan {
  // In this order; the steps of one wave may run at the same time.
  std::vector<std::vector<Step>> waves;
  // Local paths that cannot be sent together with others, with a sentence for the user.
  std::map<std::string, std::string> problems;

  std::size_t size() const;
};

// `kept` are sources that still exist but are not selected any more (ignored by now): what we wrote for them stays.
// Never removes what is not in `remote`, nor folders that were there before us.
Plan makePlan(const RemoteState& remote, const LocalTree& local, const std::set<std::string>& kept);

// True where going on would remove everything although nothing says that the user meant it: a folder that is empty all
// at once is more often unmounted or half checked out.
bool looksEmptied(const RemoteState& remote, const LocalTree& local, const std::set<std::string>& kept);

}  // namespace trowel::sync
