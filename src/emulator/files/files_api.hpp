// SPDX-License-Identifier: Apache-2.0
// The Files API on volumes: /fs/files and /fs/directories. What large files come by stands in upload_api.
#pragma once

#include "emulator/files/volumes.hpp"
#include "emulator/server/router.hpp"

namespace trowel::emulator {

inline constexpr std::uint64_t kMaxVolumeFile = 5UL * 1024 * 1024 * 1024;  // bytes of one upload

// `volumes` outlives the router.
void addFilesRoutes(Router& router, Volumes& volumes);

// The path of a file in a volume that exists; 404 otherwise, INVALID_PARAMETER_VALUE for the volume itself.
Reply<VolumePath> filePath(const Volumes& volumes, std::string_view path);

// The file as it is; 404 where there is none.
Reply<FileStatus> fileStatus(Volumes& volumes, const VolumePath& path);

// What the service refuses before it takes the first byte: 409 where a file or, whatever `overwrite` says, a folder
// stands there.
Reply<void> checkTarget(Volumes& volumes, const VolumePath& path, bool overwrite);

// Puts it in its place, with the folders that are missing.
Reply<void> placeFile(Volumes& volumes, const VolumePath& path, StagedFile file, bool overwrite);

// An error with the reason that clients of this API look at.
std::unexpected<ApiError> filesError(int status, std::string_view code, std::string reason, std::string message);

}  // namespace trowel::emulator
