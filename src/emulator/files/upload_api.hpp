// SPDX-License-Identifier: Apache-2.0
// Large files of volumes: parts that go to signed links instead of the API, and links to download from.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

#include "emulator/files/volumes.hpp"
#include "emulator/server/router.hpp"

namespace trowel::emulator {

struct World;

// The service hands out links into the cloud's storage that need no sign-in until they expire. Ours lead to this very
// server: /storage/<key>. Sessions live in memory, for a day at most; links do until an hour after they have expired.
// Any thread.
class Uploads {
 public:
  Uploads(const World& world, Volumes& volumes) : world_(world), volumes_(volumes) {}

  // The routes of the API and of the links. This object outlives the router.
  void addRoutes(Router& router);

 private:
  struct Session;
  using SessionPtr = std::shared_ptr<Session>;
  struct Link {
    SessionPtr session;  // null: a download
    int part = 0;        // 0: the link that aborts
    std::shared_ptr<const VolumePath> path;
    std::int64_t expiresAt;  // epoch milliseconds
  };

  Reply<Response> act(const Call& call);
  Reply<Response> initiate(const Call& call);
  Reply<Response> complete(const Call& call);
  Reply<Response> createPartLinks(const Call& call);
  Reply<Response> createAbortLink(const Call& call);
  Reply<Response> createDownloadLink(const Call& call);
  Response putPart(const Call& call);
  Response getFile(const Call& call);
  Response abort(const Call& call);

  Reply<SessionPtr> session(const Call& call, const VolumePath& path);
  Reply<std::int64_t> expiry(const Call& call) const;
  // The mutex is held.
  core::Json addLink(const Call& call, Link link);
  void forgetOld();

  Reply<Link> link(const Call& call);

  const World& world_;
  Volumes& volumes_;
  std::mutex mutex_;  // guards what follows
  std::map<std::string, SessionPtr> sessions_;
  std::unordered_map<std::string, Link> links_;
  std::int64_t nextSweep_ = 0;  // epoch milliseconds
};

}  // namespace trowel::emulator
