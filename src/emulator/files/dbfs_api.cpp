// SPDX-License-Identifier: Apache-2.0
#include "emulator/files/dbfs_api.hpp"

#include <nlohmann/json.hpp>

#include "emulator/files/file_path.hpp"
#include "emulator/server/multipart.hpp"
#include "emulator/server/request_reader.hpp"
#include "emulator/server/typed_params.hpp"
#include "trowel/core/text.hpp"

namespace trowel::emulator {

using core::Json;

namespace {

constexpr std::int64_t kReadLength = 512L * 1024;  // where the client names none
constexpr std::size_t kMaxFormField = 64UL * 1024;
constexpr std::size_t kMaxJsonPut = 64UL * 1024 * 1024;  // as of every body that is read into memory

Json fileInfo(const DbfsFile& file) {
  return {{"path", file.path},
          {"is_dir", file.status.folder},
          {"file_size", file.status.size},
          {"modification_time", file.status.modifiedAt}};
}

Reply<Response> list(const Dbfs& dbfs, const Call& call) {
  auto files = TROWEL_TRY(dbfs.list(TROWEL_TRY(call.required("path"))));
  Json found = Json::array();
  for (const auto& file : files) found.push_back(fileInfo(file));
  return jsonResponse(found.empty() ? Json::object() : Json{{"files", std::move(found)}});
}

Reply<Response> read(const Dbfs& dbfs, const Call& call) {
  auto path = TROWEL_TRY(call.required("path"));
  auto offset = TROWEL_TRY(typedNumber(call.params(), "offset"));
  auto length = TROWEL_TRY(typedNumber(call.params(), "length"));
  if (offset < 0 || length < 0) return invalidParameter("offset and length must not be negative.");
  if (length > Dbfs::kMaxBlock)
    return refuse(400, "MAX_READ_SIZE_EXCEEDED",
                  "At most " + std::to_string(Dbfs::kMaxBlock) + " bytes can be read at once.");
  auto bytes = TROWEL_TRY(dbfs.read(path, static_cast<std::uint64_t>(offset),
                                    static_cast<std::uint64_t>(length == 0 ? kReadLength : length)));
  return jsonResponse({{"bytes_read", bytes.size()}, {"data", core::toBase64(bytes)}});
}

// Decodes what `field` holds in base64, at most a block.
Reply<std::string> block(const Json& params, const char* field) {
  std::string encoded = TROWEL_TRY(typedText(params, field));
  std::erase_if(encoded, [](char c) { return c == '\n' || c == '\r'; });
  auto tooLarge = refuse(400, "MAX_BLOCK_SIZE_EXCEEDED",
                         "A block must not be larger than " + std::to_string(Dbfs::kMaxBlock) + " bytes.");
  if (encoded.size() / 4 * 3 > Dbfs::kMaxBlock + 2) return tooLarge;
  auto bytes = core::fromBase64(encoded);
  if (!bytes) return invalidParameter("The field " + std::string(field) + " is not valid base64.");
  if (bytes->size() > Dbfs::kMaxBlock) return tooLarge;
  return *std::move(bytes);
}

Reply<Response> putWhole(Dbfs& dbfs, const Json& params, StagedFile file) {
  auto path = TROWEL_TRY(typedText(params, "path"));
  if (path.empty()) return missingField("path");
  bool overwrite = TROWEL_TRY(typedFlag(params, "overwrite"));
  TROWEL_TRY(dbfs.put(path, std::move(file), overwrite));
  return emptyResponse();
}

// As a form the content is as it is, may be larger, and goes to the disk as it arrives.
Reply<Response> putForm(Dbfs& dbfs, const Call& call) {
  FormReader form(call.body(), call.request().header("content-type"));
  auto file = TROWEL_TRY(dbfs.stage());
  Json params = call.params();
  auto unreadable = [](const core::Error& problem) {
    return malformedRequest("Could not parse the multipart/form-data body. " + problem.message);
  };
  while (true) {
    auto name = form.nextPart();
    if (!name) return unreadable(name.error());
    if (!*name) return putWhole(dbfs, params, std::move(file));
    bool content = **name == "contents";
    std::string value;
    for (auto piece = form.nextPiece(); !piece || !piece->empty(); piece = form.nextPiece()) {
      if (!piece) return unreadable(piece.error());
      auto size = content ? file.size() : value.size();
      if (piece->size() > (content ? Dbfs::kMaxFile : kMaxFormField) - size)
        return refuse(413, "MAX_REQUEST_SIZE_EXCEEDED", "The field " + core::toValidUtf8(**name) + " is too large.");
      if (!content) value += *piece;
      if (auto written = content ? file.append(*piece) : FileResult<void>(); !written)
        return fileError(written.error(), "/");
    }
    if (!content) params[**name] = std::move(value);
  }
}

Reply<Response> put(Dbfs& dbfs, const Call& call) {
  if (core::toLower(call.request().header("content-type")).starts_with("multipart/")) return putForm(dbfs, call);
  Request request = call.request();
  request.body = TROWEL_TRY(readWhole(call.body(), kMaxJsonPut));
  Json params = TROWEL_TRY(mergeParams(request));
  auto bytes = TROWEL_TRY(block(params, "contents"));
  auto file = TROWEL_TRY(dbfs.stage());
  if (auto written = file.append(bytes); !written) return fileError(written.error(), "/");
  return putWhole(dbfs, params, std::move(file));
}

Reply<Response> create(Dbfs& dbfs, const Call& call) {
  auto path = TROWEL_TRY(call.required("path"));
  auto overwrite = TROWEL_TRY(typedFlag(call.params(), "overwrite"));
  auto handle = TROWEL_TRY(dbfs.create(path, overwrite, call.caller().id));
  return jsonResponse({{"handle", handle}});
}

Reply<Response> addBlock(Dbfs& dbfs, const Call& call) {
  auto handle = TROWEL_TRY(requiredNumber(call.params(), "handle"));
  auto bytes = TROWEL_TRY(block(call.params(), "data"));
  TROWEL_TRY(dbfs.addBlock(handle, bytes, call.caller().id));
  return emptyResponse();
}

Reply<Response> close(Dbfs& dbfs, const Call& call) {
  auto handle = TROWEL_TRY(requiredNumber(call.params(), "handle"));
  TROWEL_TRY(dbfs.close(handle, call.caller().id));
  return emptyResponse();
}

Reply<Response> move(Dbfs& dbfs, const Call& call) {
  auto from = TROWEL_TRY(call.required("source_path"));
  auto to = TROWEL_TRY(call.required("destination_path"));
  TROWEL_TRY(dbfs.move(from, to));
  return emptyResponse();
}

}  // namespace

void addDbfsRoutes(Router& router, Dbfs& dbfs) {
  router.add("GET", "/api/2.0/dbfs/list", [&dbfs](const Call& call) { return list(dbfs, call); });
  router.add("GET", "/api/2.0/dbfs/get-status", [&dbfs](const Call& call) -> Reply<Response> {
    auto path = TROWEL_TRY(call.required("path"));
    return jsonResponse(fileInfo(TROWEL_TRY(dbfs.status(path))));
  });
  router.add("GET", "/api/2.0/dbfs/read", [&dbfs](const Call& call) { return read(dbfs, call); });
  router.add("POST", "/api/2.0/dbfs/put", [&dbfs](const Call& call) { return put(dbfs, call); }, Body::Streamed);
  router.add("POST", "/api/2.0/dbfs/create", [&dbfs](const Call& call) { return create(dbfs, call); });
  router.add("POST", "/api/2.0/dbfs/add-block", [&dbfs](const Call& call) { return addBlock(dbfs, call); });
  router.add("POST", "/api/2.0/dbfs/close", [&dbfs](const Call& call) { return close(dbfs, call); });
  router.add("POST", "/api/2.0/dbfs/move", [&dbfs](const Call& call) { return move(dbfs, call); });
  router.add("POST", "/api/2.0/dbfs/mkdirs", [&dbfs](const Call& call) -> Reply<Response> {
    auto path = TROWEL_TRY(call.required("path"));
    TROWEL_TRY(dbfs.makeFolders(path));
    return emptyResponse();
  });
  router.add("POST", "/api/2.0/dbfs/delete", [&dbfs](const Call& call) -> Reply<Response> {
    auto path = TROWEL_TRY(call.required("path"));
    auto recursive = TROWEL_TRY(typedFlag(call.params(), "recursive"));
    TROWEL_TRY(dbfs.remove(path, recursive));
    return emptyResponse();
  });
}

}  // namespace trowel::emulator
