// How long replicas took to hold what all ended with, and what those hold that never did.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "checkers/convergence/findings.h"

namespace tribunal {

void add_agreement_figures(const Settled& settled, Objects objects,
                           std::vector<std::pair<std::string, std::string>>& figures);

}  // namespace tribunal
