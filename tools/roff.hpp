// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <string_view>

// Text as a manual page holds it: man(7) macros, understood by groff and mandoc.
namespace trunkline::manual {

// Characters that roff would change or take for orders, escaped; `words` and --flags in bold.
std::string escaped(std::string_view text);
// The same without any bold: for tags that have their own, and for examples.
std::string plain(std::string_view text);
std::string bold(std::string_view text);
std::string italic(std::string_view text);

// Filled text: escaped, in lines of readable length.
std::string paragraph(std::string_view text);
// Lines as they are, indented.
std::string example(std::string_view lines);

}  // namespace trunkline::manual
