// SPDX-License-Identifier: Apache-2.0
// Unity Catalog (API 2.1): listing, reading, making, changing and removing what catalog_objects.hpp describes. Who may
// use it is in grants.hpp, the files of volumes are elsewhere.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "trowel/databricks/catalog_objects.hpp"
#include "trowel/databricks/rest_client.hpp"

namespace trowel::databricks {

// What to list from. Schemas need a catalog; tables, volumes and functions a schema too; models may have both or none.
struct Within {
  std::string_view catalog = {};
  std::string_view schema = {};
  bool brief = false;  // tables: without columns and properties
};

// One kind of object. Lists have what the user may see, in no certain order; a missing right is a missing entry. What
// is created and changed is sent in the API's own words (Securable::document).
// NotFound where it does not exist or has no metastore; AlreadyExists; Conflict where it is not empty.
template <typename T>
class Securables {
 public:
  explicit Securables(const RestClient& rest) : rest_(rest) {}

  Listing<T> list(const Within& within = {}, const CallOptions& options = {}) const;
  core::Result<T> get(std::string_view fullName, const CallOptions& options = {}) const;
  // An answer that is lost leaves open whether it exists now; get() tells.
  core::Result<T> create(const core::Json& definition, const CallOptions& options = {}) const;
  // `new_name` among the changes renames.
  core::Result<T> update(std::string_view fullName, const core::Json& changes, const CallOptions& options = {}) const;
  // `force` where it holds or serves others. NotFound can be the echo of a removal that worked and whose answer was
  // lost.
  core::Result<void> remove(std::string_view fullName, bool force = false, const CallOptions& options = {}) const;

 protected:
  const RestClient& rest() const { return rest_; }

 private:
  const RestClient& rest_;
};

using Catalogs = Securables<Catalog>;
using Schemas = Securables<Schema>;
using Volumes = Securables<Volume>;
using Functions = Securables<Function>;
using ExternalLocations = Securables<ExternalLocation>;
using StorageCredentials = Securables<StorageCredential>;
using Connections = Securables<Connection>;

struct TableSummary {
  std::string fullName;
  std::string type;  // as Table::type
};

class Tables : public Securables<Table> {
 public:
  using Securables<Table>::Securables;

  // Across the schemas of a catalog; patterns as in SQL's LIKE, empty for all.
  Listing<TableSummary> summaries(std::string_view catalog, std::string_view schemaPattern = {},
                                  std::string_view tablePattern = {}, const CallOptions& options = {}) const;
  core::Result<bool> exists(std::string_view fullName, const CallOptions& options = {}) const;
};

class Models : public Securables<RegisteredModel> {
 public:
  using Securables<RegisteredModel>::Securables;

  Listing<ModelVersion> versions(std::string_view model, const CallOptions& options = {}) const;
  core::Result<ModelVersion> version(std::string_view model, std::int64_t version,
                                     const CallOptions& options = {}) const;
  core::Result<ModelVersion> versionByAlias(std::string_view model, std::string_view alias,
                                            const CallOptions& options = {}) const;
  core::Result<ModelVersion> updateVersion(std::string_view model, std::int64_t version, const core::Json& changes,
                                           const CallOptions& options = {}) const;
  core::Result<void> removeVersion(std::string_view model, std::int64_t version, const CallOptions& options = {}) const;
  core::Result<void> setAlias(std::string_view model, std::string_view alias, std::int64_t version,
                              const CallOptions& options = {}) const;
  core::Result<void> removeAlias(std::string_view model, std::string_view alias, const CallOptions& options = {}) const;
};

class Metastores : public Securables<Metastore> {
 public:
  using Securables<Metastore>::Securables;

  // The workspace's own. NotFound where it has none; Unsupported where Unity Catalog is off.
  core::Result<Metastore> current(const CallOptions& options = {}) const;
  core::Result<MetastoreAssignment> assignment(const CallOptions& options = {}) const;
};

}  // namespace trowel::databricks
