// SPDX-License-Identifier: Apache-2.0
// Keys, gateways and workers, as far as they can be seen from here.
#include <sys/stat.h>

#include "admin/doctor/checks.hpp"
#include "admin/http_client.hpp"
#include "common/json/json_object.hpp"
#include "common/text/printable.hpp"
#include "admin/queue/queue_readers.hpp"

namespace trunkline::admin {
namespace {

std::string mode_text(const std::string& file) {
  struct stat about {};
  if (::stat(file.c_str(), &about) != 0) return "";
  char digits[16];
  std::snprintf(digits, sizeof digits, "%04o", about.st_mode & 07777);
  return digits;
}

// A signature of the right form that no key makes.
http_fields wrong_signature() {
  return {{"x-openphone-signature-v1", std::string(64, '0')}};
}

void check_probe(findings& out, const std::string& url) {
  http_target target;
  if (const auto wrong = parse_http_url(url, target); !wrong.empty()) {
    out.add(
        "gateway.probe", level::note, "skipped: " + url + " is not plain http",
        "this probe speaks no TLS",
        "trunkline doctor --url http://GATEWAY:5000/api/webhooks/openphone"
    );
    return;
  }
  const auto answer = http_post(target, wrong_signature(), "{}", doctor_budget);
  if (!answer.error.empty())
    return out.away(
        "gateway.probe", url + ": " + answer.error,
        "systemctl status trunkline-gateway; check --url"
    );
  const auto status = std::to_string(answer.status);
  if (answer.status == 403)
    return out.ok("gateway.probe", "a wrongly signed delivery is answered 403");
  if (answer.status == 200)
    return out.add(
        "gateway.probe", level::error, "a wrongly signed delivery is answered 200",
        "that is no Trunkline gateway, or something in front answers for it",
        "check --url and the front's settings (deploy/nginx.conf)"
    );
  if (answer.status == 404)
    return out.add(
        "gateway.probe", level::error, "404 at " + target.path, "deliveries there are lost",
        "check the path of --url and of the front: /api/webhooks/openphone"
    );
  out.add(
      "gateway.probe", level::error, "a wrongly signed delivery is answered " + status,
      "403 is what a gateway says", "trunkline queue; see the gateway's log"
  );
}

void check_readyz(findings& out, const std::string& ops_url) {
  http_target target;
  if (ops_url.empty())
    return out.add(
        "gateway.readyz", level::note, "skipped: no --ops-url",
        "its card in Redis says the same as long as it reaches Redis",
        "trunkline doctor --ops-url http://GATEWAY:5001/readyz"
    );
  if (const auto wrong = parse_http_url(ops_url, target); !wrong.empty())
    return out.add("gateway.readyz", level::error, ops_url, wrong, "check --ops-url");
  const auto answer = http_get(target, doctor_budget);
  if (!answer.error.empty())
    return out.away(
        "gateway.readyz", ops_url + ": " + answer.error, "systemctl status trunkline-gateway"
    );
  if (answer.status == 200) return out.ok("gateway.readyz", "ready");
  out.add(
      "gateway.readyz", level::error, "not ready: " + shorten(answer.body, 200),
      "it answers deliveries with 503, or soon ends", "mend what it names; see the gateway's log"
  );
}

}  // namespace

findings examine_keys(const signature::key_sources& sources) {
  findings out;
  if (sources.texts.empty() && sources.file.empty()) {
    out.add(
        "keys", level::note, "skipped: none are given here",
        "the gateway has them; here they can only be checked where they are readable",
        "trunkline doctor --signing-keys-file /etc/trunkline/signing-keys"
    );
    return out;
  }
  const auto loaded = signature::load_keys(sources);
  for (const auto& problem : loaded.problems)
    out.add(
        "keys", level::error, problem, "the gateway would not start, or keep its old keys",
        "copy the key from the app again, one a line"
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
          "everybody on this machine may read the keys", "chmod 0400 " + sources.file
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
  const auto got = read_redis(options, doctor_budget);
  if (!got.state) return out;  // that Redis is away was said
  if (const auto& gateways = got.state->gateways) {
    if (gateways->empty())
      out.add(
          "gateways", level::error, "none is running", "deliveries are answered by nobody",
          "systemctl start trunkline-gateway"
      );
    for (const auto& each : *gateways)
      if (each.state == "unavailable")
        out.add(
            "gateways", level::error, each.id + " answers 503: " + each.reason,
            "the provider tries again for a day", "mend what it names; trunkline queue"
        );
      else
        out.ok("gateways", each.id + ": " + each.state);
  }
  if (const auto& workers = got.state->workers) {
    if (workers->empty())
      out.add(
          "workers", level::error, "none is running", "deliveries wait in Redis",
          "systemctl start trunkline-workers.target"
      );
    for (const auto& each : *workers)
      if (each.state == "holding" && each.reason != "starting")
        out.add(
            "workers", level::warning, each.id + " holds: " + each.reason,
            "it applies nothing until that is over", "mend what it names; it goes on by itself"
        );
      else
        out.ok("workers", each.id + ": " + each.state);
  }
  return out;
}

}  // namespace trunkline::admin
