// SPDX-License-Identifier: Apache-2.0
// Execution contexts as resources: how many there are, who may use them, and what is left when they end.
#include <filesystem>
#include <sstream>

#include "command_context.hpp"
#include "support/catch.hpp"
#include "support/manual_clock.hpp"

using namespace trowel;
using namespace trowel::emulator;
using namespace trowel::emulator::test;
using namespace std::chrono_literals;

TEST_CASE("a context that was idle for a day makes room for a new one, the idlest first") {
  trowel::test::ManualClock clock;
  auto emulator = std::move(Emulator::start({}, clock).value());
  WorkspaceClient client(*emulator);
  auto clusterId = createCluster(client);
  Json body{{"clusterId", clusterId}, {"language", "python"}};
  auto create = [&] { return client.post("/api/1.2/contexts/create", body); };
  auto status = [&](const Json& id) {
    return client.get("/api/1.2/contexts/status?clusterId=" + clusterId + "&contextId=" + id.get<std::string>()).status;
  };
  CommandContext used(*emulator, clusterId);
  auto first = create().body.at("id");
  clock.advance(1h);
  auto second = create().body.at("id");
  for (int i = 3; i < 145; ++i) REQUIRE(create().status == 200);
  CHECK(create().status == 500);
  clock.advance(22h);
  CHECK(used.text("1") == "1");  // as good as new
  CHECK(create().status == 500);
  clock.advance(1h);
  CHECK(create().status == 200);
  CHECK(status(first) == 500);
  CHECK(status(second) == 200);
  CHECK(create().status == 500);
  clock.advance(1h);
  CHECK(create().status == 200);
  CHECK(used.text("2") == "2");
}

TEST_CASE_METHOD(CommandContext, "old clients send a command as a form with a file") {
  auto sent =
      client.postForm("/api/1.2/commands/execute", {{"clusterId", clusterId, "", ""},
                                                    {"contextId", contextId, "", ""},
                                                    {"language", "python", "", ""},
                                                    {"command", "print('from a file')", "code.py", "text/plain"}});
  INFO(sent.text);
  REQUIRE(sent.status == 200);
  CHECK(await(sent.body.at("id")).at("results").at("data") == "from a file");
}

TEST_CASE_METHOD(CommandContext, "a context of a language that the cluster does not run takes those that it does") {
  for (auto language : {"scala", "r", "sql"}) {
    auto made = client.post("/api/1.2/contexts/create", {{"clusterId", clusterId}, {"language", language}});
    REQUIRE(made.status == 200);
    CommandContext other;
    std::swap(other.contextId, made.body.at("id").get_ref<std::string&>());
    CHECK(other.text("1 + 1") == "2");
  }
}

TEST_CASE("a context can be lost on demand, with all that ran in it") {
  auto emulator = std::move(Emulator::start({}).value());
  WorkspaceClient client(*emulator);
  auto cluster = createCluster(client);
  CommandContext lost(*emulator, cluster);
  CommandContext kept(*emulator, cluster);
  lost.begin("while True: pass");
  emulator->addFault({.pattern = "CONTEXT_LOST " + lost.contextId});
  CHECK(kept.status().status == 200);
  for (int i = 0; i < 2; ++i) {
    auto answer = lost.status();
    CHECK(answer.status == 500);
    CHECK(answer.body.at("error") == "ContextNotFoundException: Execution context not found: " + lost.contextId);
  }
  CHECK(kept.text("1 + 1") == "2");
}

TEST_CASE_METHOD(CommandContext, "nothing that user code starts outlives its context, whatever it does to get away") {
  const std::string start =
      "import subprocess\n"
      "p = subprocess.Popen(['setsid', 'sh', '-c', 'sleep 600 & echo $!; exec >&-; wait'], stdout=subprocess.PIPE)\n"
      "print(p.pid, p.stdout.readline().decode().strip())";
  auto gone = [](const std::string& pids) {
    std::istringstream in(pids);
    for (std::string pid; in >> pid;)
      if (std::filesystem::exists("/proc/" + pid)) return false;
    return true;
  };
  auto first = text(start);
  CHECK_FALSE(gone(first));
  client.post("/api/1.2/contexts/destroy", {{"clusterId", clusterId}, {"contextId", contextId}});
  CHECK(gone(first));

  CommandContext killed;
  auto second = killed.text(start);
  killed.await(killed.begin("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)"));
  CHECK(gone(second));
}

TEST_CASE_METHOD(CommandContext, "user code has limits of resources and none of our descriptors") {
  CHECK(text("import resource as r\nr.getrlimit(r.RLIMIT_CORE)") == "(0, 0)");
  CHECK(text("r.getrlimit(r.RLIMIT_NOFILE)[1] <= 16384, r.getrlimit(r.RLIMIT_DATA)[1] > 0") == "(True, True)");
  CHECK(text("import os\nwhole = os.sysconf('SC_PHYS_PAGES') * os.sysconf('SC_PAGE_SIZE')\n"
             "r.getrlimit(r.RLIMIT_DATA)[1] <= max(whole * 3 // 4, 2**30)") == "True");
  CHECK(text("import os\nsorted(int(fd) for fd in os.listdir('/proc/self/fd'))[:3]") == "[0, 1, 2]");
  CHECK(
      text(
          "any(os.readlink(f'/proc/self/fd/{fd}').endswith(('state.db', '.lock')) for fd in os.listdir('/proc/self/fd')"
          " if os.path.exists(f'/proc/self/fd/{fd}'))") == "False");
}
