// SPDX-License-Identifier: Apache-2.0
#include "emulator/workspace/notebook_source.hpp"

#include "emulator/workspace/notebook_format.hpp"

namespace trowel::emulator {

Reply<NotebookSource> notebookSource(const WorkspaceStore& workspace, std::string_view path) {
  auto canonical = TROWEL_TRY(canonicalPath(path));
  auto object = TROWEL_TRY(workspace.find(canonical));
  if (object->type != ObjectType::Notebook) return invalidParameter("Path (" + canonical + ") is not a notebook.");
  return notebookSource(workspace, *object);
}

Reply<NotebookSource> notebookSource(const WorkspaceStore& workspace, const WorkspaceObject& notebook) {
  auto content = TROWEL_TRY(workspace.read(notebook));
  return NotebookSource{.language = notebook.language,
                        .source = notebook.jupyter ? jupyterToSource(content, notebook.language)
                                                   : withNotebookHeader(content, notebook.language)};
}

}  // namespace trowel::emulator
