// SPDX-License-Identifier: Apache-2.0
// The lists that views are made of: loaded once for everybody who asks at the same time, and kept to tell what changed.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "shared_loads.hpp"
#include "trees/tree_view.hpp"

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
  using Load = SharedLoads<ListKey, Rows>::Load;

  explicit TreeLists(core::Clock& clock) : loads_(clock, std::chrono::seconds(1)) {}

  // As SharedLoads::get. Lists of an earlier connection are never asked for again.
  core::Result<RowsPtr> get(const ListKey& key, const core::CancelToken& cancel, const Load& load) {
    return loads_.get(key, cancel, load, [&](const ListKey& each) {
      return each.view == key.view && each.project == key.project && each.generation < key.generation;
    });
  }

  // What was loaded last, however old; null where nothing was.
  RowsPtr last(const ListKey& key) const { return loads_.last(key); }

  // What is there now, or being loaded, is of before a change: the next get() loads. Without a node: all of the view.
  void outdate(std::string_view view, const std::optional<std::string>& node = {}) {
    loads_.outdate([&](const ListKey& key) { return key.view == view && (!node || key.node == node); });
  }

 private:
  SharedLoads<ListKey, Rows> loads_;
};

}  // namespace trowel::features
