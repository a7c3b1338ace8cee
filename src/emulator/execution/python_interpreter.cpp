// SPDX-License-Identifier: Apache-2.0
#include "emulator/execution/python_interpreter.hpp"

#include <unistd.h>

#include <cstdlib>
#include <vector>

#include "trowel/core/text.hpp"
#include "trowel/os/process.hpp"

namespace trowel::emulator {

namespace {

constexpr int kWithoutLibraries = 3;
constexpr const char* kProbe =
    "import sys, importlib.util as u; sys.exit(0 if u.find_spec('pandas') and u.find_spec('matplotlib') else 3)";

// The exit status of the probe; -1 where the interpreter does not run.
int probe(const std::string& interpreter) {
  os::SpawnOptions options;
  options.argv = {interpreter, "-c", kProbe};
  options.err = os::Stream::Null;
  auto process = os::Process::spawn(options);
  if (!process) return -1;
  auto status = process->wait(os::kForever);
  return status && status->signal == 0 ? status->code : -1;
}

std::vector<std::string> candidates() {
  std::vector<std::string> found = {"/usr/bin/python3"};
  const char* path = std::getenv("PATH");
  const std::string folders = path ? path : "";
  for (auto folder : core::split(folders, ':'))
    if (!folder.empty()) found.push_back(std::string(folder) + "/python3");
  std::erase_if(found, [](const std::string& file) { return ::access(file.c_str(), X_OK) != 0; });
  return found;
}

core::Result<std::string> searchPython() {
  std::string fallback;
  for (const auto& file : candidates()) {
    int answer = probe(file);
    if (answer == 0) return file;
    if (answer == kWithoutLibraries && fallback.empty()) fallback = file;
  }
  if (!fallback.empty()) return fallback;
  return core::fail(core::ErrorCode::NotFound,
                    "No python3 was found, so the emulator cannot run commands. Install python3 (and python3-pandas "
                    "and python3-matplotlib for tables and plots).");
}

}  // namespace

core::Result<std::string> findPython() {
  static const core::Result<std::string> found = searchPython();
  return found;
}

}  // namespace trowel::emulator
