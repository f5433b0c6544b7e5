// SPDX-License-Identifier: Apache-2.0
#include "admin/import/legacy_fields.hpp"
#include "admin/import/legacy_rows.hpp"
#include "parse/normalise.hpp"
#include "parse/phone_number.hpp"

namespace trunkline::admin {
namespace {

// The old service wrote this as the last name of a number without a name.
constexpr std::string_view placeholder_name = "(from OpenPhone)";

struct contact_body {
  // The body is empty if the number has no name.
  std::string phone, body, error;
};

contact_body read(std::string_view text, const std::string& prefix) {
  contact_body out;
  const legacy_fields row(text);
  out.error = row.error();
  if (!out.error.empty()) return out;
  if (!row.has("phone")) {
    out.error = "no phone";
    return out;
  }
  out.phone = parse::normalise_number(row.text("phone"));
  if (!parse::is_e164(out.phone)) {
    out.error = "phone is not a number in international form";
    return out;
  }
  const auto first = row.text("first_name"), last = row.text("last_name");
  const bool has_first_name = !first.empty() && parse::normalise_number(first) != out.phone;
  const bool has_last_name = !last.empty() && last != placeholder_name;
  if (!has_first_name && !has_last_name && !row.has("email")) return out;
  parse::json_builder object('{'), emails('['), phones('[');
  if (const auto email = row.text("email"); !email.empty()) emails.add(email);
  phones.add(out.phone);
  object.add_raw("emails", emails.finish());
  if (has_first_name) object.add("firstName", first);
  object.add("id", prefix + "contact-" + row.text("id"));
  if (has_last_name) object.add("lastName", last);
  object.add_raw("phoneNumbers", phones.finish());
  out.body = event_body("contact.updated", object.finish());
  return out;
}

parse::event empty_event() {
  parse::event event;
  event.what = parse::verdict::apply;
  return event;
}

}  // namespace

converted_row convert_contact(std::string_view row, const std::string& prefix) {
  auto what = read(row, prefix);
  if (!what.error.empty()) return {{}, std::move(what.error)};
  auto event = what.body.empty() ? empty_event() : parse::normalise(what.body);
  if (event.what != parse::verdict::apply) return {{}, std::move(event.reason)};
  if (event.card)
    event.card->stamp.reset();
  else
    event.explicit_contacts.push_back(std::move(what.phone));
  converted_row out;
  out.events.push_back(std::move(event));
  return out;
}

converted_row convert_own_number(const std::optional<std::string>& phone) {
  if (!phone) return {{}, "no phone_number"};
  auto number = parse::normalise_number(*phone);
  if (!parse::is_e164(number)) return {{}, "phone_number is not in international form"};
  converted_row out;
  out.events.push_back(empty_event());
  out.events.back().own_number_evidence.push_back(std::move(number));
  return out;
}

}  // namespace trunkline::admin
