// SPDX-License-Identifier: Apache-2.0
#include "features/files/file_names.hpp"

#include "support/catch.hpp"

namespace trowel::features {

namespace {

using core::ErrorCode;
using sync::Entry;
using sync::EntryKind;
using sync::Form;
using sync::Format;
using sync::ObjectKind;

const sync::ExportFormats kFormats = sync::ExportFormats::standard();
const std::string kSource = "# Databricks notebook source\nprint(1)\n";
const std::string kDocument = R"({"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5})";

Entry file(const std::string& name) { return {.name = name}; }
Entry folder(const std::string& name) { return {.name = name, .kind = EntryKind::Folder}; }
Entry notebook(const std::string& name, const std::string& language = "PYTHON") {
  return {.name = name, .kind = EntryKind::Notebook, .type = language};
}

std::vector<std::string> namesOf(std::vector<Entry> entries) {
  std::vector<std::string> names;
  for (const auto& each : shownEntries(std::move(entries), "/x", kFormats)) names.push_back(each.name);
  return names;
}

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("notebooks have the extension of their language") {
  CHECK(namesOf({folder("d"), file("f"), notebook("n"), notebook("q", "SQL"), notebook("s", "SCALA"),
                 notebook("r", "R"), notebook("odd", "COBOL")}) ==
        Names{"d", "f", "n.py", "q.sql", "s.scala", "r.r", "odd"});
}

TEST_CASE("no two objects of a folder have the same name") {
  CHECK(namesOf({notebook("a"), file("a.py")}) == Names{"a.ipynb", "a.py"});
  CHECK(namesOf({notebook("a"), file("a.py"), file("a.ipynb")}) == Names{"a", "a.py", "a.ipynb"});
  CHECK(namesOf({notebook("a"), folder("a.py")}) == Names{"a.ipynb", "a.py"});
}

TEST_CASE("names that no path can hold are left out") {
  CHECK(namesOf({file(".."), file("."), file(""), file("a/b"), file(std::string("a\0b", 3)), file("ok")}) ==
        Names{"ok"});
}

TEST_CASE("a name leads to the object that it was made of") {
  CHECK(objectNames("a.py", kFormats) == Names{"a.py", "a"});
  CHECK(objectNames("a.ipynb", kFormats) == Names{"a.ipynb", "a"});
  CHECK(objectNames(".py", kFormats) == Names{".py"});
  CHECK(objectNames("a.py", {}) == Names{"a.py"});
  CHECK(standsFor(notebook("a"), "a.py", "/x", kFormats));
  CHECK(standsFor(notebook("a"), "a.ipynb", "/x", kFormats));
  CHECK_FALSE(standsFor(notebook("a", "SQL"), "a.py", "/x", kFormats));
  CHECK_FALSE(standsFor(file("a"), "a.py", "/x", kFormats));
  CHECK(standsFor(file("a.py"), "a.py", "/x", kFormats));
}

TEST_CASE("objects are read as their names say") {
  CHECK(readForm({"f.py", file("f.py")}, "/x", kFormats).value() == Form{});
  CHECK(readForm({"n.py", notebook("n")}, "/x", kFormats).value() == Form{ObjectKind::Notebook, ".py", Format::Source});
  CHECK(readForm({"n.ipynb", notebook("n")}, "/x", kFormats).value() ==
        Form{ObjectKind::Notebook, ".ipynb", Format::Jupyter});
  CHECK(readForm({"d", folder("d")}, "/x", kFormats).error().code == ErrorCode::InvalidParams);
  const Entry library{.name = "l", .kind = EntryKind::Other, .type = "LIBRARY"};
  CHECK(readForm({"l", library}, "/x", kFormats).error().message ==
        "/x/l is an object of the type LIBRARY, which has no content to open as a file. Open it in the browser.");
}

TEST_CASE("a new file is what the workspace makes of it") {
  const auto made = [](const char* name, std::string_view bytes) {
    return writeForm(std::nullopt, name, "/x", kFormats, bytes);
  };
  CHECK(made("a.py", kSource)->name == "a");
  CHECK(made("a.py", kSource)->form == Form{ObjectKind::Notebook, ".py", Format::Auto});
  CHECK(made("a.py", "print(1)\n")->name == "a.py");
  CHECK(made("a.py", "print(1)\n")->form == Form{});
  CHECK(made("a.ipynb", kDocument)->name == "a");
  CHECK(made("a.ipynb", "{").error().code == ErrorCode::Unsupported);
  CHECK(writeForm(std::nullopt, "a.py", "/x", {}, kSource)->name == "a.py");
}

TEST_CASE("what is there keeps its kind") {
  const auto over = [](const Entry& entry, const char* name, std::string_view bytes) {
    return writeForm(ShownEntry{name, entry}, name, "/x", kFormats, bytes);
  };
  CHECK(over(file("a.py"), "a.py", "print(1)\n")->form == Form{});
  // The workspace would make a notebook of it, next to the file.
  CHECK(over(file("a.py"), "a.py", kSource)->form == Form{ObjectKind::File, {}, Format::Raw});
  CHECK(over(file("a.ipynb"), "a.ipynb", "{")->form == Form{ObjectKind::File, {}, Format::Raw});
  CHECK(over(notebook("a"), "a.py", kSource)->form == Form{ObjectKind::Notebook, ".py", Format::Auto});
  CHECK(over(notebook("a"), "a.py", kSource)->name == "a");
  CHECK(over(notebook("a"), "a.ipynb", kDocument)->form == Form{ObjectKind::Notebook, ".ipynb", Format::Jupyter});
  CHECK(over(notebook("a"), "a.py", "print(1)\n").error().message ==
        "/x/a.py was not saved: it is a notebook, so its first line must be '# Databricks notebook source'. Put that "
        "line back, or save the text under another name.");
  CHECK(over(notebook("q", "SQL"), "q.sql", "select 1").error().message.contains("'-- Databricks notebook source'"));
  CHECK(over(folder("d"), "d", "x").error().code == ErrorCode::InvalidParams);
  CHECK(over({.name = "d", .kind = EntryKind::Other, .type = "DASHBOARD"}, "d", "x").error().code ==
        ErrorCode::PermissionDenied);
}

}  // namespace trowel::features
