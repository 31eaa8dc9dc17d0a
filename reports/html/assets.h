// The page's own parts, embedded at build time (see embed.cmake).
#pragma once

#include <string_view>

namespace tribunal::assets {

extern const std::string_view page;    // report.html, with {{slots}}
extern const std::string_view style;   // report.css
extern const std::string_view script;  // every *.js, in the order of reports/CMakeLists.txt

}  // namespace tribunal::assets
