#include "checkers/catalogue.h"

#include "checkers/convergence/convergence.h"
#include "checkers/linearizability/linearizable.h"
#include "checkers/linearizability/linearizable_register.h"
#include "checkers/progress.h"
#include "checkers/sessions/session_checkers.h"
#include "checkers/set.h"
#include "checkers/staleness/staleness.h"

namespace tribunal {

const std::vector<Checker>& checkers() {
  static const std::vector<Checker> all = {
      {"linearizable-register",
       "Every read, write and compare-and-set of a register takes effect at one instant between "
       "its call and its answer.",
       check_linearizable_register},
      {"linearizable",
       "Every call takes effect at one instant between its call and its answer, as the model says "
       "that it should.",
       check_linearizable},
      {"read-your-writes",
       "A session that wrote a key never reads an older version of it.", check_read_your_writes},
      {"monotonic-reads",
       "A session that read a version of a key never reads an older one.", check_monotonic_reads},
      {"monotonic-writes",
       "A session that saw a write never misses what the writing session had written before.",
       check_monotonic_writes},
      {"writes-follow-reads",
       "A session that saw a write never misses what the writing session had read before.",
       check_writes_follow_reads},
      {"set",
       "Every element whose add was acknowledged, or that a read returned, is in every read that "
       "begins later; nothing is read that nobody added, and nothing twice.",
       check_set},
      {"convergence",
       "After the last heal all replicas come to hold the same, nothing acknowledged is lost, and "
       "nothing that was gone comes back.",
       check_convergence},
      {"staleness",
       "As large a share of reads as was asked for sees every write that was acknowledged so long "
       "before.",
       check_staleness},
      {"progress", "Enough calls were acknowledged for the other claims to mean something.",
       check_progress},
  };
  return all;
}

}  // namespace tribunal
