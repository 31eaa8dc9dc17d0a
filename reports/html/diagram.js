// A counterexample as a drawing: a lane for each process, a box for each operation, an arrow for each order that must
// hold. Time runs to the right, stretched so that order can be read; the real times stand below.

const LANE = 108, BOX = 42, LEFT = 108, TOP = 34;
const LEAST_GAP = 30, MOST_GAP = 180;  // between events, as far as the page is wide
const RIGHT = 20, FRAME = 92;  // of the picture, and what stands around it
const CROSS = '✗ impossible from here';
const TEXT_WIDTH = 7.6, SMALL_WIDTH = 6.5;  // of a character, on average and from above

function textWidth(text, unit) { return [...text].length * unit; }

function shortened(text, limit) {
  const characters = [...text];
  return characters.length <= limit ? text : characters.slice(0, limit - 1).join('') + '…';
}

// Where every box begins and ends: each event a column of its own, columns far enough apart for the text between them.
function layOutBoxes(evidence, gap) {
  const boxes = evidence.exhibits.map((exhibit, place) => {
    const label = shortened(exhibit.text, 36);
    const note = [exhibit.node, exhibit.completed === null ? 'no answer' : durationText(exhibit.completed - exhibit.invoked)].filter(Boolean).join(' · ');
    return {exhibit, place, label, note: shortened(note, 36),
      wide: Math.max(64, textWidth(label, TEXT_WIDTH) + 26, textWidth(note, SMALL_WIDTH) + 26)};
  });
  const events = [];
  for (const box of boxes) {
    const {exhibit} = box;
    events.push({box, starts: true, order: exhibit.began, time: exhibit.invoked});
    if (exhibit.completed !== null) events.push({box, starts: false, order: exhibit.ended ?? Infinity, time: exhibit.completed});
  }
  events.sort((a, b) => a.time - b.time || a.order - b.order);
  let x = LEFT;
  for (const event of events) {
    x += gap;
    if (event.starts) {
      // A process does one thing at a time: its next box begins behind the last one's text.
      for (const other of boxes) {
        if (other.left !== undefined && other.exhibit.process === event.box.exhibit.process) x = Math.max(x, (other.right ?? other.left + other.wide) + gap);
      }
      event.box.left = x;
    } else {
      x = Math.max(x, event.box.left + event.box.wide);
      event.box.right = x;
    }
    event.x = x;
  }
  let right = x + LEAST_GAP;
  for (const box of boxes) {
    box.open = box.right === undefined;
    if (box.open) right = Math.max(right, box.left + box.wide + 60);
  }
  for (const box of boxes) if (box.open) box.right = right;
  return {boxes, events, right: right + LEAST_GAP};
}

function layOutLanes(boxes) {
  const processes = [];
  for (const box of boxes) {
    if (!processes.includes(box.exhibit.process)) processes.push(box.exhibit.process);
    box.lane = processes.indexOf(box.exhibit.process);
    box.top = TOP + box.lane * LANE;
    box.middle = box.top + BOX / 2;
  }
  return processes;
}

// The answer with which the history became impossible.
function isBroken(box, evidence) {
  return evidence.impossible_at > 0 && box.exhibit.ended === evidence.impossible_at;
}

function drawBox(box, evidence) {
  const {exhibit} = box;
  const broken = isBroken(box, evidence);
  const x = box.left + 12;
  const parts = [
    makeSvg('title', {}, `${exhibit.text} (${exhibit.outcome}), process ${exhibit.process} at ${exhibit.node}, record #${exhibit.began}`),
    makeSvg('rect', {x: box.left, y: box.top, width: box.right - box.left, height: BOX, rx: 5,
      class: 'box ' + (box.open ? 'open' : exhibit.outcome) + (broken ? ' broken' : '')}),
    makeSvg('text', {x, y: box.top + 18, class: 'call'}, box.label),
    makeSvg('text', {x, y: box.top + 34, class: 'note'}, box.note),
  ];
  if (box.open) parts.push(makeSvg('text', {x: box.right - 22, y: box.middle + 8, class: 'question'}, '?'));
  if (broken) parts.push(makeSvg('text', {x: box.right, y: box.top + BOX + 16, class: 'cross'}, CROSS));
  return makeSvg('a', {href: '#op=' + exhibit.began}, ...parts);
}

// Times below their columns, each in the first of three rows where it fits.
function drawTimes(events, bottom) {
  const ends = [0, 0, 0], parts = [];
  const zero = events.length > 0 ? events[0].time : 0;
  const span = events.length > 0 ? events[events.length - 1].time - zero : 0;
  for (const event of events) {
    const text = event.time === zero ? momentText(zero, Math.max(1, span / 100)) : '+' + durationText(event.time - zero);
    const wide = textWidth(text, SMALL_WIDTH) + 6;
    const row = ends.findIndex((end) => event.x - wide / 2 > end);
    parts.push(makeSvg('line', {x1: event.x, x2: event.x, y1: TOP - 12, y2: bottom, class: 'moment'}));
    if (row < 0) continue;
    ends[row] = event.x + wide / 2;
    parts.push(makeSvg('text', {x: event.x, y: bottom + 14 + row * 15, class: 'time'}, text));
  }
  return parts;
}

function drawCounterexample(evidence) {
  const room = document.querySelector('main').clientWidth - RIGHT - FRAME;
  let layout = layOutBoxes(evidence, LEAST_GAP);
  for (let gap = LEAST_GAP + 10; gap <= MOST_GAP; gap += 10) {
    const wider = layOutBoxes(evidence, gap);
    if (wider.right > room) break;
    layout = wider;
  }
  const {boxes, events, right} = layout;
  const processes = layOutLanes(boxes);
  const bottom = TOP + processes.length * LANE - LANE + BOX + 26;
  const width = right + RIGHT, height = bottom + 56;
  const taken = boxes.map((box) => ({left: box.left - 2, right: box.right + 2, top: box.top - 2, bottom: box.top + BOX + 2}));
  for (const box of boxes.filter((one) => isBroken(one, evidence))) {
    taken.push({left: box.right - textWidth(CROSS, TEXT_WIDTH), right: box.right, top: box.top + BOX, bottom: box.top + BOX + 20});
  }
  const {lines, labels} = drawArrows(evidence, boxes, taken, {right: width - 6, bottom: bottom - 2});
  const lanes = processes.map((process, lane) => {
    const middle = TOP + lane * LANE + BOX / 2;
    return [makeSvg('line', {x1: LEFT, x2: right, y1: middle, y2: middle, class: 'lane'}),
      makeSvg('text', {x: 10, y: middle + 5, class: 'process'}, 'process ' + process)];
  });
  const definitions = makeSvg('defs', {},
    makeSvg('marker', {id: 'head', viewBox: '0 0 10 10', refX: 9, refY: 5, markerWidth: 11, markerHeight: 11, markerUnits: 'userSpaceOnUse', orient: 'auto-start-reverse'},
      makeSvg('path', {d: 'M0,0 L10,5 L0,10 z', class: 'tip'})),
    makeSvg('linearGradient', {id: 'fading'}, makeSvg('stop', {offset: '40%', class: 'near'}), makeSvg('stop', {offset: '100%', class: 'far'})));
  return makeSvg('svg', {width, height, viewBox: `0 0 ${width} ${height}`, role: 'img', 'aria-label': evidence.sentence, class: 'counterexample'},
    definitions, drawTimes(events, bottom), lanes, lines, boxes.map((box) => drawBox(box, evidence)), labels);
}
