// SPDX-License-Identifier: Apache-2.0
#include "trowel/notebook/source_codec.hpp"

#include <nlohmann/json.hpp>

#include "support/catch.hpp"

using namespace trowel::notebook;
using trowel::core::ErrorCode;

namespace {

Document decoded(std::string_view bytes, std::string_view extension = "py") {
  auto document = decode(bytes, extension);
  REQUIRE(document);
  return *document;
}

std::string encoded(const Document& document) {
  auto bytes = encode(document);
  REQUIRE(bytes);
  return *bytes;
}

// Kind, language and text of each cell, to compare at a glance.
std::vector<std::string> shown(const Document& document) {
  std::vector<std::string> out;
  for (const auto& cell : document.cells) {
    auto title = cell.metadata.title.empty() ? "" : "[" + cell.metadata.title + "]";
    out.push_back(title + cell.language + ": " + cell.source);
  }
  return out;
}

using Shown = std::vector<std::string>;

const std::string kMixed =
    "# Databricks notebook source\n"
    "# MAGIC %md\n# MAGIC # Sales\n# MAGIC \n# MAGIC for *everybody*\n\n# COMMAND ----------\n\n"
    "# DBTITLE 1,Load, then look\nimport pandas as pd\n\nx = 1\n\n# COMMAND ----------\n\n"
    "# DBTITLE 0,Hidden\n# MAGIC %sql SELECT *\n# MAGIC FROM t\n\n# COMMAND ----------\n\n"
    "# MAGIC %sh\n# MAGIC ls -l\n\n# COMMAND ----------\n\n"
    "# MAGIC %pip install rich\n\n# COMMAND ----------\n\n"
    "# MAGIC %run ./setup $a=\"1\"\n\n# COMMAND ----------\n\n"
    "\n\n# COMMAND ----------\n\n"
    "# MAGIC %scala\n# MAGIC val x = 1";

}  // namespace

TEST_CASE("a mixed notebook is shown cell by cell and comes back byte for byte") {
  auto document = decoded(kMixed);
  CHECK(shown(document) == Shown{"markdown: # Sales\n\nfor *everybody*",
                                 "[Load, then look]python: import pandas as pd\n\nx = 1",
                                 "[Hidden]sql: SELECT *\nFROM t", "shellscript: ls -l", "python: %pip install rich",
                                 "python: %run ./setup $a=\"1\"", "python: ", "scala: val x = 1"});
  CHECK(document.cells[0].kind == CellKind::Markup);
  CHECK(document.cells[1].kind == CellKind::Code);
  CHECK_FALSE(document.metadata.finalNewline);
  CHECK(encoded(document) == kMixed);
}

TEST_CASE("every language has its own markers") {
  CHECK(shown(decoded("-- Databricks notebook source\nSELECT 1\n\n-- COMMAND ----------\n\n-- MAGIC %python\n-- MAGIC "
                      "print(1)\n",
                      "sql")) == Shown{"sql: SELECT 1", "python: print(1)"});
  CHECK(shown(decoded("// Databricks notebook source\nval x = 1\n\n// COMMAND ----------\n\n// MAGIC %md hi\n",
                      "scala")) == Shown{"scala: val x = 1", "markdown: hi"});
  CHECK(shown(decoded("# Databricks notebook source\nx <- 1\n\n# COMMAND ----------\n\n# MAGIC %python\n# MAGIC x\n",
                      "r")) == Shown{"r: x <- 1", "python: x"});
}

TEST_CASE("what is not a notebook is refused, so that it is opened as a plain file") {
  for (std::string bytes : {"", "print(1)\n", "# Databricks notebook source code\n", "# Databricks notebook source \n",
                            "\n# Databricks notebook source\n", "-- Databricks notebook source\n"}) {
    auto document = decode(bytes, "py");
    REQUIRE_FALSE(document);
    CHECK(document.error().code == ErrorCode::Unsupported);
    CHECK(document.error().message ==
          "This is not a notebook: its first line is not \"# Databricks notebook source\".");
  }
  auto latin1 = decode("# Databricks notebook source\nx = 'gr\xFCn'\n", "py");
  REQUIRE_FALSE(latin1);
  CHECK(latin1.error().code == ErrorCode::Unsupported);
  CHECK(decode("# Databricks notebook source\n", "ipynb").error().code == ErrorCode::InvalidParams);
  CHECK(encode({.metadata = {.extension = "txt"}}).error().code == ErrorCode::InvalidParams);
}

TEST_CASE("odd files come back byte for byte") {
  const std::string header = "# Databricks notebook source";
  const std::string separator = "# COMMAND ----------";
  for (const std::string& rest : {std::string(),
                                  std::string("\n"),
                                  std::string("\r\n"),
                                  std::string("\n\n"),
                                  std::string("\n\n\n"),
                                  "\n" + separator,
                                  "\n" + separator + "\n",
                                  "\n" + separator + "\n" + separator,
                                  "\n\n" + separator + "\n\n",
                                  "\n\n\n" + separator + "  \t\r\n\r\n\r\nx\r\n\r\n\n",
                                  std::string("\n# MAGIC"),
                                  std::string("\n# MAGIC %md"),
                                  std::string("\n# MAGIC %sql\n# MAGIC\n# MAGIC x\ny\n"),
                                  std::string("\n\n\n# DBTITLE 1,\n\n# MAGIC\t%md\n"),
                                  std::string("\n# DBTITLE 1,t"),
                                  std::string("\nx\r"),
                                  std::string("\nx\ry\r\r\n"),
                                  "\r\nx\r\n\r\n" + separator + "\r\n\r\ny\n\n" + separator + "\n\nz\r\n",
                                  std::string("\n\xEF\xBB\xBFx = 1\n"),
                                  "\nx\n" + separator + "\ny\n\n\n" + separator + "\n\n\n\nz\n",
                                  "\n#MAGIC %md\n " + separator + "\n#COMMAND -\n",
                                  std::string("\n# comment\n# MAGIC %sql\n# MAGIC SELECT 1\n")}) {
    for (const std::string mark : {"", "\xEF\xBB\xBF"}) {
      CAPTURE(mark + header + rest);
      CHECK(encoded(decoded(mark + header + rest)) == mark + header + rest);
    }
  }
}

TEST_CASE("an edit changes that cell's lines and no others") {
  auto document = decoded(kMixed);
  document.cells[2].source = "SELECT *\nFROM u";
  auto expected = kMixed;
  expected.replace(expected.find("FROM t"), 6, "FROM u");
  CHECK(encoded(document) == expected);  // the inline magic and the hidden title stay

  document = decoded(kMixed);
  document.cells[0].source += "\n\nand us";
  expected = kMixed;
  expected.insert(expected.find("\n\n# COMMAND"), "\n# MAGIC \n# MAGIC and us");
  CHECK(encoded(document) == expected);

  auto crlf = decoded("# Databricks notebook source\r\na\r\n\r\n# COMMAND ----------\r\nb\n");
  crlf.cells[1].source = "b\nc";
  CHECK(encoded(crlf) == "# Databricks notebook source\r\na\r\n\r\n# COMMAND ----------\r\nb\r\nc\r\n");

  auto bare = decoded("# Databricks notebook source\n# MAGIC %md\n# MAGIC a\n# MAGIC\n# MAGIC b\n");
  bare.cells[0].source = "a\n\nc";
  CHECK(encoded(bare) == "# Databricks notebook source\n# MAGIC %md\n# MAGIC a\n# MAGIC\n# MAGIC c\n");
}

TEST_CASE("taking an edit back gives the old bytes") {
  auto document = decoded(kMixed);
  auto old = document.cells[1].source;
  document.cells[1].source = "pass";
  document = decoded(encoded(document));
  CHECK(document.cells[1].source == "pass");
  document.cells[1].source = old;
  CHECK(encoded(document) == kMixed);
}

TEST_CASE("cells are inserted, removed and moved in the notebook's own style") {
  auto document = decoded("# Databricks notebook source\na\n\n# COMMAND ----------\n\nb");
  document.cells.insert(document.cells.begin() + 1, Cell{.language = "sql", .source = "SELECT 1"});
  CHECK(encoded(document) ==
        "# Databricks notebook source\na\n\n# COMMAND ----------\n\n# MAGIC %sql\n# MAGIC SELECT 1\n\n# COMMAND "
        "----------\n\nb");
  document.cells.erase(document.cells.begin());
  std::swap(document.cells[0], document.cells[1]);
  CHECK(encoded(document) ==
        "# Databricks notebook source\nb\n\n# COMMAND ----------\n\n# MAGIC %sql\n# MAGIC SELECT 1");
  document.cells.clear();
  CHECK(shown(decoded(encoded(document))) == Shown{"python: "});
}

TEST_CASE("a new notebook is written as the workspace exports it") {
  Document document{.cells = {{.kind = CellKind::Markup, .language = "markdown", .source = "# Hi\n\nthere"},
                              {.language = "python", .source = "print(1)", .metadata = {.title = "Say it"}}}};
  CHECK(encoded(document) ==
        "# Databricks notebook source\n# MAGIC %md\n# MAGIC # Hi\n# MAGIC \n# MAGIC there\n\n# COMMAND ----------\n\n"
        "# DBTITLE 1,Say it\nprint(1)\n");
}

TEST_CASE("text that looks like a marker stays text") {
  for (std::string text :
       {"# COMMAND ----------", "a\n# COMMAND ----------\nb", "# MAGIC %sql\n# MAGIC SELECT 1", "# MAGIC",
        "# DBTITLE 1,no title", "\n\n# MAGIC x", "\n", "\n\n", "x\n", " ", "\n# DBTITLE 1,x",
        "# Databricks notebook source", "%pip install x", "%%time\nx", "%unknown"}) {
    for (std::string title : {"", "A title"}) {
      CAPTURE(text, title);
      Document document{.cells = {{.language = "python", .source = text, .metadata = {.title = title}},
                                  {.kind = CellKind::Markup, .language = "markdown", .source = text},
                                  {.language = "sql", .source = text},
                                  {.language = "python", .source = text}}};
      CHECK(shown(decoded(encoded(document))) == shown(document));
    }
  }
}

TEST_CASE("a magic typed at the front of a cell means what it means on Databricks") {
  Document document{
      .cells = {{.language = "python", .source = "%sql\nSELECT 1"}, {.language = "python", .source = "%md hi"}}};
  auto bytes = encoded(document);
  CHECK(bytes ==
        "# Databricks notebook source\n# MAGIC %sql\n# MAGIC SELECT 1\n\n# COMMAND ----------\n\n# MAGIC %md\n# "
        "MAGIC hi\n");
  CHECK(shown(decoded(bytes)) == Shown{"sql: SELECT 1", "markdown: hi"});
  CHECK(normalize(document.cells[0], "py").language == "sql");
  CHECK(normalize({.language = "plaintext", .source = "x"}, "scala").language == "scala");
}

TEST_CASE("%sh with options keeps them in its text") {
  CHECK(shown(decoded("# Databricks notebook source\n# MAGIC %sh -e\n# MAGIC ls\n")) == Shown{"python: %sh -e\nls"});
}

TEST_CASE("metadata survives the way through the editor, and damaged metadata does no harm") {
  auto document = decoded(kMixed);
  CHECK(documentMetadata(toJson(document.metadata)) == document.metadata);
  for (auto& cell : document.cells) {
    CHECK(cellMetadata(toJson(cell.metadata)) == cell.metadata);
    cell.metadata.raw = "\n\n# COMMAND ----------\n\nnonsense\n# COMMAND ----------\n";
  }
  document.metadata.header = "print(1)\n";
  CHECK(shown(decoded(encoded(document))) == shown(decoded(kMixed)));
  CHECK(cellMetadata(nullptr) == CellMetadata{});
  CHECK(documentMetadata(nlohmann::json::array()) == DocumentMetadata{});
}
