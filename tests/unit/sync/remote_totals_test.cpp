// SPDX-License-Identifier: Apache-2.0
#include "trowel/sync/remote_totals.hpp"

#include "support/catch.hpp"
#include "support/memory_tree.hpp"

using namespace trowel;
using namespace trowel::sync;

TEST_CASE("all that lies below a folder is counted") {
  test::MemoryTree tree;
  tree.plantFolder("/d/e/f");
  tree.plant("/d/a", "12345");
  tree.plant("/d/e/b", "123");
  tree.plant("/elsewhere", "1");
  const auto totals = totalsBelow(tree, "/d", {}).value();
  CHECK(totals.files == 2);
  CHECK(totals.folders == 2);
  CHECK(totals.bytes == 8);
  CHECK(totals.complete);
  CHECK(totalsBelow(tree, "/none", {}).error().code == core::ErrorCode::NotFound);
}

TEST_CASE("what cannot be listed makes it the least that there is") {
  test::MemoryTree tree;
  tree.plantFolder("/d/closed");
  tree.plant("/d/a", "1");
  tree.before = [](const test::MemoryTree::Call& call) -> std::optional<core::Error> {
    if (call.path != "/d/closed") return std::nullopt;
    return core::fail(core::ErrorCode::PermissionDenied, "Not yours.").error();
  };
  const auto totals = totalsBelow(tree, "/d", {}).value();
  CHECK(totals.files == 1);
  CHECK(totals.folders == 1);
  CHECK_FALSE(totals.complete);
}
