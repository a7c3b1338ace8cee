// SPDX-License-Identifier: Apache-2.0
// Fills a new workspace with what a seed file describes. docs/emulator.md has the format; --demo is such a file.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "emulator/server/http_message.hpp"
#include "trowel/core/error.hpp"
#include "trowel/core/json.hpp"
#include "trowel/core/secret.hpp"

namespace trowel::emulator {

// What of a workspace no request can make. Nearly everything goes through `send`, as a client's request would: what the
// API refuses, a seed cannot have.
struct SeedTarget {
  std::function<Response(Request&)> send;  // as the administrator, past faults and log
  std::function<void(const std::string& name, bool admin, const core::SecretString& token)> addUser;
  // A cluster of that id, RUNNING or TERMINATED.
  std::function<void(const std::string& id, const core::Json& spec, bool running)> addCluster;
  std::function<core::Result<void>(const std::string& sql)> runSql;
};

struct Seed {
  std::shared_ptr<const core::Json> description;
  // The content that "file" names.
  std::function<core::Result<std::string>(const std::string& name)> file;
};

// NotFound or InvalidParams, with the file's name, where it cannot be read. Files that it names lie beside it.
core::Result<Seed> readSeed(const std::filesystem::path& file);
// The one that travels inside the executable.
core::Result<Seed> demoSeed();

// InvalidParams with the place in the seed where something is refused. What exists already stays as it is, so a seed
// that was cut off can be applied again. `userName` stands for {user} in paths and values.
core::Result<void> applySeed(const Seed& seed, const std::string& userName, const SeedTarget& target);

}  // namespace trowel::emulator
