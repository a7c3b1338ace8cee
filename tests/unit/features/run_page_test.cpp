// SPDX-License-Identifier: Apache-2.0
#include "features/jobs/run_page.hpp"

#include <nlohmann/json.hpp>

#include "features/jobs/run_folder.hpp"
#include "support/catch.hpp"
#include "trowel/core/text.hpp"

namespace trowel::features {

using core::Json;

namespace {

std::string page(const Json& model) {
  return "<!DOCTYPE html><script>\nvar __DATABRICKS_NOTEBOOK_MODEL = '" +
         core::toBase64(core::percentEncode(core::dumpJson(model))) + "';\n</script>";
}

std::vector<RunCell> cellsOf(Json commands) {
  return cellsOfPage(page({{"language", "python"}, {"commands", std::move(commands)}})).value();
}

Json command(const std::string& source, const Json& results, double position = 1) {
  return {{"command", source}, {"state", "finished"}, {"position", position}, {"results", results}};
}

std::string shown(const Json& results) { return cellsText(cellsOf(Json::array({command("", results)}))); }

}  // namespace

TEST_CASE("cells stand in their order, in their languages, with what they showed") {
  auto later = command("%sql\nSELECT 1", {{"type", "html"}, {"data", "<div class=\"ansiout\">a &lt; b\n</div>"}}, 2);
  auto titled = command("print(1)", nullptr, 1);
  titled["commandTitle"] = "First";
  titled["showCommandTitle"] = true;
  Json never{{"command", "x"}, {"state", "input"}, {"position", 3}};
  Json empty{{"command", " "}, {"state", "input"}, {"position", 0}};
  Json text{{"command", "%md\n# Head"}, {"state", "input"}, {"position", 4}};
  CHECK(cellsText(cellsOf(Json::array({later, titled, never, text, empty}))) ==
        "#### First\n\n```python\nprint(1)\n```\n\n"
        "```sql\nSELECT 1\n```\n\n```\na < b\n```\n\n"
        "```python\nx\n```\n\n*Not run.*\n\n"
        "```markdown\n# Head\n```\n\n");
  auto magic = cellsOf(Json::array({command("%pip install x", nullptr), command("%sql SELECT 2", nullptr)}));
  CHECK(magic[0].source == "%pip install x");
  CHECK(magic[0].language == "python");
  CHECK(magic[1].source == "SELECT 2");
  CHECK(magic[1].language == "sql");
}

TEST_CASE("a table shows NULL as what it is, and says what it leaves out") {
  Json table{{"type", "table"},
             {"schema", Json::array({{{"name", "a|b"}}, {{"name", "n"}}})},
             {"data", Json::array({Json::array({"x\ny", nullptr}), Json::array({1})})},
             {"overflow", true}};
  CHECK(shown(table) ==
        "| a\\|b | n |\n| --- | --- |\n| x y | *null* |\n| 1 |  |\n\n"
        "The workspace kept only the first 2 rows of the result.\n\n");
  table["overflow"] = false;
  table["data"] = Json::array();
  for (int i = 0; i < 101; ++i) table["data"].push_back(Json::array({i, i}));
  CHECK(shown(table).ends_with("| 99 | 99 |\n\nOnly the first 100 of 101 rows.\n\n"));
}

TEST_CASE("pictures, pages, lists of results and what nobody knows") {
  CHECK(shown({{"type", "image"}, {"data", "data:image/png;base64,AA=="}}) ==
        "![Image](data:image/png;base64,AA==)\n\n");
  CHECK(shown({{"type", "image"}, {"data", "iVBORw0KGgoAAAA="}}) ==
        "![Image](data:image/png;base64,iVBORw0KGgoAAAA=)\n\n");
  CHECK(shown({{"type", "image"}, {"data", "/plots/1.png"}}) ==
        "Not shown here: an image that the page does not hold. Open the run in the browser to see it.\n\n");
  CHECK(shown({{"type", "htmlSandbox"}, {"data", "<b>x</b>"}}) ==
        "HTML; open the run in the browser to see it drawn.\n\n```html\n<b>x</b>\n```\n\n");
  CHECK(shown({{"type", "listResults"},
               {"data", Json::array({{{"type", "ansi"}, {"data", "\x1b[31mred\x1b[0m"}},
                                     {{"type", "mimeBundle"}, {"data", {{"text/plain", "Out"}}}},
                                     {{"type", "hologram"}}})}}) ==
        "```\nred\n```\n\n```\nOut\n```\n\n"
        "Not shown here: hologram. Open the run in the browser to see it.\n\n");
  CHECK(shown(7).empty());
}

TEST_CASE("the cell that failed says why") {
  Json failed{{"command", "1/0"},
              {"state", "error"},
              {"errorSummary", "<span class='ansi-red-fg'>ZeroDivisionError</span>: it&#39;s zero"},
              {"error", "Trace &gt; here"}};
  auto cells = cellsOf(Json::array({failed}));
  CHECK(cellsText(cells) == "```python\n1/0\n```\n\n**ZeroDivisionError: it's zero**\n\n```\nTrace > here\n```\n\n");
  auto json = cellsJson(cells);
  CHECK(json[0]["outputs"][0]["kind"] == "error");
  CHECK(json[0]["outputs"][0]["summary"] == "ZeroDivisionError: it's zero");
  CHECK(json[0]["ran"] == true);
}

TEST_CASE("a page without its notebook is an error, not an empty notebook") {
  for (const std::string& html :
       {std::string(), std::string("<html>"), std::string("__DATABRICKS_NOTEBOOK_MODEL = '?"), page(7).substr(0, 60)})
    CHECK(cellsOfPage(html).error().message == "The page of the run holds no notebook. Open the run in the browser.");
}

TEST_CASE("folders of runs that nobody tidied up are known by their names") {
  CHECK(isOldRunFolder(".trowel-run-1000-ab", 1000 + 3601));
  CHECK_FALSE(isOldRunFolder(".trowel-run-1000-ab", 1000 + 3600));
  CHECK_FALSE(isOldRunFolder(".trowel-run-5000-ab", 1000));
  for (const char* name : {"", "trowel-run-1000-ab", ".trowel-run-ab", ".trowel-run-1000", ".trowel-run-1000x-a"})
    CHECK_FALSE(isOldRunFolder(name, 1'000'000));
}

}  // namespace trowel::features
