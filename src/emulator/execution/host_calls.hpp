// SPDX-License-Identifier: Apache-2.0
// What user code asks of the workspace while it runs (secrets, other notebooks, task values), by name.
#pragma once

#include <functional>
#include <map>
#include <string>

#include "emulator/execution/context_setup.hpp"
#include "emulator/server/api_error.hpp"
#include "trowel/core/cancel.hpp"
#include "trowel/core/json.hpp"

namespace trowel::emulator {

struct HostCall {
  const ContextOrigin& origin;
  const core::Json& parameters;     // an object
  const core::CancelToken& cancel;  // the command was interrupted, or its context ended
};

class HostCalls {
 public:
  // The answer is an object. Runs on the thread of the context that asks and may block; returns soon after a cancel.
  using Handler = std::function<Reply<core::Json>(const HostCall&)>;

  // Before the first context runs.
  void add(const std::string& name, Handler handler);
  // Any thread.
  Reply<core::Json> answer(const std::string& name, const HostCall& call) const;

 private:
  std::map<std::string, Handler> handlers_;
};

// taskValues/set and taskValues/get, which jobs keep. Outside of a job nothing is set and nothing is found.
void addTaskValueCalls(HostCalls& calls);

}  // namespace trowel::emulator
