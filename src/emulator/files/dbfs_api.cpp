// SPDX-License-Identifier: Apache-2.0
#include "emulator/files/dbfs_api.hpp"

#include <nlohmann/json.hpp>

#include "trowel/core/text.hpp"

namespace trowel::emulator {

using core::Json;

namespace {

constexpr std::int64_t kReadLength = 512L * 1024;  // where the client names none

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
  auto offset = call.number("offset");
  auto length = call.number("length");
  if (offset < 0 || length < 0) return invalidParameter("offset and length must not be negative.");
  if (length > Dbfs::kMaxBlock)
    return refuse(400, "MAX_READ_SIZE_EXCEEDED",
                  "At most " + std::to_string(Dbfs::kMaxBlock) + " bytes can be read at once.");
  auto bytes = TROWEL_TRY(dbfs.read(path, static_cast<std::uint64_t>(offset),
                                    static_cast<std::uint64_t>(length == 0 ? kReadLength : length)));
  return jsonResponse({{"bytes_read", bytes.size()}, {"data", core::toBase64(bytes)}});
}

// Decodes what `field` holds in base64, at most a block.
Reply<std::string> block(const Call& call, const char* field) {
  std::string encoded = call.text(field);
  std::erase_if(encoded, [](char c) { return c == '\n' || c == '\r'; });
  auto tooLarge = refuse(400, "MAX_BLOCK_SIZE_EXCEEDED",
                         "A block must not be larger than " + std::to_string(Dbfs::kMaxBlock) + " bytes.");
  if (encoded.size() / 4 * 3 > Dbfs::kMaxBlock + 2) return tooLarge;
  auto bytes = core::fromBase64(encoded);
  if (!bytes) return invalidParameter("The field " + std::string(field) + " is not valid base64.");
  if (bytes->size() > Dbfs::kMaxBlock) return tooLarge;
  return *std::move(bytes);
}

Reply<Response> put(Dbfs& dbfs, const Call& call) {
  auto path = TROWEL_TRY(call.required("path"));
  bool form = core::toLower(call.request().header("content-type")).starts_with("multipart/");
  // As a form the content is as it is, and may be larger.
  std::string content = call.text("contents");
  if (!form) content = TROWEL_TRY(block(call, "contents"));
  TROWEL_TRY(dbfs.put(path, content, call.flag("overwrite")));
  return emptyResponse();
}

Reply<Response> create(Dbfs& dbfs, const Call& call) {
  auto path = TROWEL_TRY(call.required("path"));
  auto handle = TROWEL_TRY(dbfs.create(path, call.flag("overwrite")));
  return jsonResponse({{"handle", handle}});
}

Reply<Response> addBlock(Dbfs& dbfs, const Call& call) {
  TROWEL_TRY(call.required("handle"));
  auto bytes = TROWEL_TRY(block(call, "data"));
  TROWEL_TRY(dbfs.addBlock(call.number("handle"), bytes));
  return emptyResponse();
}

Reply<Response> close(Dbfs& dbfs, const Call& call) {
  TROWEL_TRY(call.required("handle"));
  TROWEL_TRY(dbfs.close(call.number("handle")));
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
  router.add("POST", "/api/2.0/dbfs/put", [&dbfs](const Call& call) { return put(dbfs, call); });
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
    TROWEL_TRY(dbfs.remove(path, call.flag("recursive")));
    return emptyResponse();
  });
}

}  // namespace trowel::emulator
