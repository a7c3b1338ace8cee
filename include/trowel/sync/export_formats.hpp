// SPDX-License-Identifier: Apache-2.0
// Which files notebooks become here, by language and place: ".py", ".ipynb", ".py.ipynb", ".sql", ".scala", ".r",
// ".rmd", ".html", ".dbc", as the settings of Power Tools and DatabricksPS name them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "trowel/sync/remote_store.hpp"

namespace trowel::sync {

struct ExportFormat {
  std::string extension;  // ".py.ipynb"
  Format format = Format::Source;
  bool operator==(const ExportFormat&) const = default;
};

// InvalidParams for an extension that notebooks of this language cannot have; the last part of it decides. `language`
// as the workspace says it, in any case.
core::Result<ExportFormat> parseExportFormat(std::string_view language, std::string_view extension);

struct ExportFormats {
  struct Rule {
    std::string glob;                   // of the notebook's path there ("/Users/me/**"); empty: everywhere
    std::string language;               // PYTHON, SQL, SCALA, R
    std::vector<ExportFormat> formats;  // the first is what a download writes; all are notebooks for an upload
  };

  std::vector<Rule> rules;  // the first that fits counts

  // Source for all languages; .ipynb is taken, too.
  static ExportFormats standard();

  // Empty where no rule fits. Lives as long as the rules.
  const std::vector<ExportFormat>& of(std::string_view language, std::string_view path) const;
};

}  // namespace trowel::sync
