// SPDX-License-Identifier: Apache-2.0
#include "features/files/file_watches.hpp"

#include "support/catch.hpp"

namespace trowel::features {

namespace {

using Kind = FileChange::Kind;

FileUri at(const std::string& path) { return {.kind = FileSystemKind::Workspace, .host = {}, .path = path}; }

}  // namespace

TEST_CASE("two looks at a folder tell what is another") {
  const FolderSight before{{"changed", "1"}, {"gone", "1"}, {"same", "1"}};
  const FolderSight after{{"changed", "2"}, {"made", "1"}, {"same", "1"}};
  CHECK(changesOf(before, after) ==
        std::vector<FileChange>{{"changed", Kind::Changed}, {"gone", Kind::Deleted}, {"made", Kind::Created}});
  CHECK(changesOf(after, after).empty());
  CHECK(changesOf({}, {{"a", "1"}}) == std::vector<FileChange>{{"a", Kind::Created}});
  CHECK(changesOf({{"a", "1"}}, {}) == std::vector<FileChange>{{"a", Kind::Deleted}});
}

TEST_CASE("a file that becomes a folder has changed") {
  const auto file = sightOf({{"a", {.name = "a", .version = "1"}}});
  const auto folder = sightOf({{"a", {.name = "a", .kind = sync::EntryKind::Folder, .version = "1"}}});
  CHECK(changesOf(file, folder) == std::vector<FileChange>{{"a", Kind::Changed}});
}

TEST_CASE("looks go to what is watched and, below, to what was listed") {
  FileWatches watches;
  CHECK(watches.empty());
  watches.listed(at("/p/a"), {});
  watches.listed(at("/pa"), {});
  watches.listed(at("/p"), {});
  CHECK(watches.targets().empty());
  watches.set({{at("/p"), true}, {at("/q/file.py"), false}, {at("/q/file.py"), false}});
  CHECK(watches.targets() == std::vector<FileUri>{at("/q/file.py"), at("/p"), at("/p/a")});
  watches.set({{at("/"), true}});
  CHECK(watches.targets().size() == 3);
  watches.set({});
  CHECK(watches.empty());
  CHECK(watches.targets().empty());
}

TEST_CASE("the first look tells nothing, and a listing counts as one") {
  FileWatches watches;
  watches.set({{at("/p"), true}, {at("/f.py"), false}});
  CHECK(watches.saw(at("/f.py"), {{"", "1"}}).empty());
  CHECK(watches.saw(at("/f.py"), {{"", "2"}}) == std::vector<std::pair<FileUri, Kind>>{{at("/f.py"), Kind::Changed}});
  CHECK(watches.saw(at("/f.py"), {}) == std::vector<std::pair<FileUri, Kind>>{{at("/f.py"), Kind::Deleted}});
  watches.listed(at("/p"), {{"a", "1"}});
  CHECK(watches.saw(at("/p"), {{"a", "1"}, {"b", "1"}}) ==
        std::vector<std::pair<FileUri, Kind>>{{at("/p/b"), Kind::Created}});
}

TEST_CASE("of many listed folders the last ones are looked at") {
  FileWatches watches;
  watches.set({{at("/"), true}});
  for (std::size_t i = 0; i < 2 * FileWatches::kMaxListed; ++i) watches.listed(at("/" + std::to_string(i)), {});
  CHECK(watches.targets().size() == FileWatches::kMaxListed);
  CHECK(watches.targets().front() == at("/127"));
}

}  // namespace trowel::features
