// SPDX-License-Identifier: Apache-2.0
// Tasks that run programs, and notebooks that run notebooks: with the real driver.
#include <cstdlib>

#include "support/catch.hpp"
#include "task_bench.hpp"

using namespace trowel;
using namespace trowel::emulator;
using namespace trowel::emulator::test;

namespace {

using Ending = TaskOutcome::Ending;

struct ProgramBench : TaskBench {
  // A wheel `shop` with an entry point `report` that prints its arguments, and with a function `plain`.
  void wheel(const std::string& path) {
    auto contents = folder.path / "wheel";
    auto write = [&](const std::string& name, const std::string& text) {
      std::filesystem::create_directories((contents / name).parent_path());
      std::ofstream(contents / name) << text;
    };
    write("shop/__init__.py", "def plain():\n  print('plain')\n");
    write("shop/jobs.py", "import sys\ndef report():\n  print(sys.argv[1:])\n");
    write("shop-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: shop\nVersion: 1.0\n");
    write("shop-1.0.dist-info/entry_points.txt", "[console_scripts]\nreport = shop.jobs:report\n");
    auto target = folder.path / "root" / path;
    std::filesystem::create_directories(target.parent_path());
    std::string command =
        "cd '" + contents.string() + "' && python3 -m zipfile -c '" + target.string() + "' shop shop-1.0.dist-info";
    REQUIRE(std::system(command.c_str()) == 0);
  }
};

std::string logsOf(const TaskOutcome& outcome) { return outcome.output.value("logs", "?"); }

}  // namespace

TEST_CASE_METHOD(ProgramBench, "a Python file runs as the main program, and what it prints are its logs") {
  file("dbfs/jobs/helper.py", "def double(n): return 2 * n");
  file("dbfs/jobs/main.py",
       "import sys, helper\nif __name__ == '__main__':\n  print(sys.argv[1:], helper.double(4))\n"
       "  dbutils.jobs.taskValues.set(key='rows', value={'n': 5})\n"
       "  print(dbutils.jobs.taskValues.get(taskKey='before', key='rows'))\n");
  auto outcome =
      run(request("spark_python_task", {{"python_file", "dbfs:/jobs/main.py"}, {"parameters", {"a", "b c"}}}));
  INFO(outcome.message << outcome.output.dump());
  CHECK(outcome.ending == Ending::Success);
  CHECK(logsOf(outcome) == "['a', 'b c'] 8\n{'n': 5}");
  CHECK(outcome.output.at("logs_truncated") == false);
  CHECK(host.values.at("rows") == Json{{"n", 5}});

  file("Workspace/Shared/bad.py", "print('before the end')\nraise ValueError('no')");
  auto bad = run(request("spark_python_task", {{"python_file", "/Shared/bad.py"}}));
  CHECK(bad.ending == Ending::Failed);
  CHECK(logsOf(bad) == "before the end");
  CHECK(bad.output.at("error") == "ValueError: no");
  CHECK(bad.output.at("error_trace").get<std::string>().find("bad.py") != std::string::npos);

  file("Volumes/a/b/c/loud.py", "print('first')\nfor i in range(700): print('x' * 10_000)\nprint('last')");
  auto loud = run(request("spark_python_task", {{"python_file", "/Volumes/a/b/c/loud.py"}}));
  CHECK(logsOf(loud).size() == 5UL * 1024 * 1024);
  CHECK(logsOf(loud).ends_with("last"));
  CHECK(loud.output.at("logs_truncated") == true);
}

TEST_CASE_METHOD(ProgramBench, "a wheel is installed on the cluster and its entry point called") {
  wheel("dbfs/libs/shop-1.0-py3-none-any.whl");
  auto task = request("python_wheel_task",
                      {{"package_name", "shop"}, {"entry_point", "report"}, {"named_parameters", {{"day", "2024"}}}},
                      {{"libraries", {{{"whl", "dbfs:/libs/shop-1.0-py3-none-any.whl"}}}}});
  task.compute.kind = TaskCompute::Kind::NewCluster;
  task.compute.newCluster = cluster();
  auto outcome = run(task);
  INFO(outcome.message << outcome.output.dump());
  CHECK(outcome.ending == Ending::Success);
  CHECK(logsOf(outcome) == "['--day=2024']");

  auto missing = run(request("python_wheel_task", {{"package_name", "nope"}, {"entry_point", "main"}}));
  CHECK(missing.ending == Ending::Failed);
  CHECK(missing.output.at("error").get<std::string>().find("nope") != std::string::npos);
}

TEST_CASE_METHOD(ProgramBench, "a serverless environment brings its wheels") {
  wheel("Volumes/main/default/libs/shop-1.0-py3-none-any.whl");
  auto task = request("python_wheel_task",
                      {{"package_name", "shop"}, {"entry_point", "plain"}, {"parameters", Json::array({"x"})}});
  task.compute.environment = {
      {"environment_key", "e"},
      {"spec", {{"client", "1"}, {"dependencies", {"/Volumes/main/default/libs/shop-1.0-py3-none-any.whl"}}}}};
  auto outcome = run(task);
  INFO(outcome.message << outcome.output.dump());
  CHECK(logsOf(outcome) == "plain");

  notebook("/Shared/nb", "import shop\ndbutils.notebook.exit(shop.__name__)");
  auto imported = request("notebook_task", {{"notebook_path", "/Shared/nb"}});
  imported.compute.environment = task.compute.environment;
  CHECK(run(imported).output.at("notebook_output").at("result") == "shop");
}

TEST_CASE_METHOD(ProgramBench, "a notebook runs another one and gets its exit value") {
  notebook("/Shared/sub/child", "dbutils.notebook.exit('got ' + dbutils.widgets.get('who'))");
  notebook("/Shared/parent", "v = dbutils.notebook.run('./sub/child', 60, {'who': 'ada'})\ndbutils.notebook.exit(v)");
  auto outcome = run(request("notebook_task", {{"notebook_path", "/Shared/parent"}}));
  INFO(outcome.message << outcome.output.dump());
  CHECK(outcome.output == Json{{"notebook_output", {{"result", "got ada"}, {"truncated", false}}}});

  notebook("/Shared/sub/child", "1 / 0");
  auto failed = run(request("notebook_task", {{"notebook_path", "/Shared/parent"}}));
  CHECK(failed.ending == Ending::Failed);
  CHECK(failed.output.dump().find("Workload failed, see run output for details") != std::string::npos);
  CHECK(failed.output.dump().find("ZeroDivisionError") != std::string::npos);

  notebook("/Shared/parent", "dbutils.notebook.run('nope', 0)");
  CHECK(run(request("notebook_task", {{"notebook_path", "/Shared/parent"}}))
            .output.dump()
            .find("Unable to access the notebook \\\"/Shared/nope") != std::string::npos);

  notebook("/Shared/self", "dbutils.notebook.run('self', 0)");
  CHECK(run(request("notebook_task", {{"notebook_path", "/Shared/self"}})).output.dump().find("times deep") !=
        std::string::npos);
}

TEST_CASE_METHOD(ProgramBench, "a notebook that another one runs ends at its timeout, and with its caller") {
  auto mark = (folder.path / "mark").string();
  notebook("/Shared/slow", "import threading\nopen('" + mark + "', 'w').close()\nthreading.Event().wait()");
  notebook("/Shared/parent", "dbutils.notebook.run('slow', 1)");
  CHECK(run(request("notebook_task", {{"notebook_path", "/Shared/parent"}})).output.dump().find("TIMEDOUT") !=
        std::string::npos);

  std::filesystem::remove(mark);
  notebook("/Shared/parent", "dbutils.notebook.run('slow', 0)");
  core::CancelSource cancel;
  auto running = std::async(std::launch::async, [&] {
    return run(request("notebook_task", {{"notebook_path", "/Shared/parent"}}), cancel.token());
  });
  while (!std::filesystem::exists(mark) && running.wait_for(std::chrono::seconds(0)) != std::future_status::ready)
    std::this_thread::yield();
  cancel.cancel(core::CancelReason::Client);
  CHECK(running.get().ending == Ending::Canceled);
}
