// Puts the page together. What went wrong is said on the page and in data-error; what was drawn is counted in data-*
// of the body, by which a test knows that it all arrived.

function trouble(message) {
  document.body.dataset.error = message;
  const box = byId('trouble');
  box.hidden = false;
  box.textContent = 'This page could not be drawn in full: ' + message;
}
window.addEventListener('error', (event) => trouble(event.message));
window.addEventListener('unhandledrejection', (event) => trouble(String(event.reason)));

function drawLegend(operations, colours) {
  const swatch = (shape, colour) => {
    const paths = {
      read: makeSvg('circle', {cx: 7, cy: 7, r: 5}), write: makeSvg('rect', {x: 2, y: 2, width: 10, height: 10}),
      cas: makeSvg('path', {d: 'M7,1 L13,12 L1,12 z'}), other: makeSvg('path', {d: 'M7,0 L14,7 L7,14 L0,7 z'}),
    };
    const path = paths[shape];
    path.setAttribute('fill', colour);
    return makeSvg('svg', {width: 14, height: 14, 'aria-hidden': 'true'}, path);
  };
  const meanings = ['ok', 'failed (certainly had no effect)', 'unknown (may have had an effect)'];
  const outcomes = meanings.map((text, place) => make('span', {}, swatch('write', colours.outcomes[place]), text));
  const used = [...new Set(operations.function)].map((place) => operations.run.functions[place] || '?');
  const shapeOf = (name) => name === 'add' || name === 'append' ? 'write' : ['read', 'write', 'cas'].includes(name) ? name : 'other';
  const functions = used.map((name) => make('span', {}, swatch(shapeOf(name), colours.faint), name));
  const states = STATES.map((state) => make('span', {}, STATE_ICONS[state] + ' ' + state));
  byId('legend').replaceChildren(...outcomes, ...functions, ...(operations.run.receipts.length > 0 ? [make('span', {}, 'fault:'), ...states] : []));
}

function watchTheme(redraw) {
  const root = document.documentElement, dark = matchMedia('(prefers-color-scheme: dark)');
  const remember = (theme) => { try { localStorage.setItem('tribunal-theme', theme); } catch { /* file:// may forbid it */ } };
  const recall = () => { try { return localStorage.getItem('tribunal-theme'); } catch { return null; } };
  const known = recall();
  if (known === 'light' || known === 'dark') root.dataset.theme = known;
  byId('theme').addEventListener('click', () => {
    const now = root.dataset.theme || (dark.matches ? 'dark' : 'light');
    root.dataset.theme = now === 'dark' ? 'light' : 'dark';
    remember(root.dataset.theme);
    redraw();
  });
  dark.addEventListener('change', redraw);
}

function watchCopy(command) {
  byId('copy').addEventListener('click', async () => {
    try {
      await navigator.clipboard.writeText(command);
      byId('copy').textContent = 'Copied';
    } catch {  // no clipboard from file:// in some browsers: select it, so that the reader can
      getSelection().selectAllChildren(byId('command'));
      byId('copy').textContent = 'Selected';
    }
    setTimeout(() => { byId('copy').textContent = 'Copy'; }, 2000);
  });
}

function watchAddress(operations, choose) {
  const follow = () => {
    const match = /^#op=(\d+)$/.exec(location.hash);
    if (!match) return;
    const i = operations.withIndex(Number(match[1]));
    if (i >= 0) choose(i);
  };
  window.addEventListener('hashchange', follow);
  follow();
}

async function main() {
  const began = performance.now();
  const run = readRun();
  watchCopy(run.command);
  if (!('DecompressionStream' in window)) throw new Error('this browser is too old to unpack it (no DecompressionStream)');
  const operations = await readOperations(run);
  const inflated = performance.now();
  let timeline = null;
  const jump = (span) => {
    timeline.reveal(span.from, span.to);
    byId('timeline').scrollIntoView({behavior: 'smooth'});
  };
  const pins = showCounterexamples(run, operations, byId('evidence'), jump);
  byId('counterexamples').hidden = byId('nav-counterexamples').hidden = pins.length === 0;
  const bands = faultBands(run, operations.end);
  timeline = new Timeline(operations, bands, pins);
  for (const pin of pins) {
    for (const exhibit of pin.evidence.exhibits) timeline.marks.add(operations.withIndex(exhibit.began));
  }
  timeline.drawNow();
  const table = new OperationTable(operations, timeline);
  const followTable = timeline.changed;
  const tellRange = () => {
    const {from, to} = timeline.view;
    const count = timeline.frame ? operations.firstFrom(to) - operations.firstFrom(from) : operations.count;
    byId('range').textContent = `${momentText(from, (to - from) / 100)} – ${momentText(to, (to - from) / 100)}: ${countText(count)} operations.`;
  };
  timeline.changed = () => { followTable(); tellRange(); };
  tellRange();
  showReceipts(run, byId('receipts'), jump);
  drawLegend(operations, themeColours());
  watchTheme(() => { timeline.draw(); drawLegend(operations, themeColours()); });
  const choose = (i) => {
    table.choose(i);
    timeline.select(i);
  };
  new Pointer(timeline, (i) => { location.hash = '#op=' + operations.began[i]; },
    (pin) => byId('counterexample-' + pin.number).scrollIntoView({behavior: 'smooth'}));
  watchAddress(operations, choose);
  Object.assign(document.body.dataset, {
    operations: operations.count, faults: run.receipts.length, bands: bands.length, counterexamples: pins.length,
    inflated: Math.round(inflated - began), drawn: Math.round(performance.now() - began),
  });
}

main().catch((error) => trouble(error.message));
