// SPDX-License-Identifier: Apache-2.0
// Two doors lead in. `import` is told what comes (or sniffs it, format AUTO) and answers 400 where something stands
// there already; `workspace-files/import-file` always sniffs and answers 409 where that something is a file. Clients
// tell the cases apart by status and words, so both are kept exactly.
#include "emulator/workspace/workspace_transfer_api.hpp"

#include <nlohmann/json.hpp>

#include "emulator/files/file_path.hpp"
#include "emulator/files/file_response.hpp"
#include "emulator/files/piece_stream.hpp"
#include "emulator/server/typed_params.hpp"
#include "emulator/workspace/export.hpp"
#include "emulator/workspace/import.hpp"
#include "emulator/workspace/notebook_format.hpp"
#include "emulator/workspace/workspace_api.hpp"
#include "trowel/core/text.hpp"

namespace trowel::emulator {

using core::Json;

namespace {

constexpr std::size_t kMaxFile = 500UL * 1024 * 1024;
constexpr std::size_t kMaxSniffed = 100UL * 1024 * 1024;  // the service's limit for an .ipynb

Reply<Response> importContent(WorkspaceStore& store, const WorkspaceAccess& access, const Call& call) {
  auto path = TROWEL_TRY(requiredPath(call));
  std::string encoded = TROWEL_TRY(typedText(call.params(), "content"));
  std::erase_if(encoded, [](char c) { return c == '\n' || c == '\r'; });
  if (encoded.size() / 4 * 3 > kMaxImport + 2) return contentTooLarge(kMaxImport);  // spares decoding in vain
  auto content = core::fromBase64(encoded);
  if (!content) return invalidParameter("The content is not valid base64.");
  if (content->size() > kMaxImport) return contentTooLarge(kMaxImport);
  auto format = TROWEL_TRY(typedText(call.params(), "format", "SOURCE"));
  auto language = TROWEL_TRY(typedText(call.params(), "language"));
  bool overwrite = TROWEL_TRY(typedFlag(call.params(), "overwrite"));
  if (format == "DBC" && overwrite) return invalidParameter("Cannot overwrite with DBC format.");
  auto import = TROWEL_TRY(readImport(path.canonical, format, language, *std::move(content)));
  SpelledPath target = path;
  target.canonical = import.path;
  auto stored = access.requireWrite(call.caller(), import.path);
  if (stored) stored = carryOut(store, std::move(import), overwrite);
  if (!stored) return std::unexpected(respell(stored.error(), target));
  return emptyResponse();
}

// The two shapes of a conflict at this door.
ApiError conflict(const WorkspaceStore& store, const std::string& path, ApiError error) {
  if (error.code != "RESOURCE_ALREADY_EXISTS") return error;
  auto existing = store.find(path);
  if (existing && (*existing)->type != ObjectType::Notebook)
    return {.status = 409, .code = "ALREADY_EXISTS", .message = "File already exists at (" + path + ")."};
  error.code.clear();  // this call, unlike import, leaves it empty
  return error;
}

Reply<Response> importFile(WorkspaceStore& store, const WorkspaceAccess& access, const Call& call) {
  auto path = TROWEL_TRY(spelledPath("/" + call.path("path")));
  bool overwrite = TROWEL_TRY(typedFlag(call.params(), "overwrite"));
  auto file = store.tree().stage();
  if (!file) return fileError(file.error(), path.canonical);
  auto received = receive(call.body(), *file, kMaxFile, path.canonical);
  if (!received) return received.error().status == 413 ? contentTooLarge(kMaxFile) : std::unexpected(received.error());
  PieceStream content([&](std::uint64_t offset, std::uint64_t length) {
    return offset < kMaxSniffed ? file->read(offset, length) : FileResult<std::string>();
  });
  NewObject object = sniffObject(path.canonical, content);
  if (content.problem()) return fileError(*content.problem(), path.canonical);
  object.overwrite = overwrite;
  auto stored = access.requireWrite(call.caller(), path.canonical);
  if (stored) stored = store.put(path.canonical, object, *std::move(file));
  if (!stored) return std::unexpected(respell(conflict(store, path.canonical, stored.error()), path));
  return emptyResponse();
}

Response attachment(std::string content, const std::string& name) {
  return {.body = std::move(content),
          .contentType = "application/octet-stream",
          .headers = {{"Content-Disposition", "attachment; filename*=UTF-8''" + core::percentEncode(name)}}};
}

Reply<Response> exportContent(const WorkspaceStore& store, const WorkspaceAccess& access, const Call& call) {
  auto path = TROWEL_TRY(requiredPath(call));
  auto object = access.find(call.caller(), path.canonical);
  if (!object) return std::unexpected(respell(object.error(), path));
  auto format = TROWEL_TRY(typedText(call.params(), "format", "SOURCE"));
  bool direct = TROWEL_TRY(typedFlag(call.params(), "direct_download"));
  auto exported = exportObject(store, **object, format);
  if (!exported) return std::unexpected(respell(exported.error(), path));
  if (direct) {
    std::string name(lastName(path.canonical));
    bool named = (*object)->type == ObjectType::File || (*object)->type == ObjectType::Dashboard;
    return attachment(std::move(exported->content), named ? name : notebookFile(name, exported->fileType));
  }
  Json body{{"content", core::toBase64(exported->content)}};
  if (!exported->fileType.empty()) body["file_type"] = exported->fileType;
  return jsonResponse(body);
}

Reply<Response> readFile(const WorkspaceStore& store, const WorkspaceAccess& access, const Call& call) {
  auto path = TROWEL_TRY(spelledPath("/" + call.path("path")));
  auto object = access.find(call.caller(), path.canonical);
  if (!object) return std::unexpected(respell(object.error(), path));
  if ((*object)->isFolder()) return invalidParameter("Path (" + path.echo(path.canonical) + ") is a folder.");
  if ((*object)->type != ObjectType::Notebook) {
    auto status = store.tree().status((*object)->file);
    if (!status) return fileError(status.error(), path.echo(path.canonical));
    auto open = store.tree().read((*object)->file, 0, 0);
    if (!open) return fileError(open.error(), path.echo(path.canonical));
    return fileResponse(call.request(), store.tree().real((*object)->file), *status);
  }
  auto exported = exportObject(store, **object, "AUTO");
  if (!exported) return std::unexpected(respell(exported.error(), path));
  return Response{.body = std::move(exported->content), .contentType = "application/octet-stream"};
}

}  // namespace

void addWorkspaceTransferRoutes(Router& router, WorkspaceStore& store, const WorkspaceAccess& access) {
  auto to = [&store, &access](auto endpoint) {
    return [&store, &access, endpoint](const Call& call) { return endpoint(store, access, call); };
  };
  router.add("POST", "/api/2.0/workspace/import", to(importContent));
  router.add("GET", "/api/2.0/workspace/export", to(exportContent));
  router.add("POST", "/api/2.0/workspace-files/import-file/{path...}", to(importFile), Body::Streamed);
  router.add("GET", "/api/2.0/workspace-files/{path...}", to(readFile));
}

}  // namespace trowel::emulator
