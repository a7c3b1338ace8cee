// SPDX-License-Identifier: Apache-2.0
// Names on both sides of a transfer: which may be used at all, what a notebook is called here, what a file is there.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "trowel/sync/export_formats.hpp"
#include "trowel/sync/remote_tree.hpp"

namespace trowel::sync {

// Why nothing of that name may be made in a local folder, as a sentence; nothing where it may. `ignoresCase`: of the
// folder's file system, whose other rules then are those of Windows as well.
std::optional<std::string> localNameProblem(std::string_view name, bool ignoresCase);
std::optional<std::string> remoteNameProblem(std::string_view name);

// For messages: control characters, also those that turn the direction of writing, and what is not UTF-8 are escaped.
std::string shown(std::string_view text);

// What two names have in common that stand for the same file.
std::string nameKey(std::string_view name, bool ignoresCase);

// "a.py" with the extension ".py": "a (2).py".
std::string numbered(std::string_view name, std::string_view extension, unsigned number);
// The last dot and what follows; empty where there is none, or where nothing stands before it.
std::string_view extensionOf(std::string_view name);

std::string joinPath(std::string_view folder, std::string_view name);  // "" is the root of a relative path

// What a file or notebook in `folder` becomes here. Unsupported, with a sentence, where it cannot be transferred.
core::Result<Form> downloadForm(const Entry& entry, std::string_view folder, const ExportFormats& formats);

struct UploadForm {
  Form form;
  bool matchesNoFormat = false;  // looks like a notebook, but the export formats have none like it: goes as a file
};

// The first bytes of a file, at most `count`.
using ReadHead = std::function<core::Result<std::string>(std::size_t count)>;

// What the file `name` becomes in the remote `folder`; `head` is asked only where the content decides. InvalidParams
// for a notebook document that is incomplete.
core::Result<UploadForm> uploadForm(std::string_view name, std::string_view folder, const ExportFormats& formats,
                                    const ReadHead& head);

}  // namespace trowel::sync
