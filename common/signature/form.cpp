// SPDX-License-Identifier: Apache-2.0
#include "common/signature/form.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>

#include "common/text/encoding.hpp"

namespace trunkline::signature {
namespace {

// Bytes of webhook-id.
constexpr std::size_t max_id = 255;
// Digits of a timestamp that fits 63 bits.
constexpr std::size_t max_digits = 18;
// A timestamp of the legacy scheme with this many digits is in milliseconds.
constexpr std::size_t min_ms_digits = 12;

form rejected(scheme family, refusal error, std::string detail) {
  form out;
  out.family = family;
  out.error = error;
  out.detail = std::move(detail);
  return out;
}

std::optional<std::int64_t> read_digits(std::string_view text) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  if (text.empty() || text.size() > max_digits) return std::nullopt;
  if (!std::all_of(text.begin(), text.end(), is_digit)) return std::nullopt;
  std::int64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

bool read_digest(const std::optional<std::string>& bytes, mac& into) {
  if (!bytes || bytes->size() != into.size()) return false;
  std::memcpy(into.data(), bytes->data(), into.size());
  return true;
}

// Removes and returns the first element of a list, without blanks around it.
std::string_view next_element(std::string_view& list, char separator) {
  const std::size_t end = std::min(list.find(separator), list.size());
  std::string_view element = list.substr(0, end);
  list.remove_prefix(std::min(end + 1, list.size()));
  while (!element.empty() && (element.front() == ' ' || element.front() == '\t'))
    element.remove_prefix(1);
  while (!element.empty() && (element.back() == ' ' || element.back() == '\t'))
    element.remove_suffix(1);
  return element;
}

form read_hex(const header& field) {
  constexpr std::string_view prefix = "sha256=";
  std::string_view digits = field.value;
  if (digits.size() > prefix.size() && digits[prefix.size() - 1] == '=') {
    for (std::size_t i = 0; i < prefix.size(); ++i) {
      const char lower =
          digits[i] >= 'A' && digits[i] <= 'Z' ? static_cast<char>(digits[i] + 32) : digits[i];
      if (lower != prefix[i])
        return rejected(scheme::hex, refusal::malformed, "the only valid prefix is sha256=");
    }
    digits.remove_prefix(prefix.size());
  }
  form out;
  out.family = scheme::hex;
  const bool has_upper =
      std::any_of(digits.begin(), digits.end(), [](char c) { return c >= 'A' && c <= 'F'; });
  if (has_upper || !read_digest(hex_decode(digits), out.offers[0].digest)) {
    return rejected(
        scheme::hex, refusal::malformed, "x-openphone-signature-v1 is not 64 lower-case hex digits"
    );
  }
  out.count = 1;
  return out;
}

// hmac;1;<digits>;<base64>
bool read_legacy_offer(std::string_view element, offer& into) {
  constexpr std::string_view start = "hmac;1;";
  if (!element.starts_with(start)) return false;
  element.remove_prefix(start.size());
  const std::size_t semicolon = element.find(';');
  if (semicolon == std::string_view::npos) return false;
  into.timestamp = element.substr(0, semicolon);
  const auto number = read_digits(into.timestamp);
  if (!number) return false;
  into.at = into.timestamp.size() >= min_ms_digits ? *number / 1000 : *number;
  return read_digest(base64_decode(element.substr(semicolon + 1)), into.digest);
}

form read_legacy(const header& field) {
  form out;
  out.family = scheme::legacy;
  std::string_view rest = field.value;
  for (std::size_t seen = 0; !rest.empty(); ++seen) {
    if (seen == max_offers)
      return rejected(scheme::legacy, refusal::malformed, "there are more than 16 signatures");
    if (read_legacy_offer(next_element(rest, ','), out.offers[out.count])) ++out.count;
  }
  if (out.count == 0) {
    return rejected(
        scheme::legacy, refusal::malformed,
        "openphone-signature is not hmac;1;<digits>;<base64 of 32 bytes>"
    );
  }
  return out;
}

bool is_good_id(std::string_view id) {
  return !id.empty() && id.size() <= max_id &&
         std::all_of(id.begin(), id.end(), [](char c) { return c > ' ' && c <= '~' && c != '.'; });
}

std::string list_of_missing(const headers& all) {
  std::string names;
  const auto add = [&names](const header& field, const char* name) {
    if (field.count > 0) return;
    names += names.empty() ? "" : ", ";
    names += name;
  };
  add(all.webhook_id, "webhook-id");
  add(all.webhook_timestamp, "webhook-timestamp");
  add(all.webhook_signature, "webhook-signature");
  return names;
}

form read_standard(const headers& all) {
  const std::string missing = list_of_missing(all);
  if (!missing.empty()) return rejected(scheme::standard, refusal::missing, "no header " + missing);
  const auto malformed = [](std::string detail) {
    return rejected(scheme::standard, refusal::malformed, std::move(detail));
  };
  if (!is_good_id(all.webhook_id.value))
    return malformed("webhook-id is not 1 to 255 visible ASCII characters without a dot");
  const auto at = read_digits(all.webhook_timestamp.value);
  if (!at) return malformed("webhook-timestamp is not a whole number of seconds");

  form out;
  out.family = scheme::standard;
  std::string_view rest = all.webhook_signature.value;
  for (std::size_t seen = 0; !rest.empty();) {
    std::string_view element = next_element(rest, ' ');
    if (element.empty()) continue;
    if (seen++ == max_offers) return malformed("there are more than 16 signatures");
    if (!element.starts_with("v1,")) continue;
    if (read_digest(base64_decode(element.substr(3)), out.offers[out.count].digest)) {
      out.offers[out.count].timestamp = all.webhook_timestamp.value;
      out.offers[out.count++].at = *at;
    }
  }
  if (out.count == 0) return malformed("webhook-signature has no v1,<base64 of 32 bytes>");
  return out;
}

}  // namespace

form read_form(const headers& all) {
  const int standard =
      std::max({all.webhook_id.count, all.webhook_timestamp.count, all.webhook_signature.count});
  if (standard > 1)
    return rejected(scheme::standard, refusal::doubled, "a webhook- header comes more than once");
  if (standard == 1) return read_standard(all);
  if (all.legacy.count > 1)
    return rejected(scheme::legacy, refusal::doubled, "openphone-signature comes more than once");
  if (all.legacy.count == 1) return read_legacy(all.legacy);
  if (all.hex.count > 1)
    return rejected(scheme::hex, refusal::doubled, "x-openphone-signature-v1 comes more than once");
  if (all.hex.count == 1) return read_hex(all.hex);
  form none;
  none.error = refusal::missing;
  none.detail = "no signature header";
  return none;
}

}  // namespace trunkline::signature
