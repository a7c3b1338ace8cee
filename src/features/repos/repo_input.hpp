// SPDX-License-Identifier: Apache-2.0
// What users type about Git folders: read and checked before it is sent. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace trowel::features {

// "src, notebooks/etl" -> its parts, without blanks and empty ones.
std::vector<std::string> patternsIn(std::string_view line);

// What is wrong, as a sentence; empty: nothing.
// Of an address to clone from. One with a password in it would show it to everybody who sees the Git folder.
std::string problemOfRemote(const std::string& url);
// Of where a Git folder is to be. Source: Repos API 2.0.
std::string problemOfRepoPath(const std::string& path);

}  // namespace trowel::features
