// What watches of a group of registers show: all that became of it between the two versions that
// they name, in order, once, each transaction whole, and nothing else.
#pragma once

#include "harness/parts/checker.h"

namespace tribunal {

// The guarantees that etcd documents of its watches: filtered, ordered, unique, atomic, reliable,
// resumable and bookmarkable. A watch answers [from, [[version, register, value], ...]], and its
// version is the bookmark: up to there these are all changes after `from`. A watch that is merely
// behind names a smaller one and is not convicted; one without a bookmark claims no completeness.
// Calls: `txn` of [["w", register, value], ...], each value written by one transaction of its key,
// and `watch`. Necessary conditions, no search: O(n log n) in calls and changes shown.
// https://etcd.io/docs/v3.5/learning/api_guarantees/#watch-apis
Verdict check_watches(const History& history, const CheckOptions& options, const Budget& budget);

}  // namespace tribunal
