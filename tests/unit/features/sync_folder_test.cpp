// SPDX-License-Identifier: Apache-2.0
#include "features/transfers/sync_folder.hpp"

#include "support/catch.hpp"

namespace trowel::features {

namespace {

connection::Offer offerWith(const std::string& subfolder) {
  connection::Offer offer{.id = "profile:DEV", .name = "DEV", .localSyncFolder = "/home/me/sync"};
  offer.localSyncSubfolders["Clusters"] = subfolder;
  return offer;
}

}  // namespace

TEST_CASE("each kind of thing has its subfolder, by a setting or by its own name") {
  CHECK(syncFolderOf(offerWith("compute"), "Clusters").value() == "/home/me/sync/compute");
  CHECK(syncFolderOf(offerWith("a/b"), "Clusters").value() == "/home/me/sync/a/b");
  CHECK(syncFolderOf(offerWith(""), "Clusters").value() == "/home/me/sync/Clusters");
  CHECK(syncFolderOf(offerWith("compute"), "Jobs").value() == "/home/me/sync/Jobs");
}

TEST_CASE("a subfolder is the same folder however it is spelled") {
  for (const auto* subfolder : {"a/b/", "./a//b", "a/./b/."})
    CHECK(syncFolderOf(offerWith(subfolder), "Clusters").value() == "/home/me/sync/a/b");
  CHECK(syncFolderOf(offerWith("."), "Clusters").value() == "/home/me/sync");
}

TEST_CASE("no setting leads out of the local sync folder") {
  for (const auto& subfolder : {"..", "../x", "a/../../x", "/etc"}) {
    INFO(subfolder);
    auto folder = syncFolderOf(offerWith(subfolder), "Clusters");
    REQUIRE_FALSE(folder);
    CHECK(folder.error().message == "The subfolder '" + std::string(subfolder) +
                                        "' for Clusters of the connection 'DEV' is outside of its local sync folder. "
                                        "Change it in localSyncSubfolders.");
  }
}

TEST_CASE("why there is no local sync folder") {
  connection::Offer offer{.name = "DEV", .syncFolderProblem = "It cannot be used."};
  CHECK(syncFolderOf(offer, "Jobs").error().message == "It cannot be used.");
  offer.syncFolderProblem.clear();
  CHECK(syncFolderOf(offer, "Jobs").error().message ==
        "The connection 'DEV' has no local sync folder. Name one as localSyncFolder where the connection is written "
        "down.");
}

}  // namespace trowel::features
