// SPDX-License-Identifier: Apache-2.0
#include "notebook.hpp"

#include "features/files/contents.hpp"
#include "trowel/core/text.hpp"
#include "trowel/notebook/source_codec.hpp"

namespace trowel::features {

using core::Result;

Result<protocol::NotebookDocument> Notebook::decode(const protocol::NotebookDecodeParams& params, rpc::CallContext&) {
  auto bytes = TROWEL_TRY(takeContents(params.base64, params.path));
  auto document = TROWEL_TRY(notebook::decode(bytes, params.language));
  protocol::NotebookDocument wire;
  for (auto& cell : document.cells) {
    protocol::NotebookCell out;
    out.kind = cell.kind == notebook::CellKind::Markup ? protocol::CellKind::Markup : protocol::CellKind::Code;
    out.language = std::move(cell.language);
    out.source = std::move(cell.source);
    out.metadata = notebook::toJson(cell.metadata);
    wire.cells.push_back(std::move(out));
  }
  wire.metadata = notebook::toJson(document.metadata);
  return wire;
}

Result<protocol::NotebookEncodeResult> Notebook::encode(const protocol::NotebookDocument& params, rpc::CallContext&) {
  notebook::Document document;
  for (const auto& cell : params.cells) {
    document.cells.push_back(
        {.kind = cell.kind == protocol::CellKind::Markup ? notebook::CellKind::Markup : notebook::CellKind::Code,
         .language = cell.language,
         .source = cell.source,
         .metadata = notebook::cellMetadata(cell.metadata)});
  }
  document.metadata = notebook::documentMetadata(params.metadata);
  auto bytes = TROWEL_TRY(notebook::encode(document));
  protocol::NotebookEncodeResult result;
  if (bytes.size() > kMaxInline) {
    result.path = TROWEL_TRY(putContents(bytes));
  } else {
    result.base64 = core::toBase64(bytes);
  }
  return result;
}

}  // namespace trowel::features
