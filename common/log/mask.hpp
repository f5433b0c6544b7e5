// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <string_view>

// What may appear of private data in logs (docs/architecture.md, "What logs contain").
namespace trunkline {

std::string mask_number(std::string_view number
);  // "+14155550142" -> "+*********42"; short ones: all stars
std::string mask_text(std::string_view text);  // "<17 bytes>"
// What somebody typed where an option or a verb belongs, which may be a secret in the wrong place:
// only what reads like such a name is shown.
std::string mask_word(std::string_view word);
// A key of somebody's JSON: only what reads like a name of a field, not like a number or a sentence.
std::string mask_key(std::string_view key);
std::string mask_url(std::string_view url
);  // password of a server URL replaced: "redis://user:***@host:1/0"
std::string mask_conninfo(std::string_view text);  // the same for libpq URLs and key=value strings

}  // namespace trunkline
