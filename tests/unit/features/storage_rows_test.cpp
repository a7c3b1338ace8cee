// SPDX-License-Identifier: Apache-2.0
#include "features/storage/storage_rows.hpp"

#include "features/storage/storage_words.hpp"
#include "support/catch.hpp"

using namespace trowel::features;
using trowel::sync::Entry;
using trowel::sync::EntryKind;
using trowel::sync::RemoteTotals;

namespace {

constexpr auto kDbfs = FileSystemKind::Dbfs;
constexpr auto kVolumes = FileSystemKind::Volumes;

}  // namespace

TEST_CASE("a row of a file says size and time, and stands for its address") {
  const Entry file{.name = "größe %#.csv", .kind = EntryKind::File, .size = 1'500'000};
  const auto row = storageRow(kDbfs, "/tmp", file, "today 14:03:22");
  CHECK(row.id == "/tmp/größe %#.csv");
  CHECK(row.label == "größe %#.csv");
  CHECK(row.description == "1.4 MiB · today 14:03:22");
  CHECK(row.icon == "table");
  CHECK(row.contextValue == "storage.file");
  CHECK(row.resource == "dbfs:/tmp/gr%C3%B6%C3%9Fe%20%25%23.csv");
  CHECK(row.dragText == "dbfs:/tmp/größe %#.csv");
  CHECK(row.accessibleLabel == "größe %#.csv · file · 1.4 MiB · today 14:03:22");
  CHECK(row.collapsible == trowel::protocol::Collapsible::None);
  REQUIRE(row.command);
  CHECK(row.command->command == "trowel.storage.open");
  CHECK(row.tooltip->contains("1500000 bytes"));
}

TEST_CASE("rows say what they are where it matters") {
  const auto of = [](FileSystemKind kind, const std::string& folder, const std::string& name,
                     const std::string& type = {}) {
    return storageRow(kind, folder, {.name = name, .kind = EntryKind::Folder, .type = type}, {});
  };
  CHECK(of(kDbfs, "/mnt", "lake").description == "mount");
  CHECK(of(kDbfs, "/mnt", "lake").contextValue == "storage.mount");
  CHECK_FALSE(of(kDbfs, "/", "tmp").description);
  CHECK(of(kDbfs, "/", "databricks-datasets").contextValue == "storage.folder.readOnly");
  CHECK(of(kDbfs, "/", "databricks-datasets").description == "read-only");
  CHECK(of(kVolumes, "/", "main").contextValue == "storage.catalog");
  CHECK(of(kVolumes, "/main", "default").contextValue == "storage.schema");
  const auto volume = of(kVolumes, "/main/default", "raw", "EXTERNAL");
  CHECK(volume.contextValue == "storage.volume");
  CHECK(volume.description == "external");
  CHECK(volume.dragText == "/Volumes/main/default/raw");
  CHECK(volume.collapsible == trowel::protocol::Collapsible::Collapsed);
  CHECK(of(kVolumes, "/main/default/raw", "a_*b").tooltip->starts_with("**a\\_\\*b**"));
}

TEST_CASE("a name that leads elsewhere, or is no text, has no row") {
  CHECK(hasAddress(kDbfs, "/", "a b.csv"));
  CHECK(hasAddress(kVolumes, "/main/default/raw", "ü"));
  for (const auto* name : {"", ".", "..", "a/b", "\xFF"}) {
    INFO(name);
    CHECK_FALSE(hasAddress(kDbfs, "/tmp", name));
  }
}

TEST_CASE("before files go, their number is said") {
  const auto ask = [](FileSystemKind kind, const std::vector<Doomed>& doomed) {
    return deletionWords(kind, doomed).question;
  };
  CHECK(ask(kDbfs, {{.path = "/tmp/a.csv", .size = 5}}) == "Delete the file dbfs:/tmp/a.csv (5 bytes)?");
  CHECK(ask(kDbfs, {{.path = "/tmp/d", .inside = RemoteTotals{}}}) == "Delete the empty folder dbfs:/tmp/d?");
  CHECK(ask(kVolumes, {{.path = "/m/d/v/d", .inside = RemoteTotals{.files = 12, .folders = 3, .bytes = 4'404'019}}}) ==
        "Delete the folder /Volumes/m/d/v/d with 12 files and 3 folders (4.2 MiB)?");
  CHECK(ask(kDbfs, {{.path = "/tmp/d", .inside = RemoteTotals{.files = 1, .bytes = 1}}}) ==
        "Delete the folder dbfs:/tmp/d with 1 file (1 byte)?");
  CHECK(ask(kDbfs, {{.path = "/tmp/d", .inside = RemoteTotals{.folders = 2}}}) ==
        "Delete the folder dbfs:/tmp/d with 2 folders?");
  CHECK(ask(kDbfs, {{.path = "/tmp/d", .inside = RemoteTotals{.files = 7, .bytes = 7, .complete = false}}}) ==
        "Delete the folder dbfs:/tmp/d with at least 7 files (7 bytes)?");
  CHECK(ask(kDbfs, {{.path = "/tmp/d", .inside = RemoteTotals{.complete = false}}}) ==
        "Delete the folder dbfs:/tmp/d with something that cannot be listed?");

  const auto both = deletionWords(
      kDbfs, {{.path = "/tmp/a", .size = 1}, {.path = "/mnt/x/d", .inside = RemoteTotals{.files = 2, .bytes = 2}}});
  CHECK(both.question == "Delete 3 files and 1 folder (3 bytes)?");
  CHECK(both.detail ==
        "dbfs:/tmp/a\ndbfs:/mnt/x/d\nWhat lies in a mount is deleted in the storage behind it. Nobody can bring it "
        "back.");
  std::vector<Doomed> many(12, Doomed{.path = "/tmp/a"});
  CHECK(deletionWords(kDbfs, many).detail.contains("and 2 more\n"));
}
