// SPDX-License-Identifier: Apache-2.0
// What is to be read about clusters: events here, logs and Spark's own pages in the browser.
#include <fmt/chrono.h>
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "cluster_actions.hpp"
#include "trowel/core/text.hpp"

namespace trowel::features {

namespace {

using core::Json;
using core::Result;

constexpr std::size_t kMaxEvents = 200;

bool isThere(const databricks::Cluster&) { return true; }

// "2026-01-02 03:04:05Z  TERMINATING  by ada@example.com: INACTIVITY"
std::string lineOf(const databricks::ClusterEvent& event) {
  auto time = std::chrono::sys_seconds(std::chrono::seconds(event.timestamp / 1000));
  auto line = fmt::format("{:%Y-%m-%d %H:%M:%S}Z  {:<24}", time, event.type);
  auto details = core::parseJson(event.details);
  if (!details) return line;
  auto part = [&](const std::string& text) {
    if (!text.empty()) line += "  " + text;
  };
  auto user = core::stringAt(*details, "user");
  part(user.empty() ? "" : "by " + user);
  const auto& reason = core::objectAt(*details, "reason");
  part(core::stringAt(reason, "code"));
  for (const auto& [key, value] : core::objectAt(reason, "parameters").items())
    if (value.is_string()) part(key + "=" + value.get<std::string>());
  if (details->contains("current_num_workers"))
    part(fmt::format("{} of {} workers", core::intAt(*details, "current_num_workers"),
                     core::intAt(*details, "target_num_workers")));
  part(core::stringAt(*details, "cause"));
  return line;
}

}  // namespace

Result<Json> ClusterActions::events(protocol::CommandCall& call) {
  auto action = TROWEL_TRY(Action::of(session_, call));
  auto cluster = TROWEL_TRY(one(action, "Show Cluster Events", isThere));
  auto connection = TROWEL_TRY(action.connection());
  std::string text = "Events of " + cluster.name + ", the newest first\n\n";
  auto listing = databricks::Clusters(connection->rest).events(cluster.id, {.cancel = action.cancel()});
  std::size_t count = 0;
  while (auto event = TROWEL_TRY(listing.next())) {
    if (++count > kMaxEvents) {
      text += "… and older ones.\n";
      break;
    }
    text += lineOf(*event) + "\n";
  }
  if (count == 0) text += "There are none of the last 60 days.\n";
  TROWEL_TRY(action.show("Events of " + cluster.name, "log", std::move(text)));
  return Json();
}

Result<Json> ClusterActions::openPage(protocol::CommandCall& call, const std::string& title, const std::string& page) {
  auto action = TROWEL_TRY(Action::of(session_, call));
  auto cluster = TROWEL_TRY(one(action, title, isThere));
  auto connection = TROWEL_TRY(action.connection());
  auto workspace = session_.connections().status(action.project().path).workspaceId;
  auto query = workspace == 0 ? std::string() : fmt::format("?o={}", workspace);
  TROWEL_TRY(action.openUrl(fmt::format("{}/{}#setting/clusters/{}/{}", connection->host, query, cluster.id, page)));
  return Json();
}

Result<Json> ClusterActions::driverLogs(protocol::CommandCall& call) {
  return openPage(call, "Open Driver Logs", "driverLogs");
}

Result<Json> ClusterActions::sparkUi(protocol::CommandCall& call) { return openPage(call, "Open Spark UI", "sparkUi"); }

Result<Json> ClusterActions::openInBrowser(protocol::CommandCall& call) {
  return openPage(call, "Open Cluster in Browser", "configuration");
}

}  // namespace trowel::features
