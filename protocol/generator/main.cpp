// SPDX-License-Identifier: Apache-2.0
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

int main(int, char** argv) {
  namespace fs = std::filesystem;
  auto model = nlohmann::json::parse(std::ifstream(fs::path(argv[2]) / "errors.json"));
  fs::path out = fs::path(argv[3]) / "include/trowel/core/error_code.hpp";
  fs::create_directories(out.parent_path());
  std::ofstream file(out);
  file << "// Generated from protocol/errors.json. Do not edit.\n#pragma once\n\n#include <string_view>\n\nnamespace "
          "trowel::core {\n\nenum class ErrorCode : int {\n";
  for (auto& e : model["errors"])
    file << "  // " << e["doc"].get<std::string>() << "\n  " << e["name"].get<std::string>() << " = " << e["code"]
         << ",\n";
  file << "};\n\nconstexpr std::string_view toString(ErrorCode code) {\n  switch (code) {\n";
  for (auto& e : model["errors"])
    file << "    case ErrorCode::" << e["name"].get<std::string>() << ": return " << e["name"] << ";\n";
  file << "  }\n  return \"Unknown\";\n}\n\n}  // namespace trowel::core\n";
}
