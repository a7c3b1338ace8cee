// SPDX-License-Identifier: Apache-2.0
// A call that comes while another one of its kind runs is answered by that one, as long as nothing was changed since it
// began. One that comes right after it, since it only waited for a thread, is answered by the same rows.
#include "tree_lists.hpp"

#include <algorithm>

namespace trowel::features {

namespace {

constexpr auto kFresh = std::chrono::seconds(1);
constexpr std::size_t kMaxLists = 256;

}  // namespace

core::Result<RowsPtr> TreeLists::get(const ListKey& key, const core::CancelToken& cancel, const Load& load) {
  auto woken = cancel.onCancel([this] {
    std::lock_guard lock(mutex_);
    landed_.notify_all();
  });
  std::unique_lock lock(mutex_);
  while (true) {
    auto& entry = entries_[key];
    entry.used = ++uses_;
    if (!entry.flight) {
      if (entry.loaded && clock_.now() - *entry.loaded < kFresh) return entry.rows;
      break;
    }
    auto flight = entry.flight;
    landed_.wait(lock, [&] { return flight->landed || cancel.cancelled(); });
    if (cancel.cancelled()) return std::unexpected(cancel.error("The view"));
    if (flight->result || flight->result.error().code != core::ErrorCode::Cancelled) return flight->result;
  }
  makeRoom(key);
  auto flight = entries_[key].flight = std::make_shared<Flight>();
  lock.unlock();
  auto loaded = load(cancel);
  lock.lock();
  flight->landed = true;
  if (loaded)
    flight->result = std::make_shared<const Rows>(*std::move(loaded));
  else
    flight->result = std::unexpected(std::move(loaded).error());
  // outdate() may have come in between, and somebody else may load by now.
  if (auto it = entries_.find(key); it != entries_.end() && it->second.flight == flight) {
    it->second.flight.reset();
    if (flight->result) {
      it->second.rows = *flight->result;
      it->second.loaded = clock_.now();
    }
  }
  landed_.notify_all();
  return flight->result;
}

// Lists of an earlier connection are never asked for again; of the others those go that were not for the longest time.
void TreeLists::makeRoom(const ListKey& key) {
  std::erase_if(entries_, [&](const auto& each) {
    return each.first.view == key.view && each.first.project == key.project && each.first.generation < key.generation &&
           !each.second.flight;
  });
  while (entries_.size() > kMaxLists) {
    auto oldest = std::ranges::min_element(
        entries_, {}, [](const auto& each) { return std::pair(each.second.flight != nullptr, each.second.used); });
    if (oldest->second.flight || oldest->first == key) return;
    entries_.erase(oldest);
  }
}

RowsPtr TreeLists::last(const ListKey& key) const {
  std::lock_guard lock(mutex_);
  auto it = entries_.find(key);
  return it == entries_.end() ? nullptr : it->second.rows;
}

void TreeLists::outdate(std::string_view view, const std::optional<std::string>& node) {
  std::lock_guard lock(mutex_);
  for (auto& [key, entry] : entries_) {
    if (key.view != view || (node && key.node != node)) continue;
    entry.flight.reset();
    entry.loaded.reset();
  }
}

}  // namespace trowel::features
