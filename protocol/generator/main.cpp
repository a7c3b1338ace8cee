// SPDX-License-Identifier: Apache-2.0
// The generator of the protocol. See protocol/README.md.
#include <fmt/format.h>

#include <cstdio>
#include <exception>
#include <fstream>
#include <iterator>
#include <span>
#include <string_view>

#include "model.hpp"

namespace {

namespace fs = std::filesystem;
using namespace trowel::generator;

std::string read(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// Leaves a file with the right content alone, so that nothing is rebuilt for its sake.
void write(const fs::path& root, const Output& output) {
  auto file = root / output.path;
  if (fs::exists(file) && read(file) == output.content) return;
  fs::create_directories(file.parent_path());
  std::ofstream(file, std::ios::binary) << output.content;
}

std::vector<Output> committedOutputs(const Model& model, const fs::path& root) {
  return {generateTypeScript(model), generateMarkdown(model),
          generatePackageJson(model, read(root / "extension-shim/package.json"))};
}

int run(std::span<char*> arguments) {
  if (arguments.size() != 4) {
    fmt::print(stderr, "usage: protocol_generator cpp|committed|check MODEL-FOLDER OUTPUT-ROOT\n");
    return 2;
  }
  std::string_view mode = arguments[1];
  auto model = loadModel(arguments[2]);
  fs::path root = arguments[3];
  if (mode == "cpp") {
    for (const auto& output : generateCpp(model)) write(root, output);
    return 0;
  }
  if (mode == "committed") {
    for (const auto& output : committedOutputs(model, root)) write(root, output);
    return 0;
  }
  int stale = 0;
  for (const auto& output : committedOutputs(model, root)) {
    if (read(root / output.path) == output.content) continue;
    fmt::print(
        stderr,
        "{} is older than the protocol model: run 'cmake --build --preset dev --target protocol' and commit it\n",
        output.path);
    ++stale;
  }
  return stale == 0 ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run({argv, static_cast<std::size_t>(argc)});
  } catch (const std::exception& e) {
    std::fprintf(stderr, "protocol_generator: %s\n", e.what());
    return 1;
  }
}
