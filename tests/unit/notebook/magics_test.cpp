// SPDX-License-Identifier: Apache-2.0
#include "trowel/notebook/magics.hpp"

#include "support/catch.hpp"

using namespace trowel::notebook;
using trowel::core::ErrorCode;

namespace {

CellPlan planned(std::string_view language, std::string_view source) {
  auto plan = planCell(language, source);
  REQUIRE(plan);
  return *plan;
}

CellPlan run(std::string language, std::string code) { return {CellAction::Run, std::move(language), std::move(code)}; }

}  // namespace

TEST_CASE("a cell without a magic runs in its own language") {
  CHECK(planned("python", "print(1)") == run("python", "print(1)"));
  CHECK(planned("sql", "SELECT 1") == run("sql", "SELECT 1"));
  CHECK(planned("python", "# a\n\nx % 2") == run("python", "# a\n\nx % 2"));
  CHECK(planned("python", "x = '''\n%sql\n'''").language == "python");
  CHECK(planned("python", " \n\n").action == CellAction::Nothing);
}

TEST_CASE("a language magic counts inline, on its own line and behind comments, and lines keep their numbers") {
  CHECK(planned("python", "%sql SELECT 1") == run("sql", "SELECT 1"));
  CHECK(planned("python", "%sql\tSELECT 1\nFROM t") == run("sql", "SELECT 1\nFROM t"));
  CHECK(planned("python", "%sql\nSELECT 1") == run("sql", "\nSELECT 1"));
  CHECK(planned("python", "\n# first\n%scala\nval x = 1") == run("scala", "\n\n\nval x = 1"));
  CHECK(planned("sql", "-- first\n%python x") == run("python", "\nx"));
  CHECK(planned("r", "%r x <- 1") == run("r", "x <- 1"));
  CHECK(planned("python", "%sql").action == CellAction::Nothing);
}

TEST_CASE("markdown is rendered here") {
  CHECK(planned("python", "%md\n# Hi") == CellPlan{CellAction::Render, "", "# Hi"});
  CHECK(planned("python", "%md-sandbox <b>").code == "<b>");
  CHECK(planned("markdown", "%sql stays text").action == CellAction::Render);
}

TEST_CASE("magics that the driver knows go there untouched") {
  CHECK(planned("sql", "%pip install rich") == run("python", "%pip install rich"));
  CHECK(planned("python", "# needs\n%pip install rich") == run("python", "%pip install rich"));
  CHECK(planned("python", "%load_ext kedro.ipython\nx") == run("python", "%load_ext kedro.ipython\nx"));
  CHECK(planned("python", "%%time\nx") == run("python", "%%time\nx"));
  CHECK(planned("python", "!ls") == run("python", "!ls"));
  CHECK(planned("python", "%skip\nx").action == CellAction::Nothing);
}

TEST_CASE("%sh becomes Python that runs bash") {
  auto plan = planned("python", "%sh\necho \"a\\b\"\nls");
  CHECK(plan.language == "python");
  CHECK(plan.code.ends_with("_trowel_sh([], \"echo \\\"a\\\\b\\\"\\nls\")\n"));
  CHECK(planned("python", "%sh -e -x false\ntrue").code.ends_with("_trowel_sh([\"-e\", \"-x\"], \"false\\ntrue\")\n"));
  CHECK(planned("shellscript", "ls").code.ends_with("_trowel_sh([], \"ls\")\n"));
  CHECK(planned("shellscript", "# only\n%sh ls").code.ends_with("_trowel_sh([], \"ls\")\n"));
}

TEST_CASE("%fs becomes a call of dbutils.fs") {
  CHECK(planned("sql", "%fs ls /tmp") == run("python", "display(dbutils.fs.ls(\"/tmp\"))\n"));
  CHECK(planned("python", "%fs ls").code == "display(dbutils.fs.ls(\"/\"))\n");
  CHECK(planned("python", "%fs rm -r '/a b'").code == "dbutils.fs.rm(\"/a b\", True)\n");
  CHECK(planned("python", "%fs cp \"/a\" /b\\").code == "dbutils.fs.cp(\"/a\", \"/b\\\\\")\n");
  CHECK(planned("python", "%fs").code == "dbutils.fs.help()\n");
  CHECK(planCell("python", "%fs cp /a").error().code == ErrorCode::Unsupported);
  CHECK(planCell("python", "%fs format /").error().message.find("no command \"format\"") != std::string::npos);
}

TEST_CASE("what cannot run says so") {
  CHECK(planCell("python", "%run ./setup").error().code == ErrorCode::Unsupported);
  CHECK(planCell("json", "{}").error().code == ErrorCode::Unsupported);
}
