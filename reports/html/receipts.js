// The receipts as a table: what was planned, and the proof of each step.

function receiptState(receipt) {
  if (receipt.failure) return make('span', {class: 'receipt-state bad'}, STATE_ICONS.failed + ' failed');
  const whole = receipt.state === 'verified';
  return make('span', {class: 'receipt-state' + (whole ? '' : ' short')}, STATE_ICONS[receipt.state] + ' ' + (whole ? 'healed and verified' : 'only ' + receipt.state));
}

function receiptSteps(receipt) {
  const steps = [['planned', receipt.at, ''], ['installed', receipt.installed, ''], ['observed', receipt.observed, receipt.observed_by],
    ['exercised', receipt.exercised, receipt.exercised_by], ['heal asked', receipt.heal_requested, ''], ['healed', receipt.healed, ''],
    ['heal verified', receipt.heal_verified, receipt.heal_verified_by]];
  return make('dl', {class: 'fields steps'}, steps.map(([name, time, by]) => [
    make('dt', {class: 'step'}, name),
    make('dd', {}, time == null ? 'did not happen' : momentText(time, 1e3), by ? ' – ' + by : '')]));
}

function receiptOptions(receipt) {
  const fields = Object.entries(receipt.options || {});
  if (receipt.means) fields.unshift(['by means of', receipt.means]);
  if (fields.length === 0) return null;
  return make('div', {class: 'receipt-options'}, fields.map(([name, value]) => name + ' ' + value).join(', '));
}

function receiptCounters(receipt) {
  if (!receipt.counters || receipt.counters.length === 0) return null;
  return make('details', {}, make('summary', {}, receipt.counters.length + ' counters'),
    make('dl', {}, receipt.counters.map(([name, count]) => [make('dt', {}, name), make('dd', {}, countText(count))])));
}

function showReceipts(run, place, jump) {
  if (run.receipts.length === 0) {
    place.append(make('p', {}, run.events.length > 0
      ? 'This history has records of its nemesis and no receipts: nothing proves that its faults took effect.'
      : 'No fault was planned.'));
    return;
  }
  const heads = ['Fault', 'State', 'Hit', 'Steps and their proof', 'Failure'];
  const rows = run.receipts.map((receipt) => make('tr', {},
    make('th', {scope: 'row'}, '#' + receipt.id + ' ' + receipt.name,
      make('br'), make('button', {type: 'button', class: 'jump', onclick: () => jump({from: receipt.installed ?? receipt.at, to: receipt.heal_verified ?? receipt.until})}, 'Show')),
    make('td', {}, receipt.never_begun ? make('span', {class: 'receipt-state short'}, '○ planned, never begun') : receiptState(receipt)),
    make('td', {}, (receipt.targets || []).join(' '), receipt.detail ? make('div', {}, receipt.detail) : null,
      receiptOptions(receipt)),
    make('td', {}, receiptSteps(receipt), receiptCounters(receipt)),
    make('td', {}, receipt.failure || '')));
  place.append(make('div', {class: 'scroll'}, make('table', {class: 'receipts'},
    make('thead', {}, make('tr', {}, heads.map((head) => make('th', {scope: 'col'}, head)))), make('tbody', {}, rows))));
}
