// SPDX-License-Identifier: Apache-2.0
// Remotes of Git repositories: what their addresses tell, which branches and tags they have, and clones of them here.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "trowel/core/cancel.hpp"
#include "trowel/core/error.hpp"

namespace trowel::features {

// ---- pure

// The address as people read it, and the same for all ways to write it: host and path, without scheme, user, password,
// and ".git": "github.com/o/proj". A path on this machine stays a path.
std::string plainRemote(std::string_view url);
// Whether the address has a password or a token in it, which would be seen by all who see the address. Pure.
bool hasSecret(std::string_view url);
// Without it, for git: the arguments of a program are seen by everybody on the machine.
std::string withoutSecret(std::string_view url);
// The last part of that: "proj". Empty where there is none.
std::string repositoryName(std::string_view url);
// As databricks::Repo::provider, by the host; empty where that does not tell.
std::string providerOf(std::string_view url);

struct GitRefs {
  std::vector<std::string> branches = {};
  std::vector<std::string> tags = {};
};
// What `git ls-remote` prints. What it does not know is left out.
GitRefs parseRefs(std::string_view listing);
// What `git config --get-regexp` prints for the urls of remotes.
std::vector<std::string> parseRemotes(std::string_view listing);

// ---- with the user's own git

// These run git, with the credentials that the user's git has, and never ask anybody for others. NotFound where git is
// missing, Unavailable with git's words where the remote is not reached or refuses, Unsupported for addresses that are
// no https, ssh or file; DeadlineExceeded, Cancelled.
core::Result<GitRefs> listRefs(const std::string& url, const core::CancelToken& cancel);
// Into a folder that does not exist yet. `branch` may be empty: the default one.
core::Result<void> cloneInto(const std::string& url, const std::string& branch, const std::string& folder,
                             const core::CancelToken& cancel);
// Whether the folder is a clone of that repository; false also where it is none at all.
bool isCloneOf(const std::string& folder, const std::string& url, const core::CancelToken& cancel);

}  // namespace trowel::features
