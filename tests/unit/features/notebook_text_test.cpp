// SPDX-License-Identifier: Apache-2.0
#include "features/workspace/notebook_text.hpp"

#include "support/catch.hpp"

using namespace trowel::features;

namespace {

constexpr const char* kDocument = R"nb({"cells":[
  {"cell_type":"markdown","metadata":{},"source":["# Title\n","text"]},
  {"cell_type":"code","execution_count":3,"metadata":{},"outputs":[{"output_type":"stream","text":"1"}],"source":"print(1)"},
  {"cell_type":"code","metadata":{},"outputs":[],"source":["%sql\n","SELECT 1"]}],
  "metadata":{"language_info":{"name":"python"}},"nbformat":4,"nbformat_minor":5})nb";

}  // namespace

TEST_CASE("a notebook document becomes the text of its cells, whatever it says of outputs") {
  const auto text = sourceTextOf(kDocument, "py");
  REQUIRE(text);
  CHECK(*text ==
        "# Databricks notebook source\n"
        "# MAGIC %md\n# MAGIC # Title\n# MAGIC text\n\n"
        "# COMMAND ----------\n\nprint(1)\n\n"
        "# COMMAND ----------\n\n# MAGIC %sql\n# MAGIC SELECT 1\n");
}

TEST_CASE("the language of a notebook document decides what it becomes") {
  CHECK(notebookExtension(kDocument) == "py");
  CHECK(notebookExtension(R"({"metadata":{"language_info":{"name":"scala"}}})") == "scala");
  CHECK(notebookExtension(R"({"metadata":{"application/vnd.databricks.v1+notebook":{"language":"sql"}}})") == "sql");
  CHECK(notebookExtension("nothing") == "py");
}

TEST_CASE("what is no notebook document is said") {
  for (const char* text : {"", "[]", "{}", R"({"cells":1})"}) CHECK_FALSE(sourceTextOf(text, "py"));
}
