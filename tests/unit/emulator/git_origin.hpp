// SPDX-License-Identifier: Apache-2.0
// A Git repository for tests to clone.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "command_context.hpp"
#include "support/catch.hpp"

namespace trowel::emulator::test {

// A repository on this machine, as its owner works on it.
struct Origin {
  TemporaryFolder folder;
  std::filesystem::path path = folder.path / "sales pipeline.git";

  Origin() {
    std::filesystem::create_directory(path);
    git("init --quiet --initial-branch=main");
    write("README.md", "hello\n");
    write("jobs/load.py", "# Databricks notebook source\nprint(1)\n");
    write("jobs/helper.py", "x = 1\n");
    write("report.sql", "-- Databricks notebook source\nselect 1\n");
    write("plots.ipynb", R"({"cells":[],"metadata":{},"nbformat":4})");
    commit("first");
    git("tag v1");
    git("branch other");
  }
  void git(const std::string& arguments) {
    std::string command = "cd '" + path.string() +
                          "' && git -c user.name=a -c user.email=a@b -c commit.gpgsign=false " + arguments +
                          " >/dev/null 2>&1";
    INFO(command);
    REQUIRE(std::system(command.c_str()) == 0);
  }
  void write(const std::string& name, const std::string& content) {
    std::filesystem::create_directories((path / name).parent_path());
    std::ofstream(path / name, std::ios::binary) << content;
  }
  void commit(const std::string& message) {
    git("add -A");
    git("commit --quiet -m '" + message + "'");
  }
};

}  // namespace trowel::emulator::test
