// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <string_view>

// What may appear of private data in logs (docs/architecture.md, "What logs may say").
namespace trunkline {

std::string mask_number(std::string_view number
);  // "+14155550142" -> "+*********42"; short ones: all stars
std::string mask_text(std::string_view text);  // "<17 bytes>"
std::string mask_url(std::string_view url
);  // password of a server URL replaced: "redis://user:***@host:1/0"
std::string mask_conninfo(std::string_view text);  // the same for libpq URLs and key=value strings

}  // namespace trunkline
