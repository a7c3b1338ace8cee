// SPDX-License-Identifier: Apache-2.0
// Which rows are in sight, and when they are looked at again: soon while something moves, seldom else, never unseen.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "session.hpp"

namespace trowel::features {

// The rows below a node of a view, or its roots.
struct Sight {
  std::string view;
  std::string project;  // path
  std::optional<std::string> node = {};

  auto operator<=>(const Sight&) const = default;
};

// Any thread. One timer a view.
class TreeWatch {
 public:
  // `look` loads the rows and reports them with loaded(), also where it fails; in the background, never two at once of
  // one view.
  using Look = std::function<void(const Sight& sight, const core::CancelToken& cancel)>;

  TreeWatch(Session& session, Look look) : session_(session), look_(std::move(look)) {}

  // A view, or the rows below a node of it, came into sight or left it. A view shows one project at a time.
  void setVisible(const Sight& sight, bool visible);

  // The rows were loaded just now. `moving` and `idle` as in nextLook(); without `moving` it is as it was, since nobody
  // could tell.
  void loaded(const Sight& sight, std::optional<bool> moving, std::optional<core::Duration> idle);

 private:
  struct List {
    bool open = true;
    bool moving = false;
    core::TimePoint movingSince;
    core::TimePoint loaded;
    std::optional<core::Duration> idle;
  };
  struct View {
    bool visible = false;
    std::string project;
    std::map<std::optional<std::string>, List> lists;  // by node
    core::Timer::Id timer = 0;
    bool looking = false;
  };

  static std::optional<core::TimePoint> due(const List& list);
  void plan(const std::string& id, View& view);  // with the mutex held
  void lookAround(const std::string& id, const core::CancelToken& cancel);

  Session& session_;
  Look look_;
  std::mutex mutex_;  // guards everything below
  std::map<std::string, View> views_;
};

}  // namespace trowel::features
