// SPDX-License-Identifier: Apache-2.0
#include "file_names.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "file_uri.hpp"
#include "trowel/core/text.hpp"
#include "trowel/sync/classify.hpp"

namespace trowel::features {

namespace {

using core::ErrorCode;
using core::Result;
using sync::EntryKind;
using sync::ExportFormat;
using sync::Form;
using sync::Format;
using sync::ObjectKind;

bool isName(std::string_view name) {
  return !name.empty() && name != "." && name != ".." && name.find_first_of(std::string_view("/\0", 2)) == name.npos;
}

// What `shown` has more than `name`; nothing where it does not begin with it.
std::optional<std::string_view> extensionOver(std::string_view shown, std::string_view name) {
  if (!shown.starts_with(name)) return std::nullopt;
  return shown.substr(name.size());
}

// The format of a notebook under this name; the first one under its bare name. Null where there is none.
const ExportFormat* formatOf(const sync::Entry& entry, std::string_view shown, std::string_view folder,
                             const sync::ExportFormats& formats) {
  const auto extension = extensionOver(shown, entry.name);
  if (!extension) return nullptr;
  const auto& known = formats.of(entry.type, childPath(folder, entry.name));
  if (extension->empty()) return known.empty() ? nullptr : &known.front();
  const auto it = std::ranges::find_if(
      known, [&](const ExportFormat& each) { return core::equalsIgnoreCase(each.extension, *extension); });
  return it == known.end() ? nullptr : &*it;
}

std::string_view headerOf(std::string_view language) {
  if (core::equalsIgnoreCase(language, "SQL")) return "-- Databricks notebook source";
  if (core::equalsIgnoreCase(language, "SCALA")) return "// Databricks notebook source";
  return "# Databricks notebook source";
}

Result<Written> overNotebook(const ShownEntry& there, std::string_view folder, const sync::ExportFormats& formats,
                             std::string_view bytes) {
  const auto* format = formatOf(there.entry, there.name, folder, formats);
  const auto path = childPath(folder, there.name);
  if (format == nullptr || (format->format != Format::Source && format->format != Format::Jupyter))
    return core::fail(ErrorCode::PermissionDenied, path + " is an export for reading only. Edit the notebook itself.");
  auto classified = sync::classify("notebook" + format->extension, bytes);
  if (!classified) return core::fail(ErrorCode::Unsupported, path + " was not saved. " + classified.error().message);
  if (classified->kind != ObjectKind::Notebook)
    return core::fail(ErrorCode::Unsupported, path + " was not saved: it is a notebook, so its first line must be '" +
                                                  std::string(headerOf(there.entry.type)) +
                                                  "'. Put that line back, or save the text under another name.");
  const bool isDocument = format->format == Format::Jupyter;
  return Written{there.entry.name,
                 {ObjectKind::Notebook, format->extension, isDocument ? Format::Jupyter : Format::Auto}};
}

}  // namespace

std::vector<ShownEntry> shownEntries(std::vector<sync::Entry> entries, std::string_view folder,
                                     const sync::ExportFormats& formats) {
  std::erase_if(entries, [](const sync::Entry& entry) { return !isName(entry.name); });
  std::set<std::string, std::less<>> taken;
  for (const auto& entry : entries)
    if (entry.kind != EntryKind::Notebook) taken.insert(entry.name);
  std::vector<ShownEntry> shown;
  for (auto& entry : entries) {
    std::string name = entry.name;
    if (entry.kind == EntryKind::Notebook) {
      for (const auto& format : formats.of(entry.type, childPath(folder, entry.name))) {
        if (taken.contains(entry.name + format.extension)) continue;
        name += format.extension;
        break;
      }
      if (!taken.insert(name).second) continue;
    }
    shown.push_back({std::move(name), std::move(entry)});
  }
  return shown;
}

std::vector<std::string> objectNames(std::string_view shown, const sync::ExportFormats& formats) {
  std::vector<std::string> names{std::string(shown)};
  for (const auto& rule : formats.rules) {
    for (const auto& format : rule.formats) {
      if (shown.size() <= format.extension.size()) continue;
      const auto end = shown.size() - format.extension.size();
      if (!core::equalsIgnoreCase(shown.substr(end), format.extension)) continue;
      if (std::string name(shown.substr(0, end)); std::ranges::find(names, name) == names.end())
        names.push_back(std::move(name));
    }
  }
  return names;
}

bool standsFor(const sync::Entry& entry, std::string_view shown, std::string_view folder,
               const sync::ExportFormats& formats) {
  if (entry.name == shown) return true;
  return entry.kind == EntryKind::Notebook && formatOf(entry, shown, folder, formats) != nullptr;
}

Result<Form> readForm(const ShownEntry& shown, std::string_view folder, const sync::ExportFormats& formats) {
  const auto& entry = shown.entry;
  const auto path = childPath(folder, shown.name);
  switch (entry.kind) {
    case EntryKind::Folder:
      return core::fail(ErrorCode::InvalidParams, path + " is a folder.");
    case EntryKind::File:
      return Form{};
    case EntryKind::Notebook:
      if (const auto* format = formatOf(entry, shown.name, folder, formats))
        return Form{ObjectKind::Notebook, format->extension, format->format};
      return Form{ObjectKind::Notebook, {}, Format::Source};
    case EntryKind::Other:
      if (entry.type == "DASHBOARD") return Form{ObjectKind::Notebook, {}, Format::Auto};
      break;
  }
  return core::fail(ErrorCode::Unsupported, path + " is an object of the type " +
                                                (entry.type.empty() ? "UNKNOWN" : core::toValidUtf8(entry.type)) +
                                                ", which has no content to open as a file. Open it in the browser.");
}

Form fileForm(std::string_view name, const sync::ExportFormats& formats, std::string_view bytes) {
  if (formats.rules.empty() || !sync::mayBeNotebook(name)) return {};
  auto classified = sync::classify(name, bytes);
  const bool looksLikeOne = !classified || classified->kind == ObjectKind::Notebook;
  return {ObjectKind::File, {}, looksLikeOne ? Format::Raw : Format::Auto};
}

Result<Written> writeForm(const std::optional<ShownEntry>& there, std::string_view shown, std::string_view folder,
                          const sync::ExportFormats& formats, std::string_view bytes) {
  const auto path = childPath(folder, shown);
  if (!there) {
    if (formats.rules.empty() || !sync::mayBeNotebook(shown)) return Written{std::string(shown), {}};
    auto classified = sync::classify(shown, bytes);
    if (!classified) return core::fail(ErrorCode::Unsupported, path + " was not saved. " + classified.error().message);
    if (classified->kind == ObjectKind::File) return Written{std::string(shown), {}};
    return Written{std::string(shown.substr(0, shown.size() - classified->extension.size())),
                   {ObjectKind::Notebook, classified->extension, Format::Auto}};
  }
  switch (there->entry.kind) {
    case EntryKind::Folder:
      return core::fail(ErrorCode::InvalidParams, path + " is a folder.");
    case EntryKind::File:
      return Written{there->entry.name, fileForm(there->entry.name, formats, bytes)};
    case EntryKind::Notebook:
      return overNotebook(*there, folder, formats, bytes);
    case EntryKind::Other:
      break;
  }
  return core::fail(ErrorCode::PermissionDenied, path + " is an object of the type " +
                                                     core::toValidUtf8(there->entry.type) +
                                                     ", which cannot be written as a file. Edit it in the browser.");
}

}  // namespace trowel::features
