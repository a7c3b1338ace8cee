// SPDX-License-Identifier: Apache-2.0
#include "support/catch.hpp"
#include "support/random.hpp"
#include "sync/transfer/naming.hpp"

using namespace trowel;
using namespace trowel::sync;

namespace {

const std::string kSource = "# Databricks notebook source\nprint(1)\n";
const std::string kDocument = R"({"cells":[],"metadata":{},"nbformat":4})";

ReadHead headOf(const std::string& content) {
  return [content](std::size_t count) -> core::Result<std::string> { return content.substr(0, count); };
}

std::string problem(std::string_view name, bool ignoresCase = false) {
  return localNameProblem(name, ignoresCase).value_or("");
}

ExportFormats formatsOf(const std::string& language, const std::string& extension) {
  return {{{"", language, {parseExportFormat(language, extension).value()}}}};
}

}  // namespace

TEST_CASE("a remote name that is no name here is refused with the reason") {
  CHECK(problem("a.py").empty());
  CHECK(problem("größe 日本 -x").empty());
  CHECK(problem("..hidden").empty());
  CHECK(problem("a\\b").empty());
  for (const char* name : {"", ".", ".."}) CHECK(problem(name) == "This is no name of a file.");
  for (const char* name : {"a/b", "../x", "/etc/passwd"})
    CHECK(problem(name) == "It has a slash in its name. Rename it.");
  for (const auto& name : {std::string("a\0b", 3), std::string("a\nb"), std::string("\x1b[31m"), std::string("\x7f")})
    CHECK(problem(name) == "It has a control character in its name. Rename it.");
  CHECK(problem("\xff") == "Its name is not UTF-8. Rename it.");
  CHECK(problem(std::string(255, 'a')).empty());
  CHECK(problem(std::string(256, 'a')) == "Its name is longer than 255 bytes. Rename it.");
  CHECK(problem(".trowel-part-0123456789abcdef0123456789abcdef") ==
        "Trowel keeps this name for files that are on their way. Rename it.");
  for (const char* name : {".git", ".GIT", ".databricks", ".trowel"})
    CHECK(problem(name) == "Git and other tools keep their state under this name, so it is not transferred.");
}

TEST_CASE("names that Windows cannot hold are refused where the file system is like that") {
  for (const char* name : {"CON", "aux.txt", "nul.tar.gz", "com1", "LPT9.py"}) {
    CHECK(problem(name).empty());
    CHECK(problem(name, true) == "Windows keeps this name for a device. Rename it.");
  }
  for (const char* name : {"a.", "a "})
    CHECK(problem(name, true) == "Windows takes dots and spaces at the end of a name away. Rename it.");
  for (const char* name : {"a:b", "a\\b", "a?", "<a>"})
    CHECK(problem(name, true) == "It has a character in its name that Windows does not allow. Rename it.");
  for (const char* name : {"console", "com0", "com10", "a.b", "lpt"}) CHECK(problem(name, true).empty());
}

TEST_CASE("names are shown so that nothing in them acts on a terminal") {
  CHECK(shown("a b/größe") == "a b/größe");
  CHECK(shown("a\x1b[1m\nb") == "a\\x1b[1m\\x0ab");
  CHECK(shown("a\u202Egnp.exe") == "a\\u202egnp.exe");
  CHECK(shown("a\u2066b") == "a\\u2066b");
  CHECK(shown("a\u2013b") == "a\u2013b");
}

TEST_CASE("a second name keeps the extension") {
  CHECK(numbered("a.py", ".py", 2) == "a (2).py");
  CHECK(numbered("a.py.ipynb", ".py.ipynb", 3) == "a (3).py.ipynb");
  CHECK(numbered("a", "", 2) == "a (2)");
  CHECK(std::string(extensionOf("a.tar.gz")) == ".gz");
  CHECK(extensionOf(".bashrc").empty());
}

TEST_CASE("export formats are read as the settings spell them") {
  CHECK(parseExportFormat("Python", ".py") == ExportFormat{".py", Format::Source});
  CHECK(parseExportFormat("PYTHON", ".py.ipynb") == ExportFormat{".py.ipynb", Format::Jupyter});
  CHECK(parseExportFormat("SQL", ".sql.ipynb") == ExportFormat{".sql.ipynb", Format::Jupyter});
  CHECK(parseExportFormat("R", ".Rmd") == ExportFormat{".Rmd", Format::RMarkdown});
  CHECK(parseExportFormat("Scala", ".html") == ExportFormat{".html", Format::Html});
  CHECK(parseExportFormat("Scala", ".dbc") == ExportFormat{".dbc", Format::Dbc});
  for (const char* wrong : {"", "py", ".sql", ".rmd", ".txt", "./x.py"})
    CHECK(parseExportFormat("Python", wrong).error().message ==
          "Notebooks in Python cannot be exported as \"" + std::string(wrong) +
              "\". Use the extension of the language, .ipynb, .html or .dbc, or .rmd for R.");

  ExportFormats formats{
      {{"/Users/me/**", "python", {{".ipynb", Format::Jupyter}}}, {"", "PYTHON", {{".py", Format::Source}}}}};
  CHECK(formats.of("PYTHON", "/Users/me/a/b").front().extension == ".ipynb");
  CHECK(formats.of("PYTHON", "/Shared/b").front().extension == ".py");
  CHECK(formats.of("SQL", "/Shared/b").empty());
}

TEST_CASE("what an object becomes here") {
  const auto formats = ExportFormats::standard();
  auto form = [&](EntryKind kind, const std::string& type) {
    return downloadForm({.name = "a", .kind = kind, .type = type}, "/x", formats);
  };
  CHECK(form(EntryKind::File, "") == Form{});
  CHECK(form(EntryKind::Notebook, "PYTHON") == Form{ObjectKind::Notebook, ".py", Format::Source});
  CHECK(form(EntryKind::Notebook, "R") == Form{ObjectKind::Notebook, ".r", Format::Source});
  CHECK(form(EntryKind::Notebook, "RUST").error().message == "No export format is set for notebooks in RUST. Set one.");
  CHECK(form(EntryKind::Other, "DASHBOARD").error().message ==
        "An object of the type DASHBOARD cannot be downloaded as a file.");
  CHECK(form(EntryKind::Other, "").error().message == "An object of the type UNKNOWN cannot be downloaded as a file.");
}

TEST_CASE("what a file becomes there") {
  struct Row {
    std::string name;
    std::string content;
    Form form;
    bool matchesNoFormat = false;
  };
  const auto standard = ExportFormats::standard();
  const std::vector<Row> rows{
      {"a.txt", kSource, {}},
      {"a.py", "print(1)\n", {}},
      {"a.py", kSource, {ObjectKind::Notebook, ".py"}},
      {"a.PY", kSource, {ObjectKind::Notebook, ".PY"}},
      {"a.sql", "-- Databricks notebook source\n", {ObjectKind::Notebook, ".sql"}},
      {"a.sql", "SELECT 1", {}},
      {"a.sql.bak", "-- Databricks notebook source\n", {}},
      {"a.ipynb", kDocument, {ObjectKind::Notebook, ".ipynb"}},
      {"a.b.py", kSource, {ObjectKind::Notebook, ".py"}},
      {"a.designer.ipynb", kDocument, {ObjectKind::Notebook, ""}},
      {"a.rmd", "---\n", {}},
  };
  for (const auto& row : rows) {
    INFO(row.name);
    const auto made = uploadForm(row.name, "/x", standard, headOf(row.content));
    REQUIRE(made);
    CHECK(made->form == row.form);
    CHECK(made->matchesNoFormat == row.matchesNoFormat);
  }
  CHECK(uploadForm("a.ipynb", "/x", standard, headOf("{\"cells\":")).error().message ==
        "This is no complete notebook document (JSON with cells, metadata and nbformat 4), so it is not sent. Save it "
        "again, or rename it.");

  const auto twofold = formatsOf("PYTHON", ".py.ipynb");
  CHECK(uploadForm("a.py.ipynb", "/x", twofold, headOf(kDocument))->form ==
        Form{ObjectKind::Notebook, ".py.ipynb", Format::Jupyter});
  const auto markdown = formatsOf("R", ".Rmd");
  CHECK(uploadForm("a.rmd", "/x", markdown, headOf(""))->form == Form{ObjectKind::Notebook, ".rmd", Format::RMarkdown});

  // A notebook to the workspace, but to no format: it stays a file, and that is said.
  const auto onlySource = formatsOf("PYTHON", ".py");
  for (const auto& [name, content] :
       {std::pair("a.ipynb", kDocument), std::pair("a.sql", "-- Databricks notebook source\n" + kDocument)}) {
    const auto made = uploadForm(name, "/x", onlySource, headOf(content)).value();
    CHECK(made.form == Form{ObjectKind::File, "", Format::Raw});
    CHECK(made.matchesNoFormat);
  }
}

TEST_CASE("no remote name leads out of a folder, whatever it is made of") {
  const auto seed = test::randomSeed();
  INFO("TROWEL_SEED=" << seed);
  test::Random random(seed);
  const std::vector<std::string> pieces{
      ".", "..", "/",   "\\",   "a",   "A", std::string(1, '\0'), "\n", "\x1b", "\xff",
      "ü", " ",  "git", ".git", "con", ":", std::string(250, 'x')};
  for (int i = 0; i < 20'000; ++i) {
    std::string name;
    for (auto count = random.below(5); count > 0; --count) name += random.of(pieces);
    const bool ignoresCase = random.chance(50);
    if (localNameProblem(name, ignoresCase)) continue;
    INFO("name " << shown(name));
    REQUIRE_FALSE(name.empty());
    REQUIRE(name != ".");
    REQUIRE(name != "..");
    REQUIRE(name.size() <= 255);
    REQUIRE(name.find_first_of(std::string("/\0", 2)) == std::string::npos);
    REQUIRE_FALSE((ignoresCase && name.find('\\') != std::string::npos));
  }
}
