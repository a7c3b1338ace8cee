// SPDX-License-Identifier: Apache-2.0
#include "trowel/sync/classify.hpp"

#include "support/catch.hpp"

using namespace trowel;
using sync::Classified;
using sync::classify;
using sync::ObjectKind;

TEST_CASE("the first line tells a notebook from a file") {
  struct Case {
    const char* name;
    const char* content;
    bool notebook;
  };
  for (const auto& [name, content, notebook] :
       std::initializer_list<Case>{{"a.py", "# Databricks notebook source\nprint(1)", true},
                                   {"a.PY", "# Databricks notebook source", true},
                                   {"a.py", "# Databricks notebook source\r\nprint(1)", true},
                                   {"a.r", "# Databricks notebook source\n", true},
                                   {"a.R", "# Databricks notebook source\n", true},
                                   {"a.scala", "// Databricks notebook source\n", true},
                                   {"a.sql", "-- Databricks notebook source\n", true},
                                   {"dir.x/a.sql", "-- Databricks notebook source\n", true},
                                   {"a.py", "# Databricks notebook source \n", false},
                                   {"a.py", "\xEF\xBB\xBF# Databricks notebook source\n", false},
                                   {"a.py", "\n# Databricks notebook source\n", false},
                                   {"a.py", "", false},
                                   {"a.sql", "# Databricks notebook source\n", false},
                                   {"a.txt", "# Databricks notebook source\n", false},
                                   {".py", "# Databricks notebook source\n", false},
                                   {"py", "# Databricks notebook source\n", false}}) {
    INFO(name << ": " << content);
    auto result = classify(name, content).value();
    CHECK((result.kind == ObjectKind::Notebook) == notebook);
    CHECK(result.extension.empty() != notebook);
  }
  CHECK(classify("a.PY", "# Databricks notebook source").value().extension == ".PY");
}

TEST_CASE("an ipynb is a notebook once it is one") {
  CHECK(classify("a.ipynb", R"({"cells": [], "metadata": {}, "nbformat": 4})").value() ==
        Classified{ObjectKind::Notebook, ".ipynb"});
  CHECK(classify("a.designer.ipynb", R"({"cells": [], "metadata": {}, "nbformat": 4})").value() ==
        Classified{ObjectKind::Notebook, ""});
  for (const char* bad : {"", "{", R"({"cells": [], "metadata": {}, "nbformat": 3})",
                          R"({"cells": null, "metadata": {}, "nbformat": 4})", R"({"cells": [], "nbformat": 4})", "[]"})
    CHECK(classify("a.ipynb", bad).error().code == core::ErrorCode::InvalidParams);
}
