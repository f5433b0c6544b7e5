// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

// What is computed across rows (merge.md section 4): pure functions of the registers of activities
// and of our own numbers. The transaction in effects.cpp keeps the stored columns equal to them.
namespace trunkline::store {

using number_set = std::set<std::string, std::less<>>;

// The registers of one activity that other rows depend on. Lists are sorted and distinct.
struct registers {
  std::optional<std::string> contact_hint;
  std::vector<std::string> parties;    // may be left out where there is a hint
  std::vector<std::string> conv_refs;  // the first one may stand for all
  std::vector<std::string> party_keys;
};

// The number of the activity's contact: what a sided event said, else the one party that is not
// ours. Never by position; only E.164 numbers are contacts.
std::optional<std::string> contact_of(const registers&, const number_set& own);

// party key -> least provider conversation id seen on an activity together with it.
using attachments = std::map<std::string, std::string, std::less<>>;
void attach(attachments&, const registers&);

// Where an activity belongs: its least provider id; else the party key that a link resolves; else
// nowhere.
struct place {
  enum class sort { none, provider, by_party_key } kind = sort::none;
  std::string name;  // provider id or party key
};
place place_of(const registers&);

// What a conversation shows of its activities: a join over them.
struct conversation_summary {
  std::optional<std::int64_t> active_at;  // microseconds; with the id of the newest activity
  std::string activity_id;
  std::optional<std::string> contact;  // least number

  void join(const conversation_summary& other);
};

}  // namespace trunkline::store
