// SPDX-License-Identifier: Apache-2.0
#include <curl/curl.h>

#include <algorithm>
#include <stdexcept>

#include "common/process/version.hpp"
#include "openphone/transport.hpp"

namespace trunkline::openphone {
namespace {

constexpr std::size_t most_bytes = 16u << 20;

std::size_t take_body(char* data, std::size_t size, std::size_t count, void* into) {
  auto& body = *static_cast<std::string*>(into);
  if (body.size() + size * count > most_bytes) return 0;  // ends the exchange with an error
  body.append(data, size * count);
  return size * count;
}

// What stays wrong however often it is tried; all of it is found before a request goes out.
bool is_mistrust(CURLcode code) {
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
  return is_mistrust(code) || code == CURLE_COULDNT_CONNECT || code == CURLE_COULDNT_RESOLVE_HOST ||
         code == CURLE_COULDNT_RESOLVE_PROXY || code == CURLE_SSL_CONNECT_ERROR;
}

class curl_transport final : public transport {
 public:
  explicit curl_transport(transport_settings settings)
      : settings_(std::move(settings)), handle_(curl_easy_init(), &curl_easy_cleanup) {
    if (!handle_) throw std::runtime_error("libcurl does not start");
  }

  http_answer exchange(const http_request& request) override {
    http_answer answer;
    char reason[CURL_ERROR_SIZE] = "";
    const std::string url = settings_.url + request.target;  // libcurl takes copies
    const headers list = headers_of(request);
    CURL* curl = handle_.get();
    curl_easy_reset(curl);  // options only: the connection stays open
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, reason);
    curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
    curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, request.method.c_str());
    if (request.method != "GET" && request.method != "DELETE") {
      curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, static_cast<long>(request.body.size()));
      curl_easy_setopt(curl, CURLOPT_COPYPOSTFIELDS, request.body.c_str());
    }
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, list.get());
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, &take_body);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &answer.body);
    // On a connection that was open already and dies, libcurl sends again by itself.
    curl_easy_setopt(curl, CURLOPT_FRESH_CONNECT, request.repeatable ? 0L : 1L);
    secure(curl);
    const CURLcode code = curl_easy_perform(curl);
    if (code != CURLE_OK) {
      answer.problem = *reason != '\0' ? reason : curl_easy_strerror(code);
      if (code == CURLE_WRITE_ERROR) answer.problem = "more than 16 MiB";
      // An answer that is too large would be again; yet the request was heard.
      answer.hopeless = is_mistrust(code) || code == CURLE_WRITE_ERROR;
      answer.sent = !is_before_sending(code);
      return answer;
    }
    long status = 0;
    curl_off_t wait = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(curl, CURLINFO_RETRY_AFTER, &wait);  // reads dates as well; 0: not given
    answer.status = static_cast<int>(status);
    if (wait > 0) answer.retry_after = std::chrono::seconds(wait);
    return answer;
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
    add("Authorization: " + settings_.key);  // bare: "Bearer" is refused
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
    // A proxy of the environment (https_proxy) gets a tunnel and sees no header. Plain HTTP, which
    // is for loopback alone, would hand it the key: no proxy then, whatever http_proxy says.
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
