// SPDX-License-Identifier: Apache-2.0
#include "trowel/sync/export_formats.hpp"

#include <algorithm>
#include <array>

#include "sync/glob.hpp"
#include "trowel/core/text.hpp"

namespace trowel::sync {

namespace {

struct Known {
  std::string_view extension;
  std::string_view language;  // empty: any
  Format format;
};

constexpr std::array<Known, 8> kKnown{{{".py", "PYTHON", Format::Source},
                                       {".sql", "SQL", Format::Source},
                                       {".scala", "SCALA", Format::Source},
                                       {".r", "R", Format::Source},
                                       {".rmd", "R", Format::RMarkdown},
                                       {".ipynb", "", Format::Jupyter},
                                       {".html", "", Format::Html},
                                       {".dbc", "", Format::Dbc}}};

}  // namespace

core::Result<ExportFormat> parseExportFormat(std::string_view language, std::string_view extension) {
  const auto last = extension.substr(std::min(extension.rfind('.'), extension.size()));
  const auto* known = std::find_if(kKnown.begin(), kKnown.end(), [&](const Known& each) {
    return core::equalsIgnoreCase(each.extension, last) &&
           (each.language.empty() || core::equalsIgnoreCase(each.language, language));
  });
  if (known == kKnown.end() || !extension.starts_with('.') || extension.find('/') != std::string_view::npos)
    return core::fail(core::ErrorCode::InvalidParams,
                      "Notebooks in " + std::string(language) + " cannot be exported as \"" + std::string(extension) +
                          "\". Use the extension of the language, .ipynb, .html or .dbc, or .rmd for R.");
  return ExportFormat{std::string(extension), known->format};
}

ExportFormats ExportFormats::standard() {
  const ExportFormat jupyter{".ipynb", Format::Jupyter};
  return {{{"", "PYTHON", {{".py", Format::Source}, jupyter}},
           {"", "SQL", {{".sql", Format::Source}, jupyter}},
           {"", "SCALA", {{".scala", Format::Source}, jupyter}},
           {"", "R", {{".r", Format::Source}, jupyter}}}};
}

const std::vector<ExportFormat>& ExportFormats::of(std::string_view language, std::string_view path) const {
  static const std::vector<ExportFormat> kNone;
  const auto rule = std::find_if(rules.begin(), rules.end(), [&](const Rule& each) {
    return core::equalsIgnoreCase(each.language, language) && (each.glob.empty() || globMatches(each.glob, path));
  });
  return rule == rules.end() ? kNone : rule->formats;
}

}  // namespace trowel::sync
