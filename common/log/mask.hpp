// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <string_view>

// Masks private data in logs (docs/architecture.md, "What logs contain").
namespace trunkline {

// Masks "+14155550142" as "+*********42" and short numbers completely.
std::string mask_number(std::string_view number);
// Returns "<17 bytes>".
std::string mask_text(std::string_view text);
// Masks a word of the command line, which may be a misplaced secret, unless it looks like the name
// of an option or a command.
std::string mask_word(std::string_view word);
// Masks a key of a foreign JSON document unless it looks like the name of a field.
std::string mask_key(std::string_view key);
// Masks the password of a server URL: "redis://user:***@host:1/0".
std::string mask_url(std::string_view url);
// Masks the passwords of a PostgreSQL URL or key=value list.
std::string mask_conninfo(std::string_view text);

}  // namespace trunkline
