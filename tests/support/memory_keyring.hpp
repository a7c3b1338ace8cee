// SPDX-License-Identifier: Apache-2.0
// A keyring in memory, which can be told to fail as a desktop's does.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "trowel/os/keyring.hpp"

namespace trowel::test {

// Any thread.
class MemoryKeyring final : public os::Keyring {
 public:
  core::Result<std::optional<core::SecretString>> get(const std::string& service, const std::string& account,
                                                      const core::CancelToken& cancel) override {
    std::lock_guard lock(mutex_);
    if (auto problem = problemOf("get", cancel)) return std::unexpected(std::move(*problem));
    auto found = entries_.find({service, account});
    return found == entries_.end() ? std::nullopt : std::optional(found->second);
  }
  core::Result<void> set(const std::string& service, const std::string& account, const core::SecretString& secret,
                         const core::CancelToken& cancel) override {
    std::lock_guard lock(mutex_);
    if (auto problem = problemOf("set", cancel)) return std::unexpected(std::move(*problem));
    entries_.insert_or_assign({service, account}, secret);
    return {};
  }
  core::Result<void> remove(const std::string& service, const std::string& account,
                            const core::CancelToken& cancel) override {
    std::lock_guard lock(mutex_);
    if (auto problem = problemOf("remove", cancel)) return std::unexpected(std::move(*problem));
    entries_.erase({service, account});
    return {};
  }

  // From now on every call ends with this; nothing: they succeed again. What is kept stays.
  void fail(std::optional<core::Error> error) {
    std::lock_guard lock(mutex_);
    failure_ = std::move(error);
  }

  // Service and account of each entry.
  std::vector<std::pair<std::string, std::string>> names() const {
    std::lock_guard lock(mutex_);
    std::vector<std::pair<std::string, std::string>> names;
    for (const auto& [name, secret] : entries_) names.push_back(name);
    return names;
  }
  // Of each call so far: "get", "set" or "remove".
  std::vector<std::string> calls() const {
    std::lock_guard lock(mutex_);
    return calls_;
  }

 private:
  std::optional<core::Error> problemOf(const char* call, const core::CancelToken& cancel) {
    calls_.emplace_back(call);
    if (cancel.cancelled()) return cancel.error("using the keyring");
    return failure_;
  }

  mutable std::mutex mutex_;  // guards everything below
  std::map<std::pair<std::string, std::string>, core::SecretString> entries_;
  std::optional<core::Error> failure_;
  std::vector<std::string> calls_;
};

}  // namespace trowel::test
