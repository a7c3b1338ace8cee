// SPDX-License-Identifier: Apache-2.0
#include "trowel/kernel/session_table.hpp"

#include "scripted_cluster.hpp"

using namespace trowel;
using kernel::SessionTable;

TEST_CASE("a session belongs to a notebook on a cluster of a connection") {
  test::ScriptedCluster cluster;
  SessionTable table(cluster.environment());
  auto a = table.open({"conn", "c1", "file:///a"}, cluster.client());
  CHECK(table.open({"conn", "c1", "file:///a"}, cluster.client()) == a);
  CHECK(table.open({"conn", "c1", "file:///b"}, cluster.client()) != a);
  CHECK(table.open({"conn", "c2", "file:///a"}, cluster.client()) != a);
  CHECK(table.open({"other", "c1", "file:///a"}, cluster.client()) != a);
  table.close("file:///a", "c2");
  CHECK(table.keys().size() == 3);
  table.close("file:///a");
  CHECK(table.keys() == std::vector<kernel::SessionKey>{{"conn", "c1", "file:///b"}});
  CHECK(a->run("python", "1").state == kernel::RunState::Cancelled);
}

TEST_CASE("all sessions on one cluster of a connection begin anew together, and no others") {
  test::ScriptedCluster here;
  test::ScriptedCluster elsewhere;
  SessionTable table(here.environment());
  here.opens("x");
  here.accepts("x", "1");
  here.prints("x", "1");
  here.destroys("x");
  elsewhere.opens("y");
  elsewhere.accepts("y", "1");
  elsewhere.prints("y", "1");
  table.open({"conn", "c1", "file:///1"}, here.client())->run("python", "1");
  table.open({"other", "c1", "file:///1"}, elsewhere.client())->run("python", "1");
  table.restartAll("conn", "c1");
  table.restartAll("other", "c2");
  CHECK(table.keys().size() == 2);
}

TEST_CASE("at the end every context is destroyed") {
  // A script for each: the contexts are destroyed side by side.
  test::ScriptedCluster one;
  test::ScriptedCluster two;
  SessionTable table(one.environment());
  for (auto* cluster : {&one, &two}) {
    cluster->opens("x");
    cluster->accepts("x", "1");
    cluster->prints("x", "1");
    cluster->destroys("x");
  }
  table.open({"conn", "c1", "file:///1"}, one.client())->run("python", "1");
  table.open({"conn", "c1", "file:///2"}, two.client())->run("python", "1");
  table.closeAll();
  CHECK(table.keys().empty());
}
