// SPDX-License-Identifier: Apache-2.0
#include "emulator/files/files_api.hpp"

#include <nlohmann/json.hpp>

#include "emulator/files/file_path.hpp"
#include "emulator/files/file_response.hpp"
#include "emulator/server/paging.hpp"
#include "emulator/server/typed_params.hpp"

namespace trowel::emulator {

using core::Json;

namespace {

std::unexpected<ApiError> noSuchFile(const VolumePath& path) {
  return filesError(404, "NOT_FOUND", "FILES_API_FILE_NOT_FOUND", "The file " + path.shown() + " does not exist.");
}

std::unexpected<ApiError> noSuchFolder(const VolumePath& path) {
  return filesError(404, "NOT_FOUND", "FILES_API_DIRECTORY_IS_NOT_FOUND",
                    "The directory " + path.shown() + " does not exist.");
}

std::unexpected<ApiError> isAFile() {
  return filesError(409, "ALREADY_EXISTS", "FILES_API_FILE_ALREADY_EXISTS",
                    "The given path points to an existing file. This API does not support operations on files.");
}

std::unexpected<ApiError> isAFolder() {
  return filesError(
      409, "ALREADY_EXISTS", "FILES_API_DIRECTORY_ALREADY_EXISTS",
      "The given path points to an existing directory. This API does not support operations on directories.");
}

std::unexpected<ApiError> fileIsThere(const VolumePath& path) {
  return filesError(409, "ALREADY_EXISTS", "FILES_API_FILE_ALREADY_EXISTS",
                    "The file " + path.shown() + " already exists.");
}

Reply<VolumePath> pathOf(const Volumes& volumes, std::string_view path) {
  auto found = TROWEL_TRY(volumePath(path));
  if (!volumes.exists(found.name))
    return filesError(404, "NOT_FOUND", "FILES_API_UC_RESOURCE_NOT_FOUND",
                      "Volume '" + found.name.full() + "' does not exist.");
  return found;
}

std::string requested(const Call& call) { return "/" + call.path("path"); }

Reply<Response> upload(Volumes& volumes, const Call& call) {
  auto path = TROWEL_TRY(filePath(volumes, requested(call)));
  bool overwrite = TROWEL_TRY(typedFlag(call.params(), "overwrite", true));
  TROWEL_TRY(checkTarget(volumes, path, overwrite));
  auto file = volumes.tree().stage();
  if (!file) return fileError(file.error(), path.shown());
  TROWEL_TRY(receive(call.body(), *file, kMaxVolumeFile, path.shown()));
  TROWEL_TRY(placeFile(volumes, path, *std::move(file), overwrite));
  return Response{.status = 204};
}

Reply<Response> download(Volumes& volumes, const Call& call) {
  auto path = TROWEL_TRY(filePath(volumes, requested(call)));
  auto status = TROWEL_TRY(fileStatus(volumes, path));
  if (auto open = volumes.tree().read(path.path, 0, 0); !open) return fileError(open.error(), path.shown());
  return fileResponse(call.request(), volumes.tree().real(path.path), status);
}

Reply<Response> removeFile(Volumes& volumes, const Call& call) {
  auto path = TROWEL_TRY(filePath(volumes, requested(call)));
  TROWEL_TRY(fileStatus(volumes, path));
  if (auto removed = volumes.tree().remove(path.path); !removed) return fileError(removed.error(), path.shown());
  return Response{.status = 204};
}

Reply<FileStatus> folderStatus(Volumes& volumes, const VolumePath& path) {
  auto status = volumes.tree().status(path.path);
  if (!status || !status->folder) return noSuchFolder(path);
  return *status;
}

Reply<Response> makeFolder(Volumes& volumes, const Call& call) {
  auto path = TROWEL_TRY(pathOf(volumes, requested(call)));
  auto made = volumes.tree().makeFolders(path.path);
  if (made) return Response{.status = 204};
  if (made.error() == FileProblem::Exists || made.error() == FileProblem::NotAFolder) return isAFile();
  return fileError(made.error(), path.shown());
}

Reply<Response> removeFolder(Volumes& volumes, const Call& call) {
  auto path = TROWEL_TRY(pathOf(volumes, requested(call)));
  TROWEL_TRY(folderStatus(volumes, path));
  if (path.isRoot())
    return filesError(400, "INVALID_PARAMETER_VALUE", "FILES_API_VOLUME_ROOT_CANNOT_BE_DELETED",
                      "The root of a volume cannot be deleted: " + path.shown());
  auto removed = volumes.tree().remove(path.path);
  if (removed) return Response{.status = 204};
  if (removed.error() == FileProblem::NotEmpty)
    return filesError(400, "INVALID_PARAMETER_VALUE", "FILES_API_DIRECTORY_IS_NOT_EMPTY",
                      "The directory " + path.shown() + " is not empty.");
  return fileError(removed.error(), path.shown());
}

Reply<Response> listFolder(Volumes& volumes, const Call& call) {
  auto path = TROWEL_TRY(pathOf(volumes, requested(call)));
  auto page = TROWEL_TRY(readPage(call, "page_size", 1000, 1000));
  auto entries = volumes.tree().list(path.path);
  if (!entries) return noSuchFolder(path);
  Json contents = Json::array();
  for (auto i = page.begin(entries->size()); i < page.end(entries->size()); ++i) {
    const auto& [name, status] = (*entries)[i];
    Json entry{{"path", path.shown() + "/" + name}, {"name", name}, {"is_directory", status.folder}};
    if (!status.folder) {
      entry["file_size"] = status.size;
      entry["last_modified"] = status.modifiedAt;
    }
    contents.push_back(std::move(entry));
  }
  Json answer = Json::object();
  if (!contents.empty()) answer["contents"] = std::move(contents);
  setNextPage(answer, page, entries->size());
  return jsonResponse(answer);
}

}  // namespace

std::unexpected<ApiError> filesError(int status, std::string_view code, std::string reason, std::string message) {
  auto error = refuse(status, code, std::move(message));
  error.error().reason = std::move(reason);
  return error;
}

Reply<VolumePath> filePath(const Volumes& volumes, std::string_view path) {
  auto found = TROWEL_TRY(pathOf(volumes, path));
  if (found.isRoot()) return noSuchFile(found);
  return found;
}

Reply<FileStatus> fileStatus(Volumes& volumes, const VolumePath& path) {
  auto status = volumes.tree().status(path.path);
  if (!status && status.error() == FileProblem::BadName) return fileError(status.error(), path.shown());
  if (!status || status->folder) return noSuchFile(path);
  return *status;
}

Reply<void> checkTarget(Volumes& volumes, const VolumePath& path, bool overwrite) {
  auto status = volumes.tree().status(path.path);
  if (!status) return {};
  if (status->folder) return isAFolder();
  if (!overwrite) return fileIsThere(path);
  return {};
}

Reply<void> placeFile(Volumes& volumes, const VolumePath& path, StagedFile file, bool overwrite) {
  auto placed = volumes.tree().placeWithFolders(file, path.path, overwrite ? Replace::Yes : Replace::No);
  if (placed) return {};
  if (placed.error() == FileProblem::NotAFolder) return isAFile();
  if (placed.error() == FileProblem::Exists) return fileIsThere(path);
  if (placed.error() == FileProblem::IsAFolder) return isAFolder();
  return fileError(placed.error(), path.shown());
}

void addFilesRoutes(Router& router, Volumes& volumes) {
  const char* files = "/api/2.0/fs/files/{path...}";
  const char* folders = "/api/2.0/fs/directories/{path...}";
  auto to = [&volumes](auto endpoint) {
    return [&volumes, endpoint](const Call& call) { return endpoint(volumes, call); };
  };
  router.add("PUT", files, to(upload), Body::Streamed);
  router.add("GET", files, to(download));  // and HEAD
  router.add("DELETE", files, to(removeFile));
  router.add("PUT", folders, to(makeFolder));
  router.add("GET", folders, to(listFolder));
  router.add("HEAD", folders, [&volumes](const Call& call) -> Reply<Response> {
    auto path = TROWEL_TRY(pathOf(volumes, requested(call)));
    TROWEL_TRY(folderStatus(volumes, path));
    return Response{.contentType = ""};
  });
  router.add("DELETE", folders, to(removeFolder));
}

}  // namespace trowel::emulator
