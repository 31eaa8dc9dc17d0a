// Operations as Jepsen prints them into its log: `INFO  jepsen.util - 3 :invoke :cas [1 2]`, its
// columns divided by tabs.
#pragma once

#include <string>
#include <string_view>

#include "harness/record/jepsen_builder.h"

namespace tribunal {

bool looks_like_jepsen_log(std::string_view text);

// Adds the operations among the lines of a log, and passes all other lines. An AddAll.
bool add_jepsen_log(std::string_view text, const std::string& name, JepsenBuilder& builder);

}  // namespace tribunal
