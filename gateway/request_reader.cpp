// SPDX-License-Identifier: Apache-2.0
#include "gateway/request_reader.hpp"

#include <array>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <cstddef>
#include <memory_resource>
#include <tuple>

#include "gateway/chunk_decoder.hpp"
#include "gateway/request_framing.hpp"

namespace trunkline::gateway {
namespace {

namespace http = boost::beast::http;
using field_allocator = std::pmr::polymorphic_allocator<char>;
using parser = http::request_parser<http::string_body, field_allocator>;

std::string_view view(boost::beast::string_view text) {
  return {text.data(), text.size()};
}

void count(signature::header& header, std::string_view value) {
  if (header.count++ == 0) header.value = value;
}

// Captures the fields that are not in Beast's table of known names.
void capture_signature(
    signature::headers& out, boost::beast::string_view name, std::string_view value
) {
  using boost::beast::iequals;
  if (iequals(name, "x-openphone-signature-v1"))
    count(out.hex, value);
  else if (iequals(name, "openphone-signature"))
    count(out.legacy, value);
  else if (iequals(name, "webhook-id"))
    count(out.webhook_id, value);
  else if (iequals(name, "webhook-timestamp"))
    count(out.webhook_timestamp, value);
  else if (iequals(name, "webhook-signature"))
    count(out.webhook_signature, value);
}

// The fields of a usual header section are stored contiguously; further ones use the heap.
constexpr std::size_t usual_fields = 2048;

// A larger body buffer is freed after its request, so that an idle connection stays small.
constexpr std::size_t kept_body = 64u << 10;

}  // namespace

struct request_reader::impl {
  explicit impl(reader_limits l) : limits(l), chunks(l.max_header, l.max_body) { next(); }

  void next() {
    std::string body;
    if (beast) body = std::move(beast->get().body());
    if (body.capacity() > kept_body) body = {};
    body.clear();
    // Destroys the fields before the memory that holds them.
    beast.reset();
    arena.release();
    beast.emplace(
        std::piecewise_construct, std::make_tuple(), std::make_tuple(field_allocator(&arena))
    );
    beast->get().body() = std::move(body);
    // The length of the section is checked before Beast parses it.
    beast->header_limit(static_cast<std::uint32_t>(limits.max_header + 1));
    // reject_head() checks Content-Length after route and method.
    beast->body_limit(boost::none);
    scanner.reset();
    head = {};
    chunks = chunk_decoder(limits.max_header, limits.max_body);
    blank_skipped = false;
    stage = stages::head;
  }

  event reject(outcome reason, std::string_view detail) {
    rejection = reason;
    problem = detail;
    stage = stages::rejected;
    return event::rejected;
  }

  event advance_head(std::string_view bytes, std::size_t& consumed);
  event advance_body(std::string_view bytes, std::size_t& consumed);
  event advance_chunks(std::string_view bytes, std::size_t& consumed);
  std::string_view capture();

  enum class stages { head, body, complete, rejected };
  reader_limits limits;
  std::array<std::byte, usual_fields> room;
  std::pmr::monotonic_buffer_resource arena{room.data(), room.size()};
  std::optional<parser> beast;
  head_scanner scanner;
  request_head head;
  chunk_decoder chunks;
  bool blank_skipped = false;
  stages stage = stages::head;
  outcome rejection = outcome::framing;
  std::string_view problem;
};

request_reader::event request_reader::impl::advance_head(
    std::string_view bytes, std::size_t& consumed
) {
  // Skips one empty line before a request (RFC 9112 2.2), however its bytes arrive.
  if (scanner.size() == 0 && !blank_skipped) {
    if (bytes == "\r") return event::need_more;
    if (bytes.starts_with("\r\n")) {
      blank_skipped = true;
      bytes.remove_prefix(2);
      consumed = 2;
    }
  }

  const auto state = scanner.scan(bytes.substr(0, limits.max_header));
  if (state == head_scanner::state::broken) return reject(outcome::framing, "bare CR, LF or NUL");
  // Applies to a complete section too: the result must not depend on how the bytes arrive.
  if (!can_become_request(bytes)) return reject(outcome::framing, "malformed request line");
  if (state == head_scanner::state::more) {
    if (bytes.size() >= limits.max_header)
      return reject(outcome::header_too_large, "header section");
    return event::need_more;
  }
  const auto section = bytes.substr(0, scanner.size());
  if (const auto detail = check_section(section); !detail.empty())
    return reject(outcome::framing, detail);

  boost::system::error_code ec;
  beast->eager(false);
  consumed += beast->put({section.data(), section.size()}, ec);
  if (ec || !beast->is_header_done()) return reject(outcome::framing, "malformed header section");
  if (const auto detail = capture(); !detail.empty()) return reject(outcome::framing, detail);
  beast->eager(true);
  beast->body_limit(limits.max_body);
  stage = beast->is_done() ? stages::complete : stages::body;
  return event::head;
}

std::string_view request_reader::impl::capture() {
  const auto& message = beast->get();
  framing_fields framed;
  for (const auto& field : message) {
    const auto value = view(field.value());
    switch (field.name()) {
      case http::field::host:
        ++framed.host_count, framed.host = value;
        break;
      case http::field::content_length:
        ++framed.length_count, framed.length = value;
        break;
      case http::field::transfer_encoding:
        ++framed.encoding_count, framed.encoding = value;
        break;
      case http::field::trailer:
        framed.trailer = true;
        break;
      case http::field::upgrade:
        framed.upgrade = true;
        break;
      case http::field::content_type:
        head.content_type = value, head.has_content_type = true;
        break;
      case http::field::expect:
        if (boost::beast::iequals(field.value(), "100-continue"))
          head.expects_continue = true;
        else
          head.expects_other = true;
        break;
      case http::field::unknown:
        capture_signature(head.signature, field.name_string(), value);
        break;
      default:
        break;
    }
  }
  const auto framing = check_framing(framed);
  head.method = view(message.method_string());
  const auto target = view(message.target());
  head.path = target.substr(0, target.find('?'));
  head.keep_alive = beast->keep_alive();
  head.chunked = framing.chunked;
  head.length = framing.length;
  if (framing.problem.empty() && head.has_body() && forbids_body(head.method))
    return "body after a method that has none";
  return framing.problem;
}

request_reader::event request_reader::impl::advance_body(
    std::string_view bytes, std::size_t& consumed
) {
  if (head.chunked) return advance_chunks(bytes, consumed);
  boost::system::error_code ec;
  while (!beast->is_done() && consumed < bytes.size()) {
    const auto rest = bytes.substr(consumed);
    consumed += beast->put({rest.data(), rest.size()}, ec);
    if (ec == http::error::need_more) break;
    if (ec) return reject(outcome::framing, "malformed body");
  }
  if (!beast->is_done()) return event::need_more;
  stage = stages::complete;
  return event::complete;
}

request_reader::event request_reader::impl::advance_chunks(
    std::string_view bytes, std::size_t& consumed
) {
  switch (chunks.decode(bytes, consumed, beast->get().body())) {
    case chunk_decoder::state::more:
      return event::need_more;
    case chunk_decoder::state::rejected:
      return reject(chunks.rejection(), chunks.problem());
    case chunk_decoder::state::end:
      break;
  }
  stage = stages::complete;
  return event::complete;
}

request_reader::request_reader(reader_limits limits) : impl_(std::make_unique<impl>(limits)) {}
request_reader::~request_reader() = default;

request_reader::event request_reader::advance(std::string_view bytes, std::size_t& consumed) {
  consumed = 0;
  switch (impl_->stage) {
    case impl::stages::head:
      return impl_->advance_head(bytes, consumed);
    case impl::stages::body:
      return impl_->advance_body(bytes, consumed);
    case impl::stages::complete:
      return event::complete;
    case impl::stages::rejected:
      break;
  }
  return event::rejected;
}

const request_head& request_reader::head() const {
  return impl_->head;
}
std::string_view request_reader::body() const {
  return impl_->beast->get().body();
}
outcome request_reader::rejection() const {
  return impl_->rejection;
}
std::string_view request_reader::problem() const {
  return impl_->problem;
}
void request_reader::next() {
  impl_->next();
}

}  // namespace trunkline::gateway
