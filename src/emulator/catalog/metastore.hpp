// SPDX-License-Identifier: Apache-2.0
// Unity Catalog's objects: what exists, what may be made, changed, renamed and removed. Knows nothing of HTTP.
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "emulator/catalog/grants.hpp"
#include "emulator/catalog/model_versions.hpp"
#include "emulator/catalog/securables.hpp"
#include "emulator/catalog/sql_tables.hpp"
#include "emulator/files/volumes.hpp"
#include "emulator/identity/users.hpp"
#include "emulator/state/documents.hpp"
#include "emulator/world.hpp"

namespace trowel::emulator {

// Any thread. Full names may come in any case. Objects are described as the API does (rest-api.md 14.2).
//
// Three places hold what exists: schemas, tables and views are where the SQL engine has them and a volume is its
// folder, so that all see the same; everything else, and what those do not know (owner, comment, ...), is in documents.
class Metastore {
 public:
  Metastore(World& world, const Users& users, SqlTables& tables, Volumes& volumes);
  ~Metastore();

  const std::string& id() const { return id_; }
  core::Json summary() const;
  core::Json assignment() const;

  // Of a catalog or schema, or all where `parent` is empty; in the order of names.
  Reply<std::vector<core::Json>> list(const SecurableKind& kind, const std::string& parent);
  Reply<core::Json> get(const SecurableKind& kind, const std::string& fullName);
  Reply<core::Json> create(const SecurableKind& kind, const core::Json& given, const User& user);
  // `given` may hold new_name.
  Reply<core::Json> change(const SecurableKind& kind, const std::string& fullName, const core::Json& given,
                           const User& user);
  // CATALOG_NOT_EMPTY or SCHEMA_NOT_EMPTY unless `force`.
  Reply<void> remove(const SecurableKind& kind, const std::string& fullName, bool force, const User& user);

  // Tables and views. With `columns` false those are left out.
  Reply<std::vector<SqlTable>> tables(const std::string& catalog, const std::string& schema);
  Reply<core::Json> describe(const SqlTable& table, bool columns);
  Reply<SqlTable> table(const std::string& fullName);
  // An external table, which has no rows here.
  Reply<core::Json> createTable(const core::Json& given, const User& user);
  Reply<core::Json> changeTable(const std::string& fullName, const core::Json& given, const User& user);
  Reply<void> removeTable(const std::string& fullName, const User& user);

  // Of models that exist here.
  ModelVersions& modelVersions() { return modelVersions_; }
  // The error for an object that does not exist, and for a user who has not `privilege` on it.
  Reply<void> requireChange(const SecurableKind& kind, const std::string& fullName, const User& user,
                            const std::string& privilege);

  // The grants on an object: `type` as in paths, in any case. The error for an unknown type or object.
  Reply<core::Json> grants(const std::string& type, const std::string& fullName);
  Reply<core::Json> effectiveGrants(const std::string& type, const std::string& fullName);
  Reply<core::Json> changeGrants(const std::string& type, const std::string& fullName, const core::Json& changes,
                                 const User& user);

 private:
  Documents& documents(const SecurableKind& kind) { return documents_.at(kind.type); }
  Reply<core::Json> find(const SecurableKind& kind, const std::string& fullName);
  Reply<bool> exists(const SecurableKind& kind, const std::string& fullName);
  Reply<core::Json> findCatalog(const std::string& name);
  Reply<core::Json> findSchema(const std::string& fullName);
  Reply<void> requireParents(const SecurableKind& kind, const std::string& parent);
  Reply<void> requireEmpty(const SecurableKind& kind, const std::string& fullName);
  Reply<std::string> rename(const SecurableKind& kind, const std::string& from, const std::string& newName);
  void noteSchemas(const std::string& catalog);
  void moveDocuments(const std::string& from, const std::string& to);
  // What may be done, in metastore_access.cpp. Administrators own the metastore and with it everything.
  std::vector<Securable> chainOf(const Securable& object) const;
  bool owns(const User& user, const Securable& object);
  // 403 where the user neither owns the object nor one around it, nor was granted `privilege` on one of them.
  Reply<void> require(const User& user, const std::string& privilege, const Securable& object);
  Reply<void> requireCreation(const User& user, const SecurableKind& kind, const std::string& parent);
  Reply<void> checkOwner(const core::Json& changes) const;
  bool principalExists(const std::string& name) const;
  Reply<void> requireTable(const SqlTable& table, const User& user);
  Reply<std::string> requireGrantable(const std::string& type, const std::string& fullName);
  Reply<core::Json> findVolume(const std::string& fullName);
  Reply<void> moveVolumes(const std::string& from, const std::string& to);
  std::vector<std::string> volumesBeneath(const std::string& prefix) const;
  // What SQL noted of it, over `object`.
  Reply<void> addNotes(core::Json& object, const std::string& name);
  core::Json baseOf(const SecurableKind& kind, const std::string& fullName, const std::string& owner,
                    std::int64_t time) const;
  void seed();

  World& world_;
  const Users& users_;
  SqlTables& tables_;
  Volumes& volumes_;
  std::mutex mutex_;  // makes steps over several documents and files one
  std::map<std::string_view, Documents> documents_;
  Grants grants_;
  ModelVersions modelVersions_;
  Documents own_;
  std::string id_;
  std::int64_t since_ = 0;  // the metastore's first start: the age of what nobody noted a time for
};

}  // namespace trowel::emulator
