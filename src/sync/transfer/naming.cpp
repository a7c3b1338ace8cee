// SPDX-License-Identifier: Apache-2.0
#include "sync/transfer/naming.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "sync/scanner.hpp"
#include "trowel/core/text.hpp"
#include "trowel/os/part_file.hpp"
#include "trowel/sync/classify.hpp"

namespace trowel::sync {

namespace {

constexpr std::size_t kMaxName = 255;    // bytes (NAME_MAX)
constexpr std::size_t kFirstLine = 256;  // bytes, more than any header of a notebook has
constexpr std::array<std::string_view, 4> kLanguages{"PYTHON", "SQL", "SCALA", "R"};
// Whoever writes one of these has code run, or spoils the state of tools.
constexpr std::array<std::string_view, 3> kKept{".git", ".databricks", ".trowel"};
constexpr std::array<std::string_view, 4> kDevices{"con", "prn", "aux", "nul"};
constexpr std::array<std::string_view, 2> kPorts{"com", "lpt"};

bool isControl(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

bool isWindowsDevice(std::string_view name) {
  const auto stem = core::toLower(name.substr(0, name.find('.')));
  if (std::ranges::find(kDevices, stem) != kDevices.end()) return true;
  return stem.size() == 4 && stem[3] >= '1' && stem[3] <= '9' &&
         std::ranges::any_of(kPorts, [&](auto port) { return stem.starts_with(port); });
}

std::optional<std::string> windowsProblem(std::string_view name) {
  if (isWindowsDevice(name)) return "Windows keeps this name for a device. Rename it.";
  if (name.ends_with('.') || name.ends_with(' '))
    return "Windows takes dots and spaces at the end of a name away. Rename it.";
  if (name.find_first_of("<>:\"\\|?*") != std::string_view::npos)
    return "It has a character in its name that Windows does not allow. Rename it.";
  return std::nullopt;
}

std::optional<std::string> anyNameProblem(std::string_view name) {
  if (name.empty() || name == "." || name == "..") return "This is no name of a file.";
  if (name.find('/') != std::string_view::npos) return "It has a slash in its name. Rename it.";
  if (std::ranges::any_of(name, isControl)) return "It has a control character in its name. Rename it.";
  if (!core::isUtf8(name)) return "Its name is not UTF-8. Rename it.";
  if (name.size() > kMaxName) return "Its name is longer than 255 bytes. Rename it.";
  return std::nullopt;
}

bool endsWithIgnoringCase(std::string_view name, std::string_view extension) {
  return name.size() > extension.size() &&
         core::equalsIgnoreCase(name.substr(name.size() - extension.size()), extension);
}

// The longest extension of a notebook's format that the name has.
const ExportFormat* formatOf(std::string_view name, std::string_view folder, const ExportFormats& formats) {
  const ExportFormat* best = nullptr;
  for (const auto language : kLanguages) {
    for (const auto& format : formats.of(language, joinPath(folder, name))) {
      if (endsWithIgnoringCase(name, format.extension) &&
          (best == nullptr || format.extension.size() > best->extension.size()))
        best = &format;
    }
  }
  return best;
}

// U+202A to U+202E, U+2066 to U+2069: what follows is written the other way round.
bool turnsDirection(std::string_view text) {
  if (text.size() < 3 || text[0] != '\xE2') return false;
  const auto second = static_cast<unsigned char>(text[1]);
  const auto third = static_cast<unsigned char>(text[2]);
  return (second == 0x80 && third >= 0xAA && third <= 0xAE) || (second == 0x81 && third >= 0xA6 && third <= 0xA9);
}

}  // namespace

std::optional<std::string> localNameProblem(std::string_view name, bool ignoresCase) {
  if (auto problem = anyNameProblem(name)) return problem;
  if (os::isPartName(name)) return "Trowel keeps this name for files that are on their way. Rename it.";
  if (std::ranges::any_of(kKept, [&](auto kept) { return core::equalsIgnoreCase(kept, name); }))
    return "Git and other tools keep their state under this name, so it is not transferred.";
  return ignoresCase ? windowsProblem(name) : std::nullopt;
}

std::optional<std::string> remoteNameProblem(std::string_view name) { return anyNameProblem(name); }

std::string shown(std::string_view text) {
  std::string result;
  const std::string valid = core::toValidUtf8(text);
  for (std::string_view rest = valid; !rest.empty();) {
    if (turnsDirection(rest)) {
      const auto code = static_cast<unsigned>((static_cast<unsigned char>(rest[1]) & 0x3fU) << 6U) |
                        (static_cast<unsigned char>(rest[2]) & 0x3fU);
      result += fmt::format("\\u{:04x}", 0x2000U | code);
      rest.remove_prefix(3);
      continue;
    }
    if (isControl(rest.front())) {
      result += fmt::format("\\x{:02x}", static_cast<unsigned char>(rest.front()));
    } else {
      result += rest.front();
    }
    rest.remove_prefix(1);
  }
  return result;
}

std::string nameKey(std::string_view name, bool ignoresCase) {
  return ignoresCase ? core::toLower(name) : std::string(name);
}

std::string numbered(std::string_view name, std::string_view extension, unsigned number) {
  const auto end = name.size() - (name.ends_with(extension) ? extension.size() : 0);
  return fmt::format("{} ({}){}", name.substr(0, end), number, name.substr(end));
}

std::string_view extensionOf(std::string_view name) {
  const auto dot = name.rfind('.');
  return dot == std::string_view::npos || dot == 0 ? std::string_view() : name.substr(dot);
}

std::string joinPath(std::string_view folder, std::string_view name) {
  if (folder.empty()) return std::string(name);
  if (name.empty()) return std::string(folder);
  return std::string(folder) + (folder.ends_with('/') ? "" : "/") + std::string(name);
}

core::Result<Form> downloadForm(const Entry& entry, std::string_view folder, const ExportFormats& formats) {
  if (entry.kind == EntryKind::File) return Form{};
  if (entry.kind != EntryKind::Notebook)
    return core::fail(core::ErrorCode::Unsupported, "An object of the type " +
                                                        (entry.type.empty() ? "UNKNOWN" : shown(entry.type)) +
                                                        " cannot be downloaded as a file.");
  const auto& known = formats.of(entry.type, joinPath(folder, entry.name));
  if (known.empty())
    return core::fail(core::ErrorCode::Unsupported,
                      "No export format is set for notebooks in " + shown(entry.type) + ". Set one.");
  return Form{ObjectKind::Notebook, known.front().extension, known.front().format};
}

core::Result<UploadForm> uploadForm(std::string_view name, std::string_view folder, const ExportFormats& formats,
                                    const ReadHead& head) {
  const auto* format = formatOf(name, folder, formats);
  if (format != nullptr && format->format == Format::RMarkdown)
    return UploadForm{
        {ObjectKind::Notebook, std::string(name.substr(name.size() - format->extension.size())), Format::RMarkdown}};
  if (!mayBeNotebook(name)) return UploadForm{};

  const bool isDocument = core::equalsIgnoreCase(extensionOf(name), ".ipynb");
  if (format == nullptr && isDocument) return UploadForm{{ObjectKind::File, {}, Format::Raw}, true};
  const auto content = TROWEL_TRY(head(isDocument ? kMaxNotebookBytes : kFirstLine));
  auto classified = TROWEL_TRY(classify(name, content));
  if (classified.kind == ObjectKind::File) return UploadForm{};
  if (format == nullptr) return UploadForm{{ObjectKind::File, {}, Format::Raw}, true};
  // "a.py.ipynb" is the notebook "a"; the workspace itself would take one extension only.
  if (format->extension.size() > classified.extension.size() && !classified.extension.empty())
    return UploadForm{
        {ObjectKind::Notebook, std::string(name.substr(name.size() - format->extension.size())), format->format}};
  return UploadForm{{ObjectKind::Notebook, classified.extension, Format::Auto}};
}

}  // namespace trowel::sync
