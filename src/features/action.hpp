// SPDX-License-Identifier: Apache-2.0
// One action of the user, by a command or by drag and drop: what it is about, asked for where nothing was selected.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "session.hpp"
#include "trowel/core/secret.hpp"
#include "trowel/protocol/command_table.hpp"

namespace trowel::features {

// What the user dismisses ends the action: the functions that ask then fail with Cancelled, which nobody is shown. So a
// command reads straight down:
//   auto action = TROWEL_TRY(Action::of(session_, call));
//   auto id = TROWEL_TRY(action.row(protocol::view::kClusters, {.title = "Stop Cluster", …}, [&] { return offer(…);
//   })); TROWEL_TRY(action.confirm("Stop the cluster?", "Everything that runs on it ends.", "Stop"));
// On the worker of its request; one thread.
class Action {
 public:
  // InvalidParams where the folder is none of the editor's.
  static core::Result<Action> of(Session& session, protocol::CommandCall& call);
  Action(Session& session, Project project, std::vector<protocol::CommandTarget> targets, rpc::CallContext& call)
      : session_(session), project_(std::move(project)), targets_(std::move(targets)), call_(call) {}

  const Project& project() const { return project_; }
  const core::CancelToken& cancel() const { return call_.cancel; }
  protocol::Client& editor() const { return session_.editor(); }
  // As Session::connection.
  core::Result<connection::ConnectionPtr> connection() const { return session_.connection(project_, call_.cancel); }

  // ---- what it is about

  // The ids of the rows of `view` that it was called on. Rows that tell of a failure are none.
  std::vector<std::string> rows(std::string_view view) const;
  // The files of the explorer that it was called on.
  std::vector<std::string> files() const { return rows("explorer"); }

  struct Question {
    std::string title;
    std::string placeholder = {};
    std::string none = {};  // said where there is nothing to choose from: why, and what to do
  };
  // What can be chosen; asked for only where nothing was selected.
  using Offer = std::function<core::Result<std::vector<protocol::PickItem>>()>;

  // The row that it was called on, or the one that the user picks. Conflict with `none` where there is nothing to pick.
  core::Result<std::string> row(std::string_view view, const Question& question, const Offer& offer);
  // The same for all rows that are selected.
  core::Result<std::vector<std::string>> someRows(std::string_view view, const Question& question, const Offer& offer);

  // ---- asking

  core::Result<std::string> pick(const Question& question, std::vector<protocol::PickItem> items);
  core::Result<std::vector<std::string>> pickSome(const Question& question, std::vector<protocol::PickItem> items);
  // A line, without blanks at its ends. `check` says what is wrong with one, which is then asked for again; empty:
  // fine.
  core::Result<std::string> line(protocol::InputParams ask,
                                 const std::function<std::string(const std::string&)>& check = {});
  // The same, where an empty line is an answer as well.
  core::Result<std::string> anyLine(protocol::InputParams ask,
                                    const std::function<std::string(const std::string&)>& check = {});
  core::Result<core::SecretString> secret(const std::string& title, const std::string& prompt);
  // Before something is destroyed: `message` names it or how many there are, `action` is the button.
  core::Result<void> confirm(const std::string& message, const std::string& detail, const std::string& action);

  // ---- telling

  void tell(const std::string& message);
  core::Result<void> copy(const std::string& text);
  core::Result<void> openUrl(const std::string& url);
  // A text that is no file, read-only.
  core::Result<void> show(std::string title, std::string language, std::string content);
  core::Result<void> openFile(const std::string& uri);
  // A text that the user changes and then uses with a command.
  core::Result<void> draft(std::string language, std::string content);
  // What the editor in front shows, for a command on it. Conflict with `none` where there is no text.
  core::Result<std::string> activeText(const std::string& none);
  // As rpc::Progress; what takes less than a second need not report.
  void report(const std::string& title, const std::string& message, std::optional<int> percent = std::nullopt) {
    call_.progress.report(title, message, percent);
  }

  // Does something to each of `items`, with progress; `doing` as in "Stopping clusters". Goes on after a failure, and
  // fails in the end with all of them in one message. Between two items a cancel ends it.
  struct Item {
    std::string id;
    std::string name;
  };
  core::Result<void> each(std::span<const Item> items, const std::string& doing,
                          const std::function<core::Result<void>(const Item&)>& act);

 private:
  Session& session_;
  Project project_;
  std::vector<protocol::CommandTarget> targets_;
  rpc::CallContext& call_;
};

}  // namespace trowel::features
