#include "checkers/catalogue.h"

#include "checkers/causal/causal_checkers.h"
#include "checkers/classic/bank.h"
#include "checkers/classic/causal_reverse.h"
#include "checkers/classic/counter.h"
#include "checkers/classic/log.h"
#include "checkers/classic/long_fork.h"
#include "checkers/classic/mutex.h"
#include "checkers/classic/queue.h"
#include "checkers/classic/set.h"
#include "checkers/classic/unique_ids.h"
#include "checkers/convergence/convergence.h"
#include "checkers/linearizability/linearizable.h"
#include "checkers/linearizability/linearizable_register.h"
#include "checkers/progress.h"
#include "checkers/sequential/sequential.h"
#include "checkers/sessions/session_checkers.h"
#include "checkers/staleness/staleness.h"
#include "checkers/watches/watches.h"

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
      {"read-your-writes", "A session that wrote a key never reads an older version of it.",
       check_read_your_writes},
      {"monotonic-reads", "A session that read a version of a key never reads an older one.",
       check_monotonic_reads},
      {"monotonic-writes",
       "A session that saw a write never misses what the writing session had written before.",
       check_monotonic_writes},
      {"writes-follow-reads",
       "A session that saw a write never misses what the writing session had read before.",
       check_writes_follow_reads},
      {"pram",
       "Each session has one order of its own reads and all writes that keeps every session's "
       "order.",
       check_pram},
      {"causal",
       "Every read returns what its causal past explains: nothing that it overwrote, nothing "
       "without it.",
       check_causal},
      {"causal-convergent",
       "Causal, and one order of the writes, the same for all sessions, explains every read.",
       check_causal_convergent},
      {"causal-memory",
       "Causal, and each session has one order of its own reads and all writes that it can know "
       "of.",
       check_causal_memory},
      {"sequential",
       "There is one order of all operations on all keys that keeps the order of each session, and "
       "in which each read answers what was written last.",
       check_sequential},
      {"set",
       "Every element whose add was acknowledged, or that a read returned, is in every read that "
       "begins later; nothing is read that nobody added, and nothing twice.",
       check_set},
      {"set-full",
       "Every element whose add was acknowledged, or that a read returned, is in the last read "
       "that "
       "begins later; nothing is read that nobody added, and nothing twice.",
       check_set_full},
      {"counter",
       "A read returns at least what was certainly counted before it began, and at most what may "
       "have been by its end; nothing counts down.",
       check_counter},
      {"pn-counter",
       "A read returns what the acknowledged increments and decrements allow, with any of those "
       "under way.",
       check_pn_counter},
      {"unordered-queue",
       "Every element comes out at most as often as it was put in, after it was; none acknowledged "
       "is missing from a queue found empty.",
       check_unordered_queue},
      {"total-queue",
       "What comes out was put in before; none acknowledged is missing from a queue found empty. "
       "Elements may come out more than once.",
       check_total_queue},
      {"unique-ids", "No id is given twice.", check_unique_ids},
      {"bank", "Every read finds all accounts, the same money in all, and no account overdrawn.",
       check_bank},
      {"long-fork", "No two reads see two writes in two orders.", check_long_fork},
      {"causal-reverse",
       "Who sees a write sees every write that was acknowledged before that one began.",
       check_causal_reverse},
      {"mutex",
       "No two processes hold a lock at once, only who holds it releases it, and fences grow.",
       check_mutex},
      {"log",
       "Every read is a beginning of one log, whose appends stand in the order of real time; what "
       "was acknowledged or read is in every read that begins later.",
       check_log},
      {"watches",
       "Between the two versions that it names a watch shows every change of its group, in order, "
       "once, each transaction whole, and nothing else.",
       check_watches},
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
