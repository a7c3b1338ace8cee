// SPDX-License-Identifier: Apache-2.0
// What a user can do with clusters: their life, their definition as JSON, their libraries, and where to read more.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "cluster.hpp"
#include "features/action.hpp"
#include "features/connections/offers.hpp"
#include "features/kernel.hpp"
#include "trowel/protocol/handlers.hpp"

namespace trowel::features {

// cluster_actions.cpp has their life, cluster_definition.cpp the JSON, cluster_libraries.cpp the libraries,
// cluster_pages.cpp what is read elsewhere.
class ClusterActions final : public protocol::ClusterCommands {
 public:
  struct Parts {
    Session& session;
    Tree& tree;
    Cluster& clusters;
    Kernel& kernels;
    const Offers& offers;
  };

  explicit ClusterActions(Parts parts)
      : session_(parts.session),
        tree_(parts.tree),
        clusters_(parts.clusters),
        kernels_(parts.kernels),
        offers_(parts.offers) {}

  core::Result<core::Json> start(protocol::CommandCall& call) override;
  core::Result<core::Json> stop(protocol::CommandCall& call) override;
  core::Result<core::Json> restart(protocol::CommandCall& call) override;
  core::Result<core::Json> remove(protocol::CommandCall& call) override;
  core::Result<core::Json> pin(protocol::CommandCall& call) override;
  core::Result<core::Json> unpin(protocol::CommandCall& call) override;
  core::Result<core::Json> attach(protocol::CommandCall& call) override;
  core::Result<core::Json> useForSql(protocol::CommandCall& call) override;
  core::Result<core::Json> restartKernels(protocol::CommandCall& call) override;
  core::Result<core::Json> filter(protocol::CommandCall& call) override;

  core::Result<core::Json> create(protocol::CommandCall& call) override;
  core::Result<core::Json> edit(protocol::CommandCall& call) override;
  core::Result<core::Json> clone(protocol::CommandCall& call) override;
  core::Result<core::Json> send(protocol::CommandCall& call) override;
  core::Result<core::Json> definition(protocol::CommandCall& call) override;
  core::Result<core::Json> saveDefinition(protocol::CommandCall& call) override;

  core::Result<core::Json> installLibrary(protocol::CommandCall& call) override;
  core::Result<core::Json> uninstallLibrary(protocol::CommandCall& call) override;

  core::Result<core::Json> events(protocol::CommandCall& call) override;
  core::Result<core::Json> driverLogs(protocol::CommandCall& call) override;
  core::Result<core::Json> sparkUi(protocol::CommandCall& call) override;
  core::Result<core::Json> openInBrowser(protocol::CommandCall& call) override;

 private:
  using Fits = bool (*)(const databricks::Cluster&);

  // The clusters that it is about, as they are now: the rows, else what the user picks among those that `fits`, one or
  // several. Rows of groups and libraries are none. Of several clusters, those that are gone are left out.
  core::Result<databricks::Cluster> one(Action& action, const std::string& title, Fits fits);
  core::Result<std::vector<databricks::Cluster>> rowsOrOne(Action& action, const std::string& title, Fits fits);
  core::Result<std::vector<databricks::Cluster>> some(Action& action, const std::string& title, Fits fits);
  core::Result<std::vector<protocol::PickItem>> offer(const Action& action, Fits fits);
  // Each cluster in turn, then the views are told, also where some of it failed.
  using Verb = std::function<core::Result<void>(const databricks::Clusters&, const databricks::Cluster&)>;
  core::Result<void> each(Action& action, const std::vector<databricks::Cluster>& clusters, const std::string& doing,
                          const Verb& verb);
  // Opens a definition that the user changes and sends.
  core::Result<core::Json> draft(Action& action, const core::Json& spec);
  core::Result<core::Json> openPage(protocol::CommandCall& call, const std::string& title, const std::string& page);

  Session& session_;
  Tree& tree_;
  Cluster& clusters_;
  Kernel& kernels_;
  const Offers& offers_;
};

}  // namespace trowel::features
