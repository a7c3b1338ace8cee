// SPDX-License-Identifier: Apache-2.0
// How each project's user likes to see the views: filters and favourites, kept outside of the project.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "trowel/core/error.hpp"

namespace trowel::features {

struct ViewState {
  std::string name = {};                                            // only rows with this in their name; empty: all
  std::map<std::string, std::string> filters = {};                  // of the view's own: "state" -> "running"
  std::map<std::string, std::vector<std::string>> favourites = {};  // host -> ids of rows

  bool filtered() const { return !name.empty() || !filters.empty(); }
  // As a text behind the view's title: "name: etl · state: running".
  std::string describeFilters() const;

  bool operator==(const ViewState&) const = default;
};

// One small file a project, replaced atomically; of two windows the last one to change something wins. Any thread.
class ViewStates {
 public:
  // `folder` need not exist.
  explicit ViewStates(std::string folder) : folder_(std::move(folder)) {}

  // `project` is the project's path; "" is the window without a folder. What cannot be read (which is logged) is as if
  // nobody had said anything.
  ViewState get(const std::string& project, std::string_view view) const;
  core::Result<void> change(const std::string& project, std::string_view view,
                            const std::function<void(ViewState&)>& change);

 private:
  using Views = std::map<std::string, ViewState, std::less<>>;

  std::string fileOf(const std::string& project) const;
  Views read(const std::string& project) const;
  core::Result<void> write(const std::string& project, const Views& views) const;

  std::string folder_;
  mutable std::mutex mutex_;  // guards everything below, and the files of this process
  mutable std::map<std::string, Views> known_;
};

}  // namespace trowel::features
