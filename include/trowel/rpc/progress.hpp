// SPDX-License-Identifier: Apache-2.0
// Work-done progress of a request (LSP 3.17, section "Work Done Progress"): begin with the first report, end by itself.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "trowel/core/json.hpp"

namespace trowel::rpc {

class Outgoing;

// Silent where the request brought no workDoneToken. Any thread, one at a time.
class Progress {
 public:
  Progress();
  Progress(Outgoing& outgoing, const core::Json& token);
  ~Progress();  // sends the end
  Progress(Progress&&) noexcept;
  Progress& operator=(Progress&&) noexcept;

  // The first title stays. `percent` from 0 to 100.
  void report(const std::string& title, const std::string& message, std::optional<int> percent = std::nullopt);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace trowel::rpc
