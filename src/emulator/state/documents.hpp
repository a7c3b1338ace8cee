// SPDX-License-Identifier: Apache-2.0
// One kind of documents: JSON by key, in memory, and durable where there is a state file. For areas whose objects are
// little more than what clients sent.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "emulator/server/api_error.hpp"
#include "trowel/core/json.hpp"

namespace trowel::emulator {

class StateFile;

// Any thread. What has been put is durable when the call returns.
class Documents {
 public:
  // Loads what is there. `state` may be null.
  Documents(StateFile* state, std::string kind);
  ~Documents();

  std::optional<core::Json> find(const std::string& key) const;
  std::vector<std::pair<std::string, core::Json>> all() const;  // by key
  std::size_t size() const;

  void put(const std::string& key, const core::Json& document);
  bool remove(const std::string& key);  // false: there was none
  // Reads and writes in one step. `change` gets the document, or null where there is none, and edits it in place; the
  // document is stored only where it returns no error. It must not call this object.
  Reply<void> change(const std::string& key, const std::function<Reply<void>(core::Json& document)>& change);

 private:
  void store(const std::string& key, const core::Json& document);

  StateFile* state_;
  const std::string kind_;
  mutable std::mutex mutex_;  // guards documents_
  std::map<std::string, core::Json> documents_;
};

}  // namespace trowel::emulator
