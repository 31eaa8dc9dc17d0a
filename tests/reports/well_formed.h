// A strict check of XML well-formedness, as much of it as a report may use: no processing
// instructions but the first, no entities but the five, no DTD.
#pragma once

#include <string>
#include <string_view>

namespace tribunal {

// What is wrong with `xml`, and where; empty: nothing.
std::string flaw_in_xml(std::string_view xml);

}  // namespace tribunal
