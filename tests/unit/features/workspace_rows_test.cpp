// SPDX-License-Identifier: Apache-2.0
#include "features/trees/workspace_rows.hpp"

#include "support/catch.hpp"

using namespace trowel;
using namespace trowel::features;
using sync::SideState;

namespace {

WorkspaceRow rowOf(const std::string& type, SideState state = SideState::OnlyThere, const std::string& language = {}) {
  WorkspaceRow row{.path = "/Users/me/thing"};
  row.there.emplace();
  row.there->type = type;
  row.there->path = row.path;
  row.there->language = language;
  row.there->size = 2048;
  row.sides.name = "thing";
  row.sides.state = state;
  row.sides.remote.emplace();
  if (state != SideState::OnlyThere) row.localPath = "/home/me/thing";
  return row;
}

std::string badgeOf(SideState state) { return nodeOf(rowOf("FILE", state)).decoration->badge.value_or(""); }

}  // namespace

TEST_CASE("every type of object has an icon and words of its own") {
  const auto look = [](const std::string& type, const std::string& language = {}) {
    const auto row = rowOf(type, SideState::OnlyThere, language);
    const auto node = nodeOf(row);
    return *node.icon + " | " + kindWords(row) + " | " + node.description.value_or("") + " | " + *node.contextValue;
  };
  CHECK(look("NOTEBOOK", "PYTHON") == "trowel-notebook-python | Python notebook | Python | object.notebook.there");
  CHECK(look("NOTEBOOK", "SQL") == "trowel-notebook-sql | SQL notebook | SQL | object.notebook.there");
  CHECK(look("NOTEBOOK", "SCALA") == "trowel-notebook-scala | Scala notebook | Scala | object.notebook.there");
  CHECK(look("NOTEBOOK", "R") == "trowel-notebook-r | R notebook | R | object.notebook.there");
  CHECK(look("FILE") == "file | File | 2.0 KiB | object.file.there");
  CHECK(look("DIRECTORY") == "folder | Folder |  | object.folder.there");
  CHECK(look("REPO") == "repo | Git folder | Git folder | object.repo.there");
  CHECK(look("LIBRARY") == "library | Library | Library | object.library.there");
  CHECK(look("DASHBOARD") == "dashboard | Dashboard | Dashboard | object.dashboard.there");
  CHECK(look("QUERY") == "search | Query | Query | object.query.there");
  CHECK(look("ALERT") == "bell | Alert | Alert | object.alert.there");
  CHECK(look("MLFLOW_EXPERIMENT") == "beaker | MLflow experiment | MLflow experiment | object.experiment.there");
  // What comes tomorrow is shown all the same.
  CHECK(look("GENIE_SPACE") == "question | GENIE_SPACE | Object | object.other.there");
}

TEST_CASE("each state has a badge, a colour and words") {
  CHECK(badgeOf(SideState::Same) == "✓");
  CHECK(badgeOf(SideState::LocalChanged) == "↑");
  CHECK(badgeOf(SideState::RemoteChanged) == "↓");
  CHECK(badgeOf(SideState::BothChanged) == "!");
  CHECK(badgeOf(SideState::OnlyHere) == "+");
  CHECK(badgeOf(SideState::OnlyThere) == "○");
  const auto node = nodeOf(rowOf("FILE", SideState::LocalChanged));
  CHECK(node.description == "2.0 KiB · newer here");
  CHECK(node.decoration->color == "gitDecoration.modifiedResourceForeground");
  CHECK(node.decoration->tooltip == "newer here");
  CHECK(node.accessibleLabel == "thing, File, newer here");
  CHECK(node.contextValue == "object.file.there.here");
  // Words for what is as it should be would be in the way.
  CHECK(nodeOf(rowOf("FILE", SideState::Same)).description == "2.0 KiB");
  CHECK(nodeOf(rowOf("FILE", SideState::Same)).accessibleLabel == "thing, File, in sync");
}

TEST_CASE("what is only here is a row, too, and is dragged as the file that it is") {
  WorkspaceRow row{.path = "/Users/me/new", .localPath = "/home/me/new.py"};
  row.sides.name = "new";
  row.sides.local = "new.py";
  row.sides.stamp.emplace();
  row.sides.form = {sync::ObjectKind::Notebook, ".py", sync::Format::Auto};
  row.sides.state = SideState::OnlyHere;
  const auto node = nodeOf(row);
  CHECK(node.id == "/Users/me/new");
  CHECK(node.icon == "notebook");
  CHECK(node.description == "only here");
  CHECK(node.resource == "file:///home/me/new.py");
  CHECK(node.contextValue == "object.notebook.here");
  CHECK(nodeOf(rowOf("FILE")).resource == "wsfs:/Users/me/thing");
}

TEST_CASE("a folder says what is in it, as far as that is known") {
  auto row = rowOf("DIRECTORY", SideState::Folder);
  CHECK_FALSE(nodeOf(row).decoration);
  row.counts = FolderCounts{.same = 4};
  CHECK(nodeOf(row).decoration->badge == "✓");
  CHECK_FALSE(nodeOf(row).description);
  row.counts = FolderCounts{.same = 4, .up = 2};
  CHECK(nodeOf(row).decoration->badge == "↑");
  CHECK(nodeOf(row).description == "2 to upload");
  row.counts = FolderCounts{.up = 2, .down = 1, .complete = false};
  CHECK(nodeOf(row).decoration->badge == "!");
  CHECK(nodeOf(row).description == "2 to upload, 1 to download, not all looked at");
  row.counts = FolderCounts{.conflict = 1};
  CHECK(nodeOf(row).description == "1 changed on both sides");
}

TEST_CASE("while contents are compared, the row says so") {
  auto row = rowOf("FILE", SideState::BothChanged);
  row.pending = true;
  CHECK(nodeOf(row).decoration->badge == "…");
  CHECK(nodeOf(row).description == "2.0 KiB · being compared");
}

TEST_CASE("what others call their objects is text in a tooltip, never markup") {
  auto row = rowOf("<b>", SideState::Same);
  row.path = "/Users/me/[x](command:y)";
  row.sides.problem = "*why*";
  row.localPath = "/home/me/_a_";
  CHECK(nodeOf(row).tooltip ==
        "/Users/me/\\[x\\]\\(command:y\\)\n\n\\<b\\>, in sync\n\n\\*why\\*\n\nHere: "
        "/home/me/\\_a\\_");
}
