// SPDX-License-Identifier: Apache-2.0
// Versions of registered models, and the aliases that point to them. The files of a model are nobody's here.
#pragma once

#include <string>
#include <vector>

#include "emulator/state/documents.hpp"
#include "emulator/world.hpp"

namespace trowel::emulator {

// Any thread. `model`: the full name of one that exists, in lower case. Described as the API does (ModelVersionInfo,
// RegisteredModelAlias). Source: rest-api.md 14; the calls that MLflow makes a version with are from its public
// definitions.
class ModelVersions {
 public:
  explicit ModelVersions(World& world);

  std::vector<core::Json> all(const std::string& model) const;  // the newest first
  Reply<core::Json> get(const std::string& model, const std::string& version, bool aliases) const;
  Reply<core::Json> byAlias(const std::string& model, const std::string& alias, bool aliases) const;
  // PENDING_REGISTRATION until it is finalized. `given`: source, run_id, comment.
  Reply<core::Json> create(const std::string& model, const core::Json& given, const std::string& metastoreId,
                           const std::string& user);
  Reply<core::Json> finalize(const std::string& model, const std::string& version);
  Reply<core::Json> change(const std::string& model, const std::string& version, const core::Json& given,
                           const std::string& user);
  Reply<void> remove(const std::string& model, const std::string& version);

  Reply<core::Json> setAlias(const std::string& model, const std::string& alias, std::int64_t version);
  Reply<void> removeAlias(const std::string& model, const std::string& alias);
  core::Json aliases(const std::string& model) const;  // an array

  // Moves what belongs to `from` and to all models beneath it; away with it where `to` is empty.
  void move(const std::string& from, const std::string& to);

 private:
  core::Json described(const std::string& model, const core::Json& document, const std::string& version,
                       bool aliases) const;

  World& world_;
  Documents documents_;  // by model: {"next": 3, "versions": {"1": {}}, "aliases": {"champion": 1}}
};

}  // namespace trowel::emulator
