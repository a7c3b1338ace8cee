// SPDX-License-Identifier: Apache-2.0
#include "connections.hpp"

#include <fmt/format.h>

#include "features/markdown_text.hpp"
#include "features/pauses.hpp"
#include "trowel/core/text.hpp"
#include "trowel/protocol/contributions.hpp"

namespace trowel::features {

namespace {

using connection::Offer;
using connection::Source;
using connection::State;
using connection::Status;

std::string sourceOf(Source source) {
  switch (source) {
    case Source::Settings:
      return "settings";
    case Source::Profile:
      return "Databricks profile";
    case Source::Azure:
      return "Azure";
    case Source::Project:
      return "this project's Databricks configuration";
    case Source::Environment:
      return "environment variables";
    case Source::Demo:
      break;
  }
  return "part of Trowel";
}

std::string cloudOf(const Offer& offer) { return offer.cloud ? std::string(toString(*offer.cloud)) : std::string(); }

std::string joined(std::initializer_list<std::string> parts) {
  std::string text;
  for (const auto& part : parts)
    if (!part.empty()) text += (text.empty() ? "" : " · ") + part;
  return text;
}

// What a menu may test: the state, and whether the row is of another machine, and written down where Trowel may remove
// it.
std::string contextOf(const char* state, const Offer& offer) {
  bool own = offer.own || (offer.source == Source::Profile && offer.id != Offer::kUnreadableProfiles);
  return fmt::format("connection.{}{}{}", state, offer.source == Source::Demo ? "" : ".remote", own ? ".own" : "");
}

void drawState(protocol::TreeNode& row, const Offer& offer, const Status& status) {
  const auto problem = core::redact(status.error.message);
  switch (status.state) {
    case State::None:
      return;
    case State::Connecting:
      row.icon = "sync~spin";
      row.description = "connecting…";
      row.command.reset();
      row.contextValue = contextOf("connecting", offer);
      return;
    case State::Ready:
      row.icon = "pass-filled";
      row.iconColor = "charts.green";
      row.description = joined({status.user, status.cloud, status.authType});
      if (status.slowedDownUntil) {
        row.icon = "watch";
        row.description = slowedDown(*status.slowedDownUntil);
      }
      row.contextValue = contextOf("active", offer);
      // A click that connects anew would end what runs.
      row.command.reset();
      return;
    case State::Offline:
      row.icon = "debug-disconnect";
      row.iconColor = "charts.yellow";
      row.description = "offline, tried again by itself. " + problem;
      row.contextValue = contextOf("failed", offer);
      return;
    case State::SignIn:
      row.icon = "sign-in";
      row.iconColor = "charts.yellow";
      row.description = "needs a sign-in. " + problem;
      row.contextValue = contextOf("signIn", offer);
      row.command = protocol::TreeCommand{std::string(protocol::command::kConnectionSignIn), "Sign In"};
      return;
    case State::Failed:
      row.icon = "error";
      row.iconColor = "charts.red";
      row.description = problem;
      row.contextValue = contextOf("failed", offer);
      return;
  }
}

std::string tooltipOf(const Offer& offer, const Status* status) {
  std::string text = fmt::format("**{}**\n\n", plainMarkdown(offer.name));
  auto line = [&](const char* what, const std::string& value) {
    if (!value.empty()) text += fmt::format("- {}: {}\n", what, plainMarkdown(core::redact(value)));
  };
  line("Host", status != nullptr && !status->host.empty() ? status->host : offer.host);
  line("Cloud", cloudOf(offer));
  line("From", sourceOf(offer.source));
  if (status != nullptr) {
    line("Signed in as", status->user);
    line("By", status->authType);
    if (status->workspaceId != 0) line("Workspace", std::to_string(status->workspaceId));
    line("Trouble", status->error.message);
    if (status->slowedDownUntil) line("Trouble", slowedDown(*status->slowedDownUntil));
  }
  line("Problem", offer.problem);
  for (const auto& note : offer.notes) line("Note", note);
  return text;
}

}  // namespace

core::Result<Rows> ConnectionsView::children(const RowsRequest& request) {
  Rows rows;
  if (request.node) return rows;
  const auto& folder = request.project.path;
  auto status = session_.connections().status(folder);
  for (const auto& offer : TROWEL_TRY(session_.connections().offers(folder, request.cancel))) {
    bool chosen = offer.id == status.id && status.state != State::None;
    protocol::TreeNode row;
    row.id = offer.id;
    row.label = offer.name;
    row.description = offer.source == Source::Demo ? "on this machine" : joined({offer.host, cloudOf(offer)});
    row.icon = offer.source == Source::Demo ? "beaker" : "plug";
    row.contextValue = contextOf("idle", offer);
    row.command = protocol::TreeCommand{std::string(protocol::command::kConnectionActivate), "Connect"};
    if (!offer.problem.empty()) {
      row.icon = "warning";
      row.description = offer.problem;
    }
    if (chosen) drawState(row, offer, status);
    row.tooltip = tooltipOf(offer, chosen ? &status : nullptr);
    rows.nodes.push_back(std::move(row));
  }
  return rows;
}

}  // namespace trowel::features
