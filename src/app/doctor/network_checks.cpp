// SPDX-License-Identifier: Apache-2.0
#include "app/doctor/network_checks.hpp"

#include <fmt/format.h>

#include "trowel/http/http_date.hpp"

namespace trowel::app {

namespace {

using http::Stage;

// Tokens with a lifetime of minutes are refused beyond it, on either side.
constexpr std::chrono::seconds kClockLimit{60};

constexpr const char* kUnseen =
    ". Proxy and certificate authorities that VS Code's settings name (http.proxy, trowel.network.caFiles) are not "
    "seen "
    "here; for a shell set HTTPS_PROXY and NODE_EXTRA_CA_CERTS as well";

Check failed(const char* name, const core::Error& error, std::string remedy) {
  return {.mark = Mark::Fail, .name = name, .text = error.message, .remedy = std::move(remedy)};
}

Check skipped(const char* name) { return {.mark = Mark::Skipped, .name = name, .text = "not reached"}; }

Check judgeTls(const http::Origin& host, const http::NetworkOptions& network) {
  if (host.scheme != "https")
    return {.mark = Mark::Note, .name = "tls", .text = fmt::format("{} speaks without encryption", host.text())};
  std::string authorities = "the system's authorities";
  for (const auto& file : network.trust.extra)
    authorities += fmt::format(" and those of {} ({})", file.from, file.path);
  return {.name = "tls", .text = fmt::format("the certificate of {} is accepted, by {}", host.host, authorities)};
}

Check judgeClock(const http::HttpResponse& answer, core::WallTime now) {
  auto theirs = http::parseHttpDate(http::headerOf(answer.headers, "Date"));
  if (!theirs) return {.mark = Mark::Note, .name = "clock", .text = "the host does not tell the time"};
  const auto ahead = std::chrono::duration_cast<std::chrono::seconds>(now - *theirs);
  if (std::chrono::abs(ahead) <= kClockLimit) return {.name = "clock", .text = "agrees with the host's"};
  return {
      .mark = Mark::Fail,
      .name = "clock",
      .text = fmt::format("this machine's clock is {} s {} the host's; tokens are refused by that",
                          std::chrono::abs(ahead).count(), ahead.count() > 0 ? "ahead of" : "behind"),
      .remedy = "Let the machine set its clock: sudo timedatectl set-ntp true (in WSL: wsl --shutdown, in Windows)."};
}

}  // namespace

http::HttpResult probe(http::HttpClient& http, const http::Origin& host) {
  return http.send({.method = "GET", .origin = host.text(), .target = "/api/2.0/preview/scim/v2/Me"},
                   {.timeout = std::chrono::seconds(20)});
}

Checks judgeReach(const http::Origin& host, const core::Result<http::NetworkOptions>& network,
                  const http::HttpResult& answer, core::WallTime now) {
  if (!network)
    return {failed("proxy", network.error(), "Correct the variable, or unset it, where the editor is started."),
            skipped("name lookup"), skipped("reach"), skipped("tls"), skipped("clock")};
  const auto* proxy = network->proxy.proxyFor(host);
  const auto* error = answer ? nullptr : &answer.error();
  const auto failedAt = [&](Stage stage) { return error != nullptr && error->stage == stage; };

  Checks checks;
  for (const auto& note : network->notes) checks.push_back({.mark = Mark::Note, .name = "network", .text = note});
  if (proxy == nullptr) {
    checks.push_back(
        {.name = "proxy", .text = fmt::format("none for {}{}", host.host, host.isLoopback() ? "" : kUnseen)});
  } else if (failedAt(Stage::Proxy)) {
    checks.push_back(failed("proxy", *error,
                            fmt::format("Correct {}, or name {} in NO_PROXY if it can be reached without a proxy.",
                                        proxy->from, host.host)));
    for (const auto* name : {"name lookup", "reach", "tls", "clock"}) checks.push_back(skipped(name));
    return checks;
  } else {
    checks.push_back({.name = "proxy", .text = fmt::format("{} (from {})", proxy->origin.text(), proxy->from)});
  }

  if (failedAt(Stage::Lookup)) {
    checks.push_back(failed("name lookup", *error,
                            "Compare the address with the one in your browser; connect the VPN if the workspace has a "
                            "private link; behind a proxy set HTTPS_PROXY."));
    for (const auto* name : {"reach", "tls", "clock"}) checks.push_back(skipped(name));
    return checks;
  }
  checks.push_back({.name = "name lookup",
                    .text = proxy != nullptr ? "left to the proxy" : fmt::format("{} has an address", host.host)});

  const bool reached = error == nullptr || error->stage == Stage::Tls;
  if (!reached) {
    checks.push_back(failed("reach", *error,
                            fmt::format("See whether {} opens in a browser on this machine; a firewall, a VPN or an IP "
                                        "access list of the workspace may stand between.",
                                        host.text())));
    for (const auto* name : {"tls", "clock"}) checks.push_back(skipped(name));
    return checks;
  }
  checks.push_back({.name = "reach", .text = fmt::format("{} answers", host.text())});

  if (failedAt(Stage::Tls)) {
    checks.push_back(
        failed("tls", *error,
               fmt::format("See whose certificate a browser shows for {}: a proxy that looks into TLS puts "
                           "its own there, and its authority's file belongs into trowel.network.caFiles for the "
                           "editor, and into NODE_EXTRA_CA_CERTS or SSL_CERT_FILE for a shell. See also whether this "
                           "machine's clock is right.",
                           host.text())));
    checks.push_back(skipped("clock"));
    return checks;
  }
  checks.push_back(judgeTls(host, *network));
  checks.push_back(judgeClock(*answer, now));
  return checks;
}

}  // namespace trowel::app
