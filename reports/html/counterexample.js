// Each violation: the sentence, the drawing, the reasons one by one, and the operations around it.

const AROUND = 5;  // operations of the same key shown on either side of each exhibit
const MOST_AROUND = 120;

// Places of the operations to show around `evidence`, in order; null where some are left out.
function operationsAround(operations, evidence) {
  const exhibits = evidence.exhibits.map((exhibit) => operations.withIndex(exhibit.began)).filter((i) => i >= 0);
  if (exhibits.length === 0) return [];
  const key = evidence.key === '' ? -1 : operations.codeOf(evidence.key);
  const family = [];
  const first = Math.min(...exhibits), last = Math.max(...exhibits);
  if (key >= 0) {
    for (let i = 0; i < operations.count; ++i) if (operations.key[i] === key || exhibits.includes(i)) family.push(i);
  } else {
    for (let i = Math.max(0, first - AROUND); i <= Math.min(operations.count - 1, last + AROUND); ++i) family.push(i);
  }
  const kept = new Set();
  for (const exhibit of exhibits) {
    const at = family.indexOf(exhibit);
    for (let near = at - AROUND; near <= at + AROUND; ++near) if (near >= 0 && near < family.length) kept.add(near);
  }
  const rows = [];
  let before = -1;
  for (const at of [...kept].sort((a, b) => a - b).slice(0, MOST_AROUND)) {
    if (before >= 0 && at > before + 1) rows.push({left_out: at - before - 1});
    rows.push({operation: family[at], exhibit: exhibits.includes(family[at])});
    before = at;
  }
  return rows;
}

function aroundTable(operations, evidence) {
  const rows = operationsAround(operations, evidence);
  if (rows.length === 0) return null;
  const body = rows.map((row) => row.left_out
    ? make('tr', {class: 'gap'}, make('td', {colspan: OPERATION_COLUMNS.length}, '… ' + countText(row.left_out) + ' more between'))
    : operationRow(operations, row.operation, row.exhibit ? 'exhibit' : ''));
  const what = evidence.key === '' ? 'Operations around it' : 'Operations on key ' + evidence.key + ' around it';
  return make('details', {}, make('summary', {}, what + ' (its own are marked)'),
    make('div', {class: 'scroll'}, make('table', {class: 'operations'}, make('thead', {}, operationHeads()), make('tbody', {}, body))));
}

function reasonList(evidence) {
  if (evidence.arrows.length === 0) return null;
  return make('ul', {class: 'reasons'}, evidence.arrows.map((arrow, place) => {
    const [from, to] = [arrow.from, arrow.to].map((at) => evidence.exhibits[at]);
    return make('li', {}, make('b', {}, String(place + 1)), make('code', {}, from.text), ' → ', make('code', {}, to.text),
      ' ', make('em', {}, arrow.why), arrow.label && arrow.label !== arrow.why ? ': ' + arrow.label : '');
  }));
}

function evidenceSpan(evidence) {
  const times = evidence.exhibits.flatMap((exhibit) => [exhibit.invoked, exhibit.completed ?? exhibit.invoked]);
  return {from: Math.min(...times), to: Math.max(...times)};
}

// Shows every violation in `place`; returns their pins for the timeline.
function showCounterexamples(run, operations, place, jump) {
  const pins = [];
  for (const verdict of run.verdicts) {
    for (const evidence of verdict.evidence) {
      const number = pins.length + 1, span = evidence.exhibits.length > 0 ? evidenceSpan(evidence) : null;
      const time = evidence.moment ?? (span ? span.from : null);
      const key = evidence.key === '' ? '' : ' on key ' + evidence.key;
      const when = time === null ? '' : ', at ' + momentText(time, 1e3) + (evidence.faults ? ', ' + evidence.faults : '');
      place.append(make('article', {id: 'counterexample-' + number},
        make('h3', {}, `✗${number} ${verdict.checker}: ${evidence.anomaly}${key}${when}`),
        make('p', {class: 'sentence'}, evidence.sentence),
        evidence.exhibits.length > 0 ? make('div', {class: 'drawing', tabindex: 0}, drawCounterexample(evidence)) : null,
        reasonList(evidence),
        span ? make('p', {class: 'jump'}, make('button', {type: 'button', onclick: () => jump(span)}, 'Show in the timeline')) : null,
        aroundTable(operations, evidence)));
      pins.push({number, time: time ?? 0, text: `${verdict.checker}: ${evidence.anomaly}${key}`, evidence});
    }
    const shown = verdict.evidence.length;
    if (verdict.violations > shown && shown > 0) {
      place.append(make('p', {}, `${verdict.checker} found ${countText(verdict.violations)} violations; the ${shown} worst are drawn.`));
    }
  }
  return pins;
}
