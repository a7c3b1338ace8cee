// SPDX-License-Identifier: Apache-2.0
#include "emulator/state/documents.hpp"

#include <nlohmann/json.hpp>

#include "emulator/state/state_file.hpp"
#include "trowel/core/log.hpp"

namespace trowel::emulator {

using core::Json;

Documents::Documents(StateFile* state, std::string kind) : state_(state), kind_(std::move(kind)) {
  if (!state_) return;
  state_->load(kind_, [this](const std::string& key, const std::string& text, const std::string&) {
    if (auto document = core::parseJson(text))
      documents_[key] = *std::move(document);
    else
      core::logError("emulator", "The state file holds a damaged document: " + kind_ + " " + key);
  });
}

Documents::~Documents() = default;

std::optional<Json> Documents::find(const std::string& key) const {
  std::lock_guard lock(mutex_);
  auto it = documents_.find(key);
  if (it == documents_.end()) return std::nullopt;
  return it->second;
}

std::vector<std::pair<std::string, Json>> Documents::all() const {
  std::lock_guard lock(mutex_);
  return {documents_.begin(), documents_.end()};
}

std::size_t Documents::size() const {
  std::lock_guard lock(mutex_);
  return documents_.size();
}

void Documents::put(const std::string& key, const Json& document) {
  std::lock_guard lock(mutex_);
  store(key, document);
}

bool Documents::remove(const std::string& key) {
  std::lock_guard lock(mutex_);
  if (documents_.erase(key) == 0) return false;
  if (state_) state_->remove(kind_, key);
  return true;
}

Reply<void> Documents::change(const std::string& key, const std::function<Reply<void>(Json& document)>& change) {
  std::lock_guard lock(mutex_);
  auto it = documents_.find(key);
  Json document = it == documents_.end() ? Json() : it->second;
  if (auto done = change(document); !done) return done;
  store(key, document);
  return {};
}

void Documents::store(const std::string& key, const Json& document) {
  documents_[key] = document;
  if (state_) state_->put(kind_, key, core::dumpJson(document));
}

}  // namespace trowel::emulator
