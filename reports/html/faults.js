// Faults as bands over time, packed into lanes so that overlapping ones can be read.

const STATES = ['planned', 'installed', 'observed', 'exercised', 'healed', 'verified'];
// A circle that fills as the fault proceeds: the state is told by shape, not by colour.
const STATE_ICONS = {planned: '○', installed: '◔', observed: '◑', exercised: '◕', healed: '●', verified: '✔', failed: '✖'};

function faultIcon(band) {
  return band.failure ? STATE_ICONS.failed : STATE_ICONS[band.state] || '';
}

function bandOfReceipt(receipt, end) {
  const began = receipt.installed ?? receipt.at;
  const over = receipt.healed ?? (receipt.never_begun ? receipt.until : end);
  return {
    kind: receipt.kind, state: receipt.state, failure: receipt.failure || '', receipt, ghost: receipt.installed == null,
    label: receipt.described || receipt.name, short: [receipt.kind, ...(receipt.targets || [])].join(' '), from: began, to: Math.max(began, over),
    settled: Math.max(began, receipt.heal_verified ?? over),
  };
}

// Start and stop records of a history without receipts, paired by fault number or else by name.
function bandsOfEvents(events, end) {
  const open = new Map(), bands = [];
  for (const event of events) {
    const name = event.fault >= 0 ? '#' + event.fault : event.name;
    if (event.starts) {
      const band = {kind: event.name, state: '', failure: '', receipt: null, ghost: false, from: event.time, to: end,
        label: event.detail ? event.name + ': ' + event.detail : event.name, settled: end, short: event.name};
      open.set(name, band);
      bands.push(band);
    } else if (event.stops && open.has(name)) {
      const band = open.get(name);
      band.to = band.settled = event.time;
      open.delete(name);
    }
  }
  return bands;
}

function faultBands(run, end) {
  const bands = run.receipts.length > 0 ? run.receipts.map((receipt) => bandOfReceipt(receipt, end)) : bandsOfEvents(run.events, end);
  bands.sort((a, b) => a.from - b.from);
  const kinds = [...new Set(bands.map((band) => band.kind))].sort();
  const last = [];  // the last band of each lane
  for (const band of bands) {
    band.colour = kinds.indexOf(band.kind) % 6;
    band.next = Infinity;  // when the one behind it in its lane begins
    const found = last.findIndex((before) => before.settled < band.from);
    band.lane = found < 0 ? last.length : found;
    if (found >= 0) last[found].next = band.from;
    last[band.lane] = band;
  }
  bands.lanes = last.length;
  return bands;
}

// What the tooltip says of a band.
function bandFields(band) {
  const fields = [['fault', faultIcon(band) + ' ' + band.label], ['from', momentText(band.from, 1e3)], ['to', momentText(band.to, 1e3)]];
  if (band.state) fields.push(['state', band.state]);
  const receipt = band.receipt;
  if (receipt) {
    if (receipt.observed_by) fields.push(['observed', receipt.observed_by]);
    if (receipt.exercised_by) fields.push(['exercised', receipt.exercised_by]);
    if (receipt.failure) fields.push(['failure', receipt.failure]);
  }
  return fields;
}
