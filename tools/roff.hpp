// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <string_view>

// Text in man(7) macros, for groff and mandoc.
namespace trunkline::manual {

// Escapes characters that roff would replace or interpret, and sets `words` and --options in bold.
std::string escaped(std::string_view text);
// The same without bold, for tags and examples.
std::string plain(std::string_view text);
std::string bold(std::string_view text);
std::string italic(std::string_view text);

// Returns escaped text in lines of readable length.
std::string paragraph(std::string_view text);
// Returns the lines unchanged, indented.
std::string example(std::string_view lines);

}  // namespace trunkline::manual
