// SPDX-License-Identifier: Apache-2.0
#include "emulator/execution/notebook_runner.hpp"

#include <nlohmann/json.hpp>

#include "support/catch.hpp"

using namespace trowel;
using namespace trowel::emulator;
using core::Json;

namespace {

Json request(const std::string& text, Language notebook = Language::Python) {
  return cellRequest({.text = text}, notebook).value_or(Json());
}

}  // namespace

TEST_CASE("the first line of a cell chooses who executes it") {
  CHECK(request("x = 1\ny") == Json{{"language", "python"}, {"command", "x = 1\ny"}, {"magics", true}});
  CHECK(request("select 1", Language::Sql) == Json{{"language", "sql"}, {"command", "select 1"}, {"magics", true}});
  CHECK(request("val x = 1", Language::Scala).at("language") == "scala");
  CHECK(request("%sql\nselect 1\n") == Json{{"language", "sql"}, {"command", "select 1"}, {"magics", true}});
  CHECK(request("%sql select 1").at("command") == "select 1");
  CHECK(request("%python\nx", Language::Sql) == Json{{"language", "python"}, {"command", "x"}, {"magics", true}});
  CHECK(request("%r\nx").at("language") == "r");
  CHECK(request("%python\n%pip install x", Language::Sql).at("command") == "%pip install x");
  for (auto magic : {"%run ./other", "%sh ls", "%fs ls /", "%pip install x", "%sqlx"})
    CHECK(request(magic, Language::Sql) == Json{{"language", "python"}, {"command", magic}, {"magics", true}});
  for (auto nothing : {"", "  \n", "%md # x", "%md-sandbox\n<b>", "%sql", "%sql  \n "})
    CHECK(request(nothing) == nullptr);
  CHECK_FALSE(cellRequest({.text = "# x", .markdown = true}, Language::Python));
}

TEST_CASE("notebooks name one another by relative paths") {
  CHECK(resolveNotebook("/Users/a/x/nb", "./other") == "/Users/a/x/other");
  CHECK(resolveNotebook("/Users/a/x/nb", "other") == "/Users/a/x/other");
  CHECK(resolveNotebook("/Users/a/x/nb", "../y/other") == "/Users/a/y/other");
  CHECK(resolveNotebook("/Users/a/x/nb", "/Shared/./z") == "/Shared/z");
  CHECK(resolveNotebook("/nb", "../../z") == "/z");
  CHECK(resolveNotebook("", "z") == "/z");
  CHECK(resolveNotebook("/nb", "") == "/");
}
