// SPDX-License-Identifier: Apache-2.0
#include "emulator/workspace/workspace_object.hpp"

namespace trowel::emulator {

std::string_view toString(ObjectType type) {
  switch (type) {
    case ObjectType::Directory:
      return "DIRECTORY";
    case ObjectType::Notebook:
      return "NOTEBOOK";
    case ObjectType::File:
      return "FILE";
    case ObjectType::Repo:
      return "REPO";
    case ObjectType::Dashboard:
      return "DASHBOARD";
  }
  return "FILE";
}

std::string_view toString(Language language) {
  switch (language) {
    case Language::Python:
      return "PYTHON";
    case Language::Sql:
      return "SQL";
    case Language::Scala:
      return "SCALA";
    case Language::R:
      return "R";
  }
  return "PYTHON";
}

bool parseLanguage(std::string_view text, Language& language) {
  for (auto candidate : {Language::Python, Language::Sql, Language::Scala, Language::R}) {
    if (text != toString(candidate)) continue;
    language = candidate;
    return true;
  }
  return false;
}

}  // namespace trowel::emulator
