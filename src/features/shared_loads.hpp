// SPDX-License-Identifier: Apache-2.0
// What several ask for at the same time: loaded once for all of them, and kept to be compared with what comes later.
#pragma once

#include <algorithm>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include "trowel/core/cancel.hpp"
#include "trowel/core/clock.hpp"
#include "trowel/core/error.hpp"

namespace trowel::features {

// A call that comes while another one of its kind runs is answered by that one, as long as nothing was changed since it
// began. One that comes right after it, since it only waited for a thread, is answered by the same value. Any thread.
template <typename Key, typename Value>
class SharedLoads {
 public:
  using Ptr = std::shared_ptr<const Value>;
  using Load = std::function<core::Result<Value>(const core::CancelToken&)>;
  using Fits = std::function<bool(const Key&)>;

  // A value is handed out again for `fresh`; zero: only what is being loaded is shared.
  SharedLoads(core::Clock& clock, core::Duration fresh) : clock_(clock), fresh_(fresh) {}

  // A value that is hardly old, or the one that somebody is loading just now, or else what `load` brings. Who waits for
  // somebody who gives up loads by himself. What is `past` is never asked for again, and makes room.
  core::Result<Ptr> get(const Key& key, const core::CancelToken& cancel, const Load& load, const Fits& past = {});

  // What was loaded last, however old; null where nothing was.
  Ptr last(const Key& key) const {
    std::lock_guard lock(mutex_);
    auto it = entries_.find(key);
    return it == entries_.end() ? nullptr : it->second.value;
  }

  // What is there now, or being loaded, is of before a change: the next get() loads.
  void outdate(const Fits& changed) {
    std::lock_guard lock(mutex_);
    for (auto& [key, entry] : entries_) {
      if (!changed(key)) continue;
      entry.flight.reset();
      entry.loaded.reset();
    }
  }

 private:
  struct Flight {
    bool landed = false;
    core::Result<Ptr> result;
  };
  struct Entry {
    std::shared_ptr<Flight> flight;
    Ptr value;
    std::optional<core::TimePoint> loaded;  // nothing: out of date
    std::uint64_t used = 0;
  };

  static constexpr std::size_t kMaxEntries = 256;

  void makeRoom(const Key& key, const Fits& past);  // with the mutex held

  core::Clock& clock_;
  const core::Duration fresh_;
  mutable std::mutex mutex_;  // guards everything below; not held while something is loaded
  std::condition_variable landed_;
  std::map<Key, Entry> entries_;
  std::uint64_t uses_ = 0;
};

template <typename Key, typename Value>
core::Result<typename SharedLoads<Key, Value>::Ptr> SharedLoads<Key, Value>::get(const Key& key,
                                                                                 const core::CancelToken& cancel,
                                                                                 const Load& load, const Fits& past) {
  auto woken = cancel.onCancel([this] {
    std::lock_guard lock(mutex_);
    landed_.notify_all();
  });
  std::unique_lock lock(mutex_);
  while (true) {
    auto& entry = entries_[key];
    entry.used = ++uses_;
    if (!entry.flight) {
      if (entry.loaded && clock_.now() - *entry.loaded < fresh_) return entry.value;
      break;
    }
    auto flight = entry.flight;
    landed_.wait(lock, [&] { return flight->landed || cancel.cancelled(); });
    if (cancel.cancelled()) return std::unexpected(cancel.error("The view"));
    if (flight->result || flight->result.error().code != core::ErrorCode::Cancelled) return flight->result;
  }
  makeRoom(key, past);
  auto flight = entries_[key].flight = std::make_shared<Flight>();
  lock.unlock();
  auto loaded = load(cancel);
  lock.lock();
  flight->landed = true;
  if (loaded)
    flight->result = std::make_shared<const Value>(*std::move(loaded));
  else
    flight->result = std::unexpected(std::move(loaded).error());
  // outdate() may have come in between, and somebody else may load by now.
  if (auto it = entries_.find(key); it != entries_.end() && it->second.flight == flight) {
    it->second.flight.reset();
    if (flight->result) {
      it->second.value = *flight->result;
      it->second.loaded = clock_.now();
    }
  }
  landed_.notify_all();
  return flight->result;
}

// Of those that may be asked for again the ones go that were not for the longest time.
template <typename Key, typename Value>
void SharedLoads<Key, Value>::makeRoom(const Key& key, const Fits& past) {
  if (past) std::erase_if(entries_, [&](const auto& each) { return !each.second.flight && past(each.first); });
  while (entries_.size() > kMaxEntries) {
    auto oldest = std::ranges::min_element(
        entries_, {}, [](const auto& each) { return std::pair(each.second.flight != nullptr, each.second.used); });
    if (oldest->second.flight || oldest->first == key) return;
    entries_.erase(oldest);
  }
}

}  // namespace trowel::features
