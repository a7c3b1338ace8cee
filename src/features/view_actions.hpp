// SPDX-License-Identifier: Apache-2.0
// What can be done with every view: refresh it, filter it by name, have favourites in it.
#pragma once

#include "action.hpp"
#include "tree.hpp"
#include "trowel/protocol/handlers.hpp"

namespace trowel::features {

class ViewActions final : public protocol::ViewCommands {
 public:
  // `outdate`: before all views are drawn anew, because the user wants to see what there is now. Any thread.
  ViewActions(Session& session, Tree& tree, std::function<void()> outdate)
      : session_(session), tree_(tree), outdate_(std::move(outdate)) {}

  core::Result<core::Json> refresh(protocol::CommandCall& call) override;
  core::Result<core::Json> filter(protocol::CommandCall& call) override;
  core::Result<core::Json> clearFilter(protocol::CommandCall& call) override;
  core::Result<core::Json> addFavourite(protocol::CommandCall& call) override;
  core::Result<core::Json> removeFavourite(protocol::CommandCall& call) override;

 private:
  // The view of the row that the command was called on, or one that the user picks.
  core::Result<std::string> view(Action& action, const protocol::CommandCall& call, const std::string& title);
  core::Result<void> setFavourites(protocol::CommandCall& call, bool favourite);

  Session& session_;
  Tree& tree_;
  std::function<void()> outdate_;
  // Whoever refreshes while somebody else does has what he wants when that one is done.
  std::mutex mutex_;                  // guards refreshing_
  std::set<std::string> refreshing_;  // paths of projects
};

}  // namespace trowel::features
