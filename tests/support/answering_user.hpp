// SPDX-License-Identifier: Apache-2.0
// A user who answers what the daemon asks: chooses by label, types, presses buttons, in the order that a test says.
#pragma once

#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "support/daemon_harness.hpp"

namespace trowel::test {

// Answers that were not needed stay for later questions; a question without an answer is dismissed.
class AnsweringUser {
 public:
  explicit AnsweringUser(DaemonHarness& daemon) : state_(std::make_shared<State>()) {
    auto& editor = daemon.editor();
    editor.on("trowel/ui/pick", [state = state_](const core::Json& params) {
      auto chosen = core::Json::array();
      auto wanted = state->next(state->picks);
      for (const auto& item : params.at("items"))
        if (item.at("label") == wanted) chosen.push_back(item.at("id"));
      return chosen.empty() ? core::Json::object() : core::Json{{"ids", std::move(chosen)}};
    });
    editor.on("trowel/ui/input", [state = state_](const core::Json&) {
      auto typed = state->next(state->lines);
      return typed.empty() ? core::Json::object() : core::Json{{"value", std::move(typed)}};
    });
    editor.on("trowel/ui/confirm", [state = state_](const core::Json&) {
      auto pressed = state->next(state->buttons);
      return pressed.empty() ? core::Json::object() : core::Json{{"action", std::move(pressed)}};
    });
    editor.on("trowel/ui/chooseFile", [state = state_](const core::Json&) {
      auto path = state->next(state->files);
      return path.empty() ? core::Json::object() : core::Json{{"uri", core::pathToUri(path)}};
    });
  }

  // Labels of the rows to choose; of several rows with one label all of them.
  AnsweringUser& picks(const std::vector<std::string>& labels) { return add(&State::picks, labels); }
  AnsweringUser& types(const std::vector<std::string>& lines) { return add(&State::lines, lines); }
  AnsweringUser& presses(const std::vector<std::string>& buttons) { return add(&State::buttons, buttons); }
  // Paths of files or folders.
  AnsweringUser& choosesFiles(const std::vector<std::string>& paths) { return add(&State::files, paths); }

  // How many answers nobody has asked for.
  std::size_t left() const {
    std::lock_guard lock(state_->mutex);
    return state_->picks.size() + state_->lines.size() + state_->buttons.size() + state_->files.size();
  }

 private:
  using Answers = std::deque<std::string>;
  struct State {
    std::mutex mutex;  // guards everything below
    Answers picks;
    Answers lines;
    Answers buttons;
    Answers files;

    std::string next(Answers& answers) {
      std::lock_guard lock(mutex);
      if (answers.empty()) return {};
      auto answer = std::move(answers.front());
      answers.pop_front();
      return answer;
    }
  };

  AnsweringUser& add(Answers State::* kind, const std::vector<std::string>& answers) {
    std::lock_guard lock(state_->mutex);
    for (const auto& answer : answers) ((*state_).*kind).push_back(answer);
    return *this;
  }

  std::shared_ptr<State> state_;
};

}  // namespace trowel::test
