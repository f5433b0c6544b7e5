// SPDX-License-Identifier: Apache-2.0
// Checks of signing keys, gateways and workers.
#include <sys/stat.h>

#include "admin/doctor/doctor.hpp"
#include "admin/http_client.hpp"
#include "admin/queue/queue_readers.hpp"
#include "common/text/printable.hpp"

namespace trunkline::admin {
namespace {

std::string mode_text(const std::string& file) {
  struct stat about {};
  if (::stat(file.c_str(), &about) != 0) return "";
  char digits[16];
  std::snprintf(digits, sizeof digits, "%04o", about.st_mode & 07777);
  return digits;
}

// Returns a well-formed signature that no key makes.
http_fields invalid_signature() {
  return {{"x-openphone-signature-v1", std::string(64, '0')}};
}

void check_probe(findings& out, const std::string& url) {
  http_target target;
  if (const auto error = parse_http_url(url, target); !error.empty()) {
    out.add(
        "gateway.probe", level::note, "skipped: " + url + " is not an http URL",
        "this check does not support TLS",
        "trunkline doctor --url http://GATEWAY:5000/api/webhooks/openphone"
    );
    return;
  }
  const auto response = http_post(target, invalid_signature(), "{}", doctor_budget);
  if (!response.error.empty())
    return out.unreachable(
        "gateway.probe", url + ": " + response.error,
        "systemctl status trunkline-gateway; check --url"
    );
  const std::string what = "response to an invalid signature: " + std::to_string(response.status);
  if (response.status == 403) return out.ok("gateway.probe", what);
  if (response.status == 200)
    return out.add(
        "gateway.probe", level::error, what,
        "this is not a Trunkline gateway, or a proxy responds for it",
        "check --url and the settings of the proxy (deploy/nginx.conf)"
    );
  if (response.status == 404)
    return out.add(
        "gateway.probe", level::error, what + " at " + target.path,
        "deliveries to this path are lost",
        "check the path of --url and of the proxy: /api/webhooks/openphone"
    );
  out.add(
      "gateway.probe", level::error, what, "a gateway that works responds 403",
      "trunkline queue; check the gateway's log"
  );
}

void check_readyz(findings& out, const std::string& ops_url) {
  http_target target;
  if (ops_url.empty())
    return out.add(
        "gateway.readyz", level::note, "skipped: no --ops-url",
        "the process info in Redis has the same state while the gateway reaches Redis",
        "trunkline doctor --ops-url http://GATEWAY:5001/readyz"
    );
  if (const auto error = parse_http_url(ops_url, target); !error.empty())
    return out.add("gateway.readyz", level::error, ops_url, error, "check --ops-url");
  const auto response = http_get(target, doctor_budget);
  if (!response.error.empty())
    return out.unreachable(
        "gateway.readyz", ops_url + ": " + response.error, "systemctl status trunkline-gateway"
    );
  if (response.status == 200) return out.ok("gateway.readyz", "ready");
  out.add(
      "gateway.readyz", level::error, "not ready: " + shorten(response.body, 200),
      "the gateway responds 503 to deliveries, or is draining",
      "fix the reason shown; check the gateway's log"
  );
}

}  // namespace

findings examine_keys(const signature::key_sources& sources) {
  findings out;
  if (sources.texts.empty() && sources.file.empty()) {
    out.add(
        "keys", level::note, "skipped: no signing keys given",
        "the gateway's keys can be checked only where they are readable",
        "trunkline doctor --signing-keys-file /etc/trunkline/signing-keys"
    );
    return out;
  }
  const auto loaded = signature::load_keys(sources);
  for (const auto& problem : loaded.problems)
    out.add(
        "keys", level::error, problem,
        "the gateway does not start with this key, or keeps its old keys",
        "copy the key from the app again, one key per line"
    );
  if (loaded.problems.empty())
    out.ok(
        "keys", std::to_string(loaded.ring.size()) + (loaded.ring.size() == 1 ? " key" : " keys")
    );
  if (!sources.file.empty()) {
    const auto mode = mode_text(sources.file);
    if (loaded.file_is_public)
      out.add(
          "keys.mode", level::warning, sources.file + " has mode " + mode,
          "every user of this machine can read the keys", "chmod 0400 " + sources.file
      );
    else if (!mode.empty())
      out.ok("keys.mode", mode);
  }
  return out;
}

findings examine_gateway(const std::string& url, const std::string& ops_url) {
  findings out;
  check_probe(out, url);
  check_readyz(out, ops_url);
  return out;
}

findings examine_processes(const config::common_options& options) {
  findings out;
  const auto result = read_redis(options, doctor_budget);
  if (!result.state) return out;  // redis.reach reports it
  if (const auto& gateways = result.state->gateways) {
    if (gateways->empty())
      out.add(
          "gateways", level::error, "none is running", "no delivery is accepted",
          "systemctl start trunkline-gateway"
      );
    for (const auto& each : *gateways)
      if (each.state == "unavailable")
        out.add(
            "gateways", level::error, each.id + " is unavailable: " + each.reason,
            "it responds 503; the provider repeats deliveries for a day",
            "fix the reason shown; trunkline queue"
        );
      else
        out.ok("gateways", each.id + ": " + each.state);
  }
  if (const auto& workers = result.state->workers) {
    if (workers->empty())
      out.add(
          "workers", level::error, "none is running", "deliveries wait in Redis",
          "systemctl start trunkline-workers.target"
      );
    for (const auto& each : *workers)
      if (each.state == "blocked")
        out.add(
            "workers", level::warning, each.id + " is blocked: " + each.reason,
            "it applies nothing until then", "fix the reason shown; it resumes automatically"
        );
      else
        out.ok("workers", each.id + ": " + each.state);
  }
  return out;
}

}  // namespace trunkline::admin
