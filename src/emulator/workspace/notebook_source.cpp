// SPDX-License-Identifier: Apache-2.0
#include "emulator/workspace/notebook_source.hpp"

#include "emulator/workspace/notebook_format.hpp"

namespace trowel::emulator {

Reply<NotebookSource> notebookSource(const WorkspaceStore& workspace, std::string_view path) {
  auto canonical = TROWEL_TRY(canonicalPath(path));
  auto object = TROWEL_TRY(workspace.find(canonical));
  if (object->type != ObjectType::Notebook) return invalidParameter("Path (" + canonical + ") is not a notebook.");
  return NotebookSource{.language = object->language,
                        .source = object->jupyter ? jupyterToSource(object->content, object->language)
                                                  : withNotebookHeader(object->content, object->language)};
}

}  // namespace trowel::emulator
