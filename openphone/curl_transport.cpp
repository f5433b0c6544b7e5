// SPDX-License-Identifier: Apache-2.0
#include <curl/curl.h>

#include <algorithm>
#include <stdexcept>

#include "common/process/version.hpp"
#include "openphone/transport.hpp"

namespace trunkline::openphone {
namespace {

constexpr std::size_t max_response_bytes = 16u << 20;

std::size_t take_body(char* data, std::size_t size, std::size_t count, void* into) {
  auto& body = *static_cast<std::string*>(into);
  if (body.size() + size * count > max_response_bytes) return 0;  // fails the exchange
  body.append(data, size * count);
  return size * count;
}

// Errors that a repetition does not fix; all of them occur before the request is sent.
bool is_permanent(CURLcode code) {
  switch (code) {
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL:
      return true;
    default:
      return false;
  }
}

bool is_before_sending(CURLcode code) {
  return is_permanent(code) || code == CURLE_COULDNT_CONNECT ||
         code == CURLE_COULDNT_RESOLVE_HOST || code == CURLE_COULDNT_RESOLVE_PROXY ||
         code == CURLE_SSL_CONNECT_ERROR;
}

class curl_transport final : public transport {
 public:
  explicit curl_transport(transport_settings settings)
      : settings_(std::move(settings)), handle_(curl_easy_init(), &curl_easy_cleanup) {
    if (!handle_) throw std::runtime_error("libcurl does not start");
  }

  http_response exchange(const http_request& request) override {
    http_response response;
    char reason[CURL_ERROR_SIZE] = "";
    const std::string url = settings_.url + request.target;  // libcurl takes copies
    const headers list = headers_of(request);
    CURL* curl = handle_.get();
    curl_easy_reset(curl);  // resets options only; the connection stays open
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, reason);
    curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
    curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, request.method.c_str());
    if (request.method != "GET" && request.method != "DELETE") {
      curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, static_cast<long>(request.body.size()));
      curl_easy_setopt(curl, CURLOPT_COPYPOSTFIELDS, request.body.c_str());
    }
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, list.get());
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, &take_body);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &response.body);
    // libcurl repeats a request automatically if a reused connection breaks.
    curl_easy_setopt(curl, CURLOPT_FRESH_CONNECT, request.repeatable ? 0L : 1L);
    secure(curl);
    const CURLcode code = curl_easy_perform(curl);
    if (code != CURLE_OK) {
      response.error = *reason != '\0' ? reason : curl_easy_strerror(code);
      if (code == CURLE_WRITE_ERROR) response.error = "more than 16 MiB";
      // A repeated response would be too large again, but the request was sent.
      response.permanent = is_permanent(code) || code == CURLE_WRITE_ERROR;
      response.sent = !is_before_sending(code);
      return response;
    }
    long status = 0;
    curl_off_t wait = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(curl, CURLINFO_RETRY_AFTER, &wait);  // parses dates as well; 0: absent
    response.status = static_cast<int>(status);
    if (wait > 0) response.retry_after = std::chrono::seconds(wait);
    return response;
  }

 private:
  using headers = std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)>;

  headers headers_of(const http_request& request) const {
    headers list(nullptr, &curl_slist_free_all);
    const auto add = [&list](const std::string& line) {
      curl_slist* longer = curl_slist_append(list.get(), line.c_str());
      if (longer == nullptr) throw std::bad_alloc();
      (void)list.release();
      list.reset(longer);
    };
    add("Authorization: " + settings_.key);  // without "Bearer"
    add("Accept: application/json");
    add("Expect:");
    if (request.method != "GET" && request.method != "DELETE")
      add("Content-Type: application/json");
    for (const auto& line : request.headers) add(line);
    return list;
  }

  void secure(CURL* curl) const {
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "trunkline/" TRUNKLINE_VERSION);
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 2L);
    if (!settings_.ca_file.empty())
      curl_easy_setopt(curl, CURLOPT_CAINFO, settings_.ca_file.c_str());
    // A proxy of the environment (https_proxy) tunnels TLS and sees no headers. Plain HTTP, allowed
    // on loopback only, would reveal the key to it: ignore http_proxy.
    if (settings_.url.starts_with("http://")) curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_HEADEROPT, static_cast<long>(CURLHEADER_SEPARATE));
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    const auto whole = static_cast<long>(settings_.timeout.count());
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, whole);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, std::min(whole, 5000L));
  }

  transport_settings settings_;
  std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> handle_;
};

}  // namespace

std::unique_ptr<transport> make_transport(transport_settings settings) {
  static const CURLcode started = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (started != CURLE_OK) throw std::runtime_error("libcurl does not start");
  return std::make_unique<curl_transport>(std::move(settings));
}

}  // namespace trunkline::openphone
