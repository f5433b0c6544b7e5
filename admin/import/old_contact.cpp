// SPDX-License-Identifier: Apache-2.0
#include "admin/import/old_fields.hpp"
#include "admin/import/old_rows.hpp"
#include "parse/normalise.hpp"
#include "parse/phone_number.hpp"

namespace trunkline::admin {
namespace {

// What the old service wrote where it knew no name.
constexpr std::string_view made_up = "(from OpenPhone)";

struct reading {
  std::string phone, body, problem;  // no body: nobody gave the number a name
};

reading read(std::string_view text, const std::string& prefix) {
  reading out;
  const old_fields row(text);
  out.problem = row.problem();
  if (!out.problem.empty()) return out;
  if (!row.has("phone")) {
    out.problem = "no phone";
    return out;
  }
  out.phone = parse::normalise_number(row.text("phone"));
  if (!parse::is_e164(out.phone)) {
    out.problem = "phone is not a number in international form";
    return out;
  }
  const auto first = row.text("first_name"), last = row.text("last_name");
  const bool named = !first.empty() && parse::normalise_number(first) != out.phone;
  const bool surnamed = !last.empty() && last != made_up;
  if (!named && !surnamed && !row.has("email")) return out;
  parse::json_builder object('{'), emails('['), phones('[');
  if (const auto email = row.text("email"); !email.empty()) emails.add(email);
  phones.add(out.phone);
  object.add_raw("emails", emails.finish());
  if (named) object.add("firstName", first);
  object.add("id", prefix + "contact-" + row.text("id"));
  if (surnamed) object.add("lastName", last);
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

told_row tell_contact(std::string_view row, const std::string& prefix) {
  auto what = read(row, prefix);
  if (!what.problem.empty()) return {{}, std::move(what.problem)};
  auto event = what.body.empty() ? empty_event() : parse::normalise(what.body);
  if (event.what != parse::verdict::apply) return {{}, std::move(event.reason)};
  if (event.card)
    event.card->stamp.reset();
  else
    event.explicit_contacts.push_back(std::move(what.phone));
  told_row out;
  out.events.push_back(std::move(event));
  return out;
}

told_row tell_line(const std::optional<std::string>& phone) {
  if (!phone) return {{}, "no phone_number"};
  auto number = parse::normalise_number(*phone);
  if (!parse::is_e164(number)) return {{}, "phone_number is not in international form"};
  told_row out;
  out.events.push_back(empty_event());
  out.events.back().own_number_evidence.push_back(std::move(number));
  return out;
}

}  // namespace trunkline::admin
