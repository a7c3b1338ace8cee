// SPDX-License-Identifier: Apache-2.0
// Notebook or file, and under which name, as the workspace itself decides on import (reference: rest-api 4.3, 4.4).
#pragma once

#include <string>
#include <string_view>

#include "trowel/core/error.hpp"
#include "trowel/sync/remote_store.hpp"

namespace trowel::sync {

struct Classified {
  ObjectKind kind = ObjectKind::File;
  std::string extension;  // what the workspace takes off the name: ".py" of a notebook, else empty
  bool operator==(const Classified&) const = default;
};

// `name` is the file's name or path. .py, .r, .scala and .sql with the notebook header as their first line and .ipynb
// documents are notebooks, all else is a file. InvalidParams for an .ipynb that is no notebook document (yet).
core::Result<Classified> classify(std::string_view name, std::string_view content);

// True where the content is needed to tell.
bool mayBeNotebook(std::string_view name);

}  // namespace trowel::sync
