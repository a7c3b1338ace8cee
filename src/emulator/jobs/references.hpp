// SPDX-License-Identifier: Apache-2.0
// Fills in {{...}}: what a run knows of itself, of its parameters and of other tasks.
#pragma once

#include <cstdint>
#include <string>

#include "emulator/jobs/job_run.hpp"
#include "trowel/core/json.hpp"

namespace trowel::emulator {

struct WorkspaceFacts {
  std::string id;
  std::string url;
};

class References {
 public:
  // What `attempt` of `run` sees. Both outlive the object.
  References(const JobRun& run, const Attempt& attempt, const WorkspaceFacts& workspace);

  // What is not known stays as it is.
  std::string fill(const std::string& text) const;
  // All strings within `value`, but not those of a task inside a for_each task: its iterations fill them themselves.
  core::Json fill(core::Json value) const;

 private:
  bool lookUp(const std::string& name, std::string& value) const;
  bool ofJob(const std::string& name, std::string& value) const;
  bool ofOtherTask(const std::string& name, std::string& value) const;

  const JobRun& run_;
  const Attempt& attempt_;
  const WorkspaceFacts& workspace_;
  const core::Json parameters_;
};

// A JSON value as text: strings as they are, all else as JSON.
std::string plainText(const core::Json& value);

}  // namespace trowel::emulator
