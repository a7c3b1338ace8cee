// SPDX-License-Identifier: Apache-2.0
#include "storage.hpp"

#include <fmt/chrono.h>

#include <algorithm>

#include "features/files/file_tree.hpp"
#include "features/jobs/run_words.hpp"
#include "features/storage/storage_place.hpp"
#include "features/storage/storage_rows.hpp"
#include "trowel/core/log.hpp"
#include "trowel/core/text.hpp"

namespace trowel::features {

using core::Result;

namespace {

constexpr std::int64_t kSecond = 1000;  // milliseconds

std::string momentOf(std::int64_t epochMilliseconds, core::Clock& clock) {
  if (epochMilliseconds <= 0) return {};
  const auto now = std::chrono::duration_cast<std::chrono::seconds>(clock.wallNow().time_since_epoch()).count();
  return momentWords(fmt::localtime(static_cast<std::time_t>(epochMilliseconds / kSecond)),
                     fmt::localtime(static_cast<std::time_t>(now)));
}

}  // namespace

Result<Rows> StorageView::children(const RowsRequest& request) {
  const auto folder = request.node.value_or("/");
  const auto tree = fileTree(kind_, request.connection);
  std::vector<sync::Entry> entries;
  TROWEL_TRY(tree.remote->list(
      folder,
      [&](sync::Entry entry) -> Result<void> {
        if (hasAddress(kind_, folder, entry.name)) {
          entries.push_back(std::move(entry));
        } else {
          core::logInfo("features", "a name in " + codePath(kind_, folder) + " cannot be shown");
        }
        return {};
      },
      request.cancel));
  std::ranges::sort(entries, {}, [](const sync::Entry& entry) {
    return std::tuple(entry.kind != sync::EntryKind::Folder, core::toLower(entry.name), entry.name);
  });
  Rows rows;
  rows.nodes.reserve(entries.size());
  auto& clock = request.connection->rest.clock();
  for (const auto& entry : entries)
    rows.nodes.push_back(storageRow(kind_, folder, entry, momentOf(entry.modifiedAt, clock)));
  return rows;
}

std::string StorageView::permission(const std::optional<std::string>& node) const {
  if (kind_ == FileSystemKind::Dbfs) return "the right to read " + codePath(kind_, node.value_or("/"));
  if (!node) return "the privilege USE CATALOG on a catalog";
  const auto name = core::replaceAll(node->substr(1), "/", ".");
  switch (levelOf(kind_, *node, true)) {
    case StorageLevel::Catalog:
      return "the privilege USE CATALOG on " + name;
    case StorageLevel::Schema:
      return "the privilege USE SCHEMA on " + name;
    default:
      return "the privilege READ VOLUME for " + codePath(kind_, *node);
  }
}

bool StorageView::matches(const protocol::TreeNode& node, const std::optional<std::string>&,
                          std::string_view text) const {
  return node.collapsible != protocol::Collapsible::None || core::toLower(node.label).contains(core::toLower(text));
}

Result<void> StorageView::drop(const Drop& drop) { return actions_.drop(kind_, drop); }

}  // namespace trowel::features
