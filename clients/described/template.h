// Texts with blanks: "--join={{first}}". What stands in them is the node's, the cluster's or an
// option's.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "harness/cluster/host.h"
#include "harness/parts/database.h"

namespace tribunal {

// What the blanks of a text may be, but for {{all ...}} and {{others ...}}, whose text is repeated
// for each node (for each other one), with its NAME, ADDRESS and INDEX, and joined by commas.
using Blanks = std::map<std::string, std::string>;

// The blanks that every description has, each with what is written there.
const std::vector<std::pair<std::string, std::string>>& blank_names();

// The first blank in a text that only a node can fill in; empty: there is none.
std::string blank_of_a_node(const std::string& text);

// What is wrong with a text: a blank that nobody knows, or one without an end; empty: nothing.
std::string mistake_in_template(const std::string& text, const std::vector<std::string>& options);

// `index` is that of the node for whom it is, beginning with 0.
std::string filled_in(const std::string& text, const Blanks& blanks, const Deployment& deployment,
                      std::size_t index);

}  // namespace tribunal
