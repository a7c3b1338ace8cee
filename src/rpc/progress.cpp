// SPDX-License-Identifier: Apache-2.0
#include "trowel/rpc/progress.hpp"

#include <nlohmann/json.hpp>

#include "trowel/rpc/outgoing.hpp"

namespace trowel::rpc {

struct Progress::State {
  Outgoing& outgoing;
  core::Json token;
  bool begun = false;
};

Progress::Progress() = default;
Progress::Progress(Outgoing& outgoing, const core::Json& token)
    : state_(token.is_null() ? nullptr : std::make_unique<State>(State{outgoing, token})) {}
Progress::Progress(Progress&&) noexcept = default;
Progress& Progress::operator=(Progress&&) noexcept = default;

Progress::~Progress() {
  if (state_ && state_->begun)
    state_->outgoing.notify("$/progress", {{"token", state_->token}, {"value", {{"kind", "end"}}}}, Delivery::Certain);
}

void Progress::report(const std::string& title, const std::string& message, std::optional<int> percent) {
  if (!state_) return;
  core::Json value{{"kind", state_->begun ? "report" : "begin"}, {"message", message}};
  if (!state_->begun) {
    value["title"] = title;
    value["cancellable"] = true;
  }
  if (percent) value["percentage"] = *percent;
  state_->outgoing.notify("$/progress", {{"token", state_->token}, {"value", std::move(value)}},
                          state_->begun ? Delivery::Droppable : Delivery::Certain);
  state_->begun = true;
}

}  // namespace trowel::rpc
