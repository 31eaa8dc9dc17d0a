// quorum, a small replicated store of our own, as a database under test: it keeps the promises of
// the level it is started with, or breaks them where it is told to. See docs/quorum.md.
#pragma once

#include "harness/parts/database.h"

namespace tribunal {

Database quorum();

}  // namespace tribunal
