#include "checkers/classic/queue.h"

#include <fmt/core.h>

#include <algorithm>

#include "checkers/classic/judging.h"
#include "checkers/classic/queue_accounts.h"
#include "checkers/exhibits.h"
#include "checkers/options.h"

namespace tribunal {
namespace {

enum Figure : std::size_t {
  attempts,
  acknowledged,
  dequeued,
  unknown_dequeues,
  looks,
  unexpected,
  duplicated,
  lost,
  recovered,
  missing
};

enum class Repeats { convict, allowed };

constexpr std::size_t most_shown = 3;  // of the elements that are lost

Evidence finish(const History& history, EvidenceMaker& maker, std::string anomaly,
                std::string sentence, std::uint32_t event) {
  maker.evidence.anomaly = std::move(anomaly);
  maker.evidence.key = shown_key(history, history.operations[maker.places().front()]);
  maker.evidence.sentence = std::move(sentence);
  maker.evidence.impossible_at = event;
  return std::move(maker.evidence);
}

Evidence explain(const History& history, const WrongDequeue& wrong) {
  std::vector<std::uint32_t> places = {wrong.dequeue};
  for (const std::uint32_t other : {wrong.earlier, wrong.enqueue}) {
    if (other != WrongDequeue::none) places.push_back(other);
  }
  EvidenceMaker maker(history, places);
  const Operation& dequeue = history.operations[wrong.dequeue];
  const std::string start = fmt::format("The dequeue by {} returned ", who(history, dequeue));
  if (wrong.repeated) {
    const Operation& earlier = history.operations[wrong.earlier];
    maker.arrow(wrong.enqueue, wrong.earlier, "reads from");
    maker.arrow(wrong.enqueue, wrong.dequeue, "reads from");
    return finish(history, maker, "duplicated element",
                  fmt::format("{}{}, which {} had taken out as well, and it was put in less often "
                              "than it came out.",
                              start, history.values.show(dequeue.value), who(history, earlier)),
                  dequeue.ended);
  }
  if (wrong.enqueue == WrongDequeue::none) {
    return finish(
        history, maker, "unexpected element",
        start + history.values.show(dequeue.value) + ", which nobody ever tried to put in.",
        dequeue.ended);
  }
  const Operation& enqueue = history.operations[wrong.enqueue];
  const std::string element = history.values.show(enqueue.value);
  if (enqueue.outcome == Outcome::failed) {
    return finish(history, maker, "failed enqueue seen",
                  fmt::format("{}{}, but its only enqueues, such as that by {}, certainly failed.",
                              start, element, who(history, enqueue)),
                  dequeue.ended);
  }
  maker.real_time(wrong.dequeue, wrong.enqueue);
  return finish(history, maker, "unexpected element",
                fmt::format("{}{} and was over {} before {} first tried to put it in.", start,
                            element, gap(dequeue, enqueue), who(history, enqueue)),
                dequeue.ended);
}

Evidence explain_loss(const History& history, const QueueAccounts& queue) {
  const QueueLoss& loss = queue.loss;
  std::vector<std::uint32_t> places = {loss.look};
  for (std::size_t i = 0; i < std::min<std::size_t>(loss.missing, most_shown); ++i)
    places.push_back(queue.never_out[i]);
  EvidenceMaker maker(history, places);
  for (std::size_t i = 1; i < places.size(); ++i) maker.real_time(places[i], loss.look);
  const Operation& look = history.operations[loss.look];
  const Operation& first = history.operations[queue.never_out[0]];
  std::string sentence = fmt::format(
      "{} was put in by {}, acknowledged {} before {} found nothing more in the queue, and never "
      "came out",
      history.values.show(first.value), who(history, first), gap(first, look), who(history, look));
  if (loss.missing > 1) {
    sentence += fmt::format(". So were {} elements in all", grouped(loss.missing));
    if (loss.elements < loss.missing)
      sentence += fmt::format(", and dequeues whose answers were lost can have had {} of them",
                              grouped(loss.missing - loss.elements));
  }
  return finish(history, maker, "lost element", sentence + ".", look.ended);
}

void survey(const History& history, const Operation& operation) {
  if (is_drain(history, operation)) {
    if (operation.ok() && !operation.value.is_nil() && !history.values.is_list(operation.value))
      refuse_value(history, operation, "a drain returns a list", "leave those calls out");
    return;
  }
  require_function(history, operation, "a queue's checker", {Function::enqueue, Function::dequeue});
}

void judge_queue(const History& history, std::span<const std::uint32_t> operations, Watch& watch,
                 KeyFinding& finding, Repeats repeats) {
  const QueueAccounts queue = accounts_of(history, operations, watch);
  if (!queue.complete) return;
  Counts& counts = finding.counts;
  counts[attempts] = queue.attempts, counts[acknowledged] = queue.acknowledged;
  counts[dequeued] = queue.dequeued, counts[unknown_dequeues] = queue.unknown_dequeues;
  counts[looks] = queue.looks, counts[lost] = queue.loss.elements;
  counts[recovered] = queue.recovered, counts[missing] = queue.missing;
  for (const WrongDequeue& wrong : queue.wrong) {
    ++counts[wrong.repeated ? duplicated : unexpected];
    if (finding.wants_evidence() && !(wrong.repeated && repeats == Repeats::allowed))
      finding.evidence.push_back(explain(history, wrong));
  }
  if (queue.loss.elements != 0) {
    if (!finding.wants_evidence()) finding.evidence.pop_back();
    finding.evidence.push_back(explain_loss(history, queue));
  }
  if (queue.unsought != 0)
    finding.undecided = fmt::format(
        "{} acknowledged elements never came out, and nobody looked whether they were still there: "
        "a history that ends with dequeues until the queue is empty would tell",
        grouped(queue.unsought));
  finding.complete = true;
}

Verdict check(const History& history, const CheckOptions& options, const Budget& budget,
              Repeats repeats) {
  require_known(options);
  ClassicClaim claim;
  claim.algorithm = "accounts of every element, O(n log n)";
  claim.figures = {
      {"elements attempted", ""},
      {"acknowledged", ""},
      {"dequeued", ""},
      {"dequeues of unknown outcome", ""},
      {"found empty", ""},
      {"unexpected", "elements dequeued that nobody had put in"},
      {"duplicated",
       repeats == Repeats::convict ? "elements dequeued more often than they were put in" : ""},
      {"lost", "elements lost"},
      {"recovered", ""},
      {"never dequeued", ""}};
  claim.survey = survey;
  claim.judge_key = [repeats](const History& all, std::span<const std::uint32_t> operations,
                              Watch& watch, KeyFinding& finding) {
    judge_queue(all, operations, watch, finding, repeats);
  };
  claim.vacuous = [](const Counts& counts) -> std::string {
    if (counts[acknowledged] == 0) return "nothing was put in";
    return counts[dequeued] == 0 ? "nothing was taken out" : "";
  };
  claim.satisfied = [](const Counts& counts) {
    return fmt::format("{} elements put in and {} taken out{}", grouped(counts[acknowledged]),
                       grouped(counts[dequeued]),
                       counts[missing] == 0
                           ? ", none missing"
                           : fmt::format("; {} missing, all of which dequeues whose answers were "
                                         "lost can have had",
                                         grouped(counts[missing])));
  };
  return judge_keys(history, claim, budget);
}

}  // namespace

Verdict check_unordered_queue(const History& history, const CheckOptions& options,
                              const Budget& budget) {
  return check(history, options, budget, Repeats::convict);
}

Verdict check_total_queue(const History& history, const CheckOptions& options,
                          const Budget& budget) {
  return check(history, options, budget, Repeats::allowed);
}

}  // namespace tribunal
