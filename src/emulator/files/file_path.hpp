// SPDX-License-Identifier: Apache-2.0
// How clients may spell the path of a file or folder, and what a problem with it is called in the APIs.
#pragma once

#include <string>
#include <string_view>

#include "emulator/files/file_tree.hpp"
#include "emulator/server/api_error.hpp"

namespace trowel::emulator {

// "/a//b/" -> "/a/b". INVALID_PARAMETER_VALUE for relative paths, `.`, `..`, NUL, names above 255 bytes and what is not
// UTF-8.
Reply<std::string> cleanPath(std::string_view path);

std::string parentPath(std::string_view path);        // of "/a/b" "/a", of "/a" "/"
std::string_view lastName(std::string_view path);     // of "/a/b" "b"
std::string_view extensionIn(std::string_view path);  // of "/a/b.csv" "csv"; empty where there is none

// Whether `path` is `folder` or beneath it.
bool isWithin(std::string_view path, std::string_view folder);

// For what no endpoint has words of its own: a name that is too long, no space, no rights, or a failing disk.
std::unexpected<ApiError> fileError(FileProblem problem, std::string_view path);

}  // namespace trowel::emulator
