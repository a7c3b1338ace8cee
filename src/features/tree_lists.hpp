// SPDX-License-Identifier: Apache-2.0
// The lists that views are made of: loaded once for everybody who asks at the same time, and kept to tell what changed.
#pragma once

#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "trees/tree_view.hpp"
#include "trowel/core/clock.hpp"

namespace trowel::features {

using RowsPtr = std::shared_ptr<const Rows>;

struct ListKey {
  std::string view;
  std::string project;           // path
  std::uint64_t generation = 0;  // of the connection; 0: none
  std::optional<std::string> node = {};
  std::string page = {};

  auto operator<=>(const ListKey&) const = default;
};

// Any thread.
class TreeLists {
 public:
  using Load = std::function<core::Result<Rows>(const core::CancelToken&)>;

  explicit TreeLists(core::Clock& clock) : clock_(clock) {}

  // Rows that are hardly old, or those that somebody is loading just now, or else what `load` brings. Who waits for
  // somebody who gives up loads by himself.
  core::Result<RowsPtr> get(const ListKey& key, const core::CancelToken& cancel, const Load& load);

  // What was loaded last, however old; null where nothing was.
  RowsPtr last(const ListKey& key) const;

  // What is there now, or being loaded, is of before a change: the next get() loads. Without a node: all of the view.
  void outdate(std::string_view view, const std::optional<std::string>& node = {});

 private:
  struct Flight {
    bool landed = false;
    core::Result<RowsPtr> result;
  };
  struct Entry {
    std::shared_ptr<Flight> flight;
    RowsPtr rows;
    std::optional<core::TimePoint> loaded;  // nothing: out of date
    std::uint64_t used = 0;
  };

  void makeRoom(const ListKey& key);  // with the mutex held

  core::Clock& clock_;
  mutable std::mutex mutex_;  // guards everything below; not held while something is loaded
  std::condition_variable landed_;
  std::map<ListKey, Entry> entries_;
  std::uint64_t uses_ = 0;
};

}  // namespace trowel::features
