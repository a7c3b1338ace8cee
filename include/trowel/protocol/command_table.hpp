// SPDX-License-Identifier: Apache-2.0
// Commands by id: what workspace/executeCommand runs.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "trowel/protocol/types.hpp"
#include "trowel/rpc/binder.hpp"

namespace trowel::protocol {

// A command's call: the rows that it was called on, the one under the mouse first, and the project.
struct CommandCall {
  std::vector<CommandTarget> targets;
  std::optional<std::string> folder;
  rpc::CallContext& context;
};

class CommandTable {
 public:
  using Run = std::function<core::Result<core::Json>(CommandCall&)>;

  void add(std::string id, Run run) { commands_.emplace(std::move(id), std::move(run)); }

  // Null for an unknown id.
  const Run* find(std::string_view id) const {
    auto it = commands_.find(id);
    return it == commands_.end() ? nullptr : &it->second;
  }

 private:
  std::map<std::string, Run, std::less<>> commands_;
};

}  // namespace trowel::protocol
