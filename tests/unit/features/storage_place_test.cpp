// SPDX-License-Identifier: Apache-2.0
#include "features/storage/storage_place.hpp"

#include "support/catch.hpp"

using namespace trowel::features;

namespace {

constexpr auto kDbfs = FileSystemKind::Dbfs;
constexpr auto kVolumes = FileSystemKind::Volumes;

}  // namespace

TEST_CASE("what a path is follows from where it is") {
  CHECK(levelOf(kDbfs, "/", true) == StorageLevel::Top);
  CHECK(levelOf(kDbfs, "/tmp", true) == StorageLevel::Folder);
  CHECK(levelOf(kDbfs, "/mnt", true) == StorageLevel::Folder);
  CHECK(levelOf(kDbfs, "/mnt/lake", true) == StorageLevel::Mount);
  CHECK(levelOf(kDbfs, "/mnt/lake/raw", true) == StorageLevel::Folder);
  CHECK(levelOf(kDbfs, "/mnt/readme.txt", false) == StorageLevel::File);
  CHECK(levelOf(kVolumes, "/", true) == StorageLevel::Top);
  CHECK(levelOf(kVolumes, "/main", true) == StorageLevel::Catalog);
  CHECK(levelOf(kVolumes, "/main/default", true) == StorageLevel::Schema);
  CHECK(levelOf(kVolumes, "/main/default/raw", true) == StorageLevel::Volume);
  CHECK(levelOf(kVolumes, "/main/default/raw/a", true) == StorageLevel::Folder);
  CHECK(levelOf(kVolumes, "/main/default/raw/a.csv", false) == StorageLevel::File);
}

TEST_CASE("where files cannot go, it says why and what to do") {
  CHECK(whyNoFilesIn(kDbfs, "/").empty());
  CHECK(whyNoFilesIn(kDbfs, "/tmp/a").empty());
  CHECK(whyNoFilesIn(kDbfs, "/mnt/lake").empty());
  CHECK(whyNoFilesIn(kDbfs, "/mnt") == "/mnt holds mounts, which are made with dbutils.fs.mount. Choose one of them.");
  CHECK(whyNoFilesIn(kDbfs, "/databricks-datasets/airlines") ==
        "dbfs:/databricks-datasets/airlines is read-only in DBFS. Choose another folder.");
  CHECK(whyNoFilesIn(kDbfs, "/databricks-datasets-of-mine").empty());
  CHECK(whyNoFilesIn(kDbfs, "/Volumes/main") ==
        "dbfs:/Volumes/main is read-only in DBFS. Change volumes in the view Volumes.");
  CHECK(whyNoFilesIn(kVolumes, "/") == "Files go into a volume. Choose one.");
  CHECK(whyNoFilesIn(kVolumes, "/main/default") == "Files go into a volume. main/default is none: choose one in it.");
  CHECK(whyNoFilesIn(kVolumes, "/main/default/raw").empty());
}

TEST_CASE("what belongs to a catalog or a mount is not moved with files") {
  CHECK(whyItStays(kDbfs, "/tmp").empty());
  CHECK(whyItStays(kDbfs, "/mnt/lake/a").empty());
  CHECK(whyItStays(kDbfs, "/mnt/lake") == "/mnt/lake is a mount, which is removed with dbutils.fs.unmount.");
  CHECK(whyItStays(kDbfs, "/mnt") == "/mnt holds the mounts of all. Choose something in one of them.");
  CHECK(whyItStays(kDbfs, "/") == "The root of DBFS stays as it is. Choose something in it.");
  CHECK(whyItStays(kVolumes, "/main/default/raw") ==
        "/main/default/raw belongs to the catalog: it is renamed and dropped there or with SQL, not with files.");
  CHECK(whyItStays(kVolumes, "/main/default/raw/a").empty());
  CHECK(checkMovable(kDbfs, {"/tmp/a", "/tmp/b"}));
  CHECK(checkMovable(kDbfs, {"/tmp/a", "/mnt/x"}).error().code == trowel::core::ErrorCode::PermissionDenied);
}

TEST_CASE("names stay in their folder") {
  CHECK(whyNoName("a b.csv").empty());
  CHECK(whyNoName("..") == "This name means another folder.");
  CHECK(whyNoName("a/b") == "A name has no slash: the folder stays the same.");
  CHECK_FALSE(whyNoName(std::string(256, 'x')).empty());
}

TEST_CASE("paths as code names them") {
  CHECK(codePath(kDbfs, "/tmp/a.csv") == "dbfs:/tmp/a.csv");
  CHECK(codePath(kVolumes, "/main/default/raw/a.csv") == "/Volumes/main/default/raw/a.csv");
  CHECK(codePath(kVolumes, "/") == "/Volumes");
}
