// SPDX-License-Identifier: Apache-2.0
#include "store/merge/contact_resolver.hpp"

#include "common/postgres/postgres.hpp"

namespace trunkline::store {

void contact_resolver::look_up(const phone_set& phones) {
  if (phones.empty()) return;
  for (const auto& row : store::look_up(db_, {phones, {}, {}})) load(row);
}

void contact_resolver::load(const lookup_row& row) {
  if (row.type == lookup_row::kind::contact) known_[row.name] = {row.id, row.flag};
}

void contact_resolver::create_explicit(const phone_set& phones) {
  // Most numbers are explicit already. Such a contact is never deleted, so it needs no lock.
  phone_set missing;
  for (const auto& phone : phones) {
    const auto at = known_.find(phone);
    if (at == known_.end() || !at->second.is_explicit) missing.insert(phone);
  }
  if (missing.empty()) return;
  const auto created = db_.run("insert_explicit_contacts", {postgres::array_of(missing)});
  for (std::size_t i = 0; i < created.size(); ++i) {
    const std::string phone(created.text(i, 0));
    known_[phone] = {created.number(i, 1), true};
    missing.erase(phone);
  }
  look_up(missing);  // another transaction created them in between
}

void contact_resolver::create_missing(const phone_set& phones) {
  phone_set missing;
  for (const auto& phone : phones) {
    if (!known_.contains(phone)) missing.insert(phone);
  }
  look_up(missing);
  std::erase_if(missing, [this](const auto& phone) { return known_.contains(phone); });
  if (missing.empty()) return;
  const auto created = db_.run("insert_contacts", {postgres::array_of(missing)});
  for (std::size_t i = 0; i < created.size(); ++i) {
    const std::string phone(created.text(i, 0));
    known_[phone] = {created.number(i, 1), false};
    missing.erase(phone);
  }
  look_up(missing);
}

void contact_resolver::delete_unused(const std::set<std::int64_t>& ids) {
  if (!ids.empty()) db_.run("delete_unused_contacts", {postgres::array_of(ids)});
}

std::optional<std::int64_t> contact_resolver::find(std::string_view phone) const {
  const auto at = known_.find(std::string(phone));
  if (at == known_.end()) return std::nullopt;
  return at->second.id;
}

}  // namespace trunkline::store
