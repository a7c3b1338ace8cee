// SPDX-License-Identifier: Apache-2.0
#include "trowel/notebook/outputs.hpp"

#include <nlohmann/json.hpp>

#include "support/catch.hpp"

using namespace trowel::notebook;
using Kind = ResultView::Kind;

namespace {

bool contains(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

OutputItem only(const std::vector<Output>& outputs) {
  REQUIRE(outputs.size() == 1);
  return outputs[0].items.at(0);
}

nlohmann::json errorOf(const ResultView& result) {
  auto item = only(toOutputs(result));
  CHECK(item.mime == kErrorMime);
  return nlohmann::json::parse(item.data);
}

}  // namespace

TEST_CASE("text keeps its colours, empty text shows nothing") {
  CHECK(only(toOutputs({.kind = Kind::Text, .text = "\x1b[31mred\x1b[0m"})) ==
        OutputItem{std::string(kStdoutMime), "\x1b[31mred\x1b[0m"});
  CHECK(toOutputs({.kind = Kind::Text}).empty());
  CHECK(toOutputs({}).empty());
  CHECK(only(toOutputs({.kind = Kind::Text, .text = "a\xFF"})).data == "a\xEF\xBF\xBD");
}

TEST_CASE("displayHTML is HTML, a printed repr is not") {
  CHECK(only(toOutputs({.kind = Kind::Text, .text = "\n<div class='x'>hi</div>\n"})).mime == "text/html");
  CHECK(only(toOutputs({.kind = Kind::Text, .text = "<!DOCTYPE html><p>"})).mime == "text/html");
  CHECK(only(toOutputs({.kind = Kind::Text, .text = "<b>3</b> rows"})).mime == "text/html");
  CHECK(only(toOutputs({.kind = Kind::Text, .text = "<module 'os' from 'os.py'>"})).mime == kStdoutMime);
  CHECK(only(toOutputs({.kind = Kind::Text, .text = "<div> a < b"})).mime == kStdoutMime);
}

TEST_CASE("a table escapes its data and tells NULL from text") {
  ResultView table{.kind = Kind::Table,
                   .columns = {{"<id>", "long"}, {"name", "string"}},
                   .rows = {{"1", "<script>alert(1)</script>"}, {"22", std::nullopt}, {"3", "null"}}};
  auto outputs = toOutputs(table);
  auto html = only(outputs);
  CHECK(html.mime == "text/html");
  CHECK_FALSE(contains(html.data, "<script>"));
  CHECK(contains(html.data, "&lt;script&gt;"));
  CHECK(contains(html.data, "<th class=\"number\">&lt;id&gt;<small>long</small></th>"));
  CHECK(contains(html.data, "<td class=\"number\">22</td><td class=\"null\">null</td>"));
  CHECK(contains(html.data, "<td>null</td>"));
  CHECK(contains(html.data, "3 rows"));
  REQUIRE(outputs[0].items.size() == 2);
  CHECK(outputs[0].items[1] == OutputItem{"text/plain",
                                          "<id> | name\n-----+--------------------------\n   1 | "
                                          "<script>alert(1)</script>\n  22 | null\n   3 | null\n"});
}

TEST_CASE("a table that is cut off says so") {
  ResultView table{.kind = Kind::Table, .columns = {{"n", "integer"}}, .truncated = true};
  for (int i = 0; i < 1500; ++i) table.rows.push_back({std::to_string(i)});
  auto html = only(toOutputs(table)).data;
  CHECK(contains(html, "The first 1000 of 1500 rows are shown."));
  CHECK(contains(html, "The workspace cut this result off"));
  CHECK(contains(html, "<td class=\"number\">999</td>"));
  CHECK_FALSE(contains(html, "<td class=\"number\">1000</td>"));
}

TEST_CASE("a statement without a result shows OK") {
  CHECK(only(toOutputs({.kind = Kind::Table})) == OutputItem{"text/plain", "OK"});
}

TEST_CASE("images become bytes, each an output of its own") {
  auto outputs = toOutputs({.kind = Kind::Images,
                            .images = {"data:image/png;base64,iVBORw==", "data:image/svg+xml;base64,PHN2Zy8+",
                                       "/plots/1.png", "data:image/png;base64,?"}});
  REQUIRE(outputs.size() == 4);
  CHECK(outputs[0].items[0] == OutputItem{"image/png", "\x89PNG", true});
  CHECK(outputs[1].items[0] == OutputItem{"image/svg+xml", "<svg/>", false});
  CHECK(contains(outputs[2].items[1].data, "/plots/1.png"));
  CHECK(contains(outputs[3].items[1].data, "damaged"));
}

TEST_CASE("an error has a name, a message and its stack in colours") {
  auto error = errorOf({.kind = Kind::Error,
                        .summary = "ZeroDivisionError: division by zero",
                        .cause = "----\n\x1b[0;32mTraceback\x1b[0m\nZeroDivisionError: division by zero"});
  CHECK(error["name"] == "ZeroDivisionError");
  CHECK(error["message"] == "division by zero");
  CHECK(error["stack"] == "----\n\x1b[0;32mTraceback\x1b[0m\nZeroDivisionError: division by zero");

  error = errorOf({.kind = Kind::Error,
                   .summary = "Error in SQL statement: AnalysisException: [X] `a<b>` where 1 < 2",
                   .cause = "\tat org.apache.Spark"});
  CHECK(error["name"] == "AnalysisException");
  CHECK(error["message"] == "[X] `a<b>` where 1 < 2");
  CHECK(error["stack"] == "AnalysisException: [X] `a<b>` where 1 < 2\n\tat org.apache.Spark");

  error = errorOf({.kind = Kind::Error, .cause = "Traceback\nValueError: no"});
  CHECK(error["name"] == "ValueError");
  CHECK(error["message"] == "no");

  error = errorOf({.kind = Kind::Error, .summary = "AssertionError", .cause = "Traceback\nAssertionError"});
  CHECK(error["name"] == "AssertionError");
  CHECK(error["message"] == "");
  CHECK(error["stack"] == "Traceback\nAssertionError");

  error = errorOf({.kind = Kind::Error, .summary = "the driver is gone"});
  CHECK(error["name"] == "Error");
  CHECK(error["stack"] == "Error: the driver is gone");
}

TEST_CASE("a notice is escaped") {
  CHECK(notice("a <b>").items[0].data.find("<b>") == std::string::npos);
  CHECK(notice("a <b>").items[1].data == "a <b>");
}
