// A counterexample as a drawing: a lane for each process, a box for each operation, an arrow for each order that must
// hold. Time runs to the right, stretched so that order can be read; the real times stand below.

const LANE = 92, BOX = 42, GAP = 30, LEFT = 108, TOP = 34;
const TEXT_WIDTH = 7.6, SMALL_WIDTH = 6.5;  // of a character, on average and from above

function textWidth(text, unit) { return [...text].length * unit; }

function shortened(text, limit) {
  const characters = [...text];
  return characters.length <= limit ? text : characters.slice(0, limit - 1).join('') + '…';
}

// Where every box begins and ends: each event a column of its own, columns far enough apart for the text between them.
function layOutBoxes(evidence) {
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
    x += GAP;
    if (event.starts) {
      // A process does one thing at a time: its next box begins behind the last one's text.
      for (const other of boxes) {
        if (other.left !== undefined && other.exhibit.process === event.box.exhibit.process) x = Math.max(x, (other.right ?? other.left + other.wide) + GAP);
      }
      event.box.left = x;
    } else {
      x = Math.max(x, event.box.left + event.box.wide);
      event.box.right = x;
    }
    event.x = x;
  }
  let right = x + GAP;
  for (const box of boxes) {
    box.open = box.right === undefined;
    if (box.open) right = Math.max(right, box.left + box.wide + 60);
  }
  for (const box of boxes) if (box.open) box.right = right;
  return {boxes, events, right: right + GAP};
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

// The two ends of an arrow: side to side when one box ends before the other begins, else across the lanes.
function arrowEnds(from, to, nth) {
  const shift = nth * 9;
  if (from.right <= to.left && !from.open) {
    return {x1: from.right, y1: from.middle + shift, x2: to.left, y2: to.middle + shift, sideways: true};
  }
  const low = Math.max(from.left, to.left), high = Math.min(from.right, to.right);
  const down = to.lane > from.lane;
  const ends = {y1: down ? from.top + BOX : from.top, y2: down ? to.top : to.top + BOX, sideways: false};
  if (low < high) {
    const x = low + (high - low) * .35 + shift * 2;
    return {...ends, x1: x, x2: x};
  }
  return {...ends, x1: from.left + 14 + shift, x2: to.right - 14 - shift, y1: from.top, y2: to.lane === from.lane ? to.top : ends.y2};
}

function arrowPath(ends, sameLane) {
  const {x1, y1, x2, y2} = ends;
  if (ends.sideways) {
    const bend = Math.min(60, (x2 - x1) / 2);
    return {path: `M${x1},${y1} C${x1 + bend},${y1} ${x2 - bend},${y2} ${x2},${y2}`, points: [x1, y1, x1 + bend, y1, x2 - bend, y2, x2, y2]};
  }
  const lift = sameLane ? -46 : (y2 - y1) * .5;
  const points = sameLane ? [x1, y1, x1, y1 + lift, x2, y2 + lift, x2, y2] : [x1, y1, x1, y1 + lift, x2, y2 - lift, x2, y2];
  return {path: `M${points[0]},${points[1]} C${points[2]},${points[3]} ${points[4]},${points[5]} ${points[6]},${points[7]}`, points};
}

function pointOnCurve(points, t) {
  const u = 1 - t, a = u * u * u, b = 3 * u * u * t, c = 3 * u * t * t, d = t * t * t;
  return {x: a * points[0] + b * points[2] + c * points[4] + d * points[6], y: a * points[1] + b * points[3] + c * points[5] + d * points[7]};
}

function overlap(a, b) {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}

// The first place along the curve, then ever farther beside it, where the label covers nothing that is drawn.
function placeLabel(points, wide, taken, limits) {
  for (const aside of [0, 16, -16, 30, -30, 44, -44, 60, -60]) {
    for (const t of [.5, .42, .58, .34, .66, .26, .74, .16, .84]) {
      const {x, y} = pointOnCurve(points, t);
      const label = {left: x - wide / 2, right: x + wide / 2, top: y + aside - 9, bottom: y + aside + 9};
      if (label.left < 4 || label.right > limits.right || label.top < 2 || label.bottom > limits.bottom) continue;
      if (!taken.some((other) => overlap(label, other))) return label;
    }
  }
  return null;  // the number in the list of reasons below must do
}

function drawArrows(evidence, boxes, limits) {
  const lines = [], labels = [];
  const taken = boxes.map((box) => ({left: box.left - 2, right: box.right + 2, top: box.top - 2, bottom: box.top + BOX + 2}));
  const pairs = new Map();
  evidence.arrows.forEach((arrow, place) => {
    const from = boxes[arrow.from], to = boxes[arrow.to];
    const pair = Math.min(arrow.from, arrow.to) + '-' + Math.max(arrow.from, arrow.to);
    const nth = pairs.get(pair) || 0;
    pairs.set(pair, nth + 1);
    const {path, points} = arrowPath(arrowEnds(from, to, nth), from.lane === to.lane);
    const style = 'arrow ' + arrow.why.replace(/[^a-z]+/g, '-');
    lines.push(makeSvg('path', {d: path, class: style, 'marker-end': 'url(#head)'}));
    const text = place + 1 + ' ' + shortened(arrow.why, 24);
    const label = placeLabel(points, textWidth(text, SMALL_WIDTH) + 14, taken, limits);
    if (!label) return;
    taken.push(label);
    labels.push(makeSvg('rect', {x: label.left, y: label.top, width: label.right - label.left, height: 18, rx: 9, class: 'pill'}),
      makeSvg('text', {x: (label.left + label.right) / 2, y: label.top + 13, class: 'why'}, text));
  });
  return {lines, labels};
}

function drawBox(box, evidence) {
  const {exhibit} = box;
  const broken = evidence.impossible_at > 0 && exhibit.ended === evidence.impossible_at;
  const x = box.left + 12;
  const parts = [
    makeSvg('title', {}, `${exhibit.text} (${exhibit.outcome}), process ${exhibit.process} at ${exhibit.node}, record #${exhibit.began}`),
    makeSvg('rect', {x: box.left, y: box.top, width: box.right - box.left, height: BOX, rx: 5,
      class: 'box ' + (box.open ? 'open' : exhibit.outcome) + (broken ? ' broken' : '')}),
    makeSvg('text', {x, y: box.top + 18, class: 'call'}, box.label),
    makeSvg('text', {x, y: box.top + 34, class: 'note'}, box.note),
  ];
  if (box.open) parts.push(makeSvg('text', {x: box.right - 22, y: box.middle + 8, class: 'question'}, '?'));
  if (broken) parts.push(makeSvg('text', {x: box.right + 3, y: box.top - 4, class: 'cross'}, '✗ impossible from here'));
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
  const {boxes, events, right} = layOutBoxes(evidence);
  const processes = layOutLanes(boxes);
  const bottom = TOP + processes.length * LANE - LANE + BOX + 26;
  const width = right + 150, height = bottom + 56;
  const {lines, labels} = drawArrows(evidence, boxes, {right: width - 6, bottom: bottom - 2});
  const lanes = processes.map((process, lane) => {
    const middle = TOP + lane * LANE + BOX / 2;
    return [makeSvg('line', {x1: LEFT, x2: right, y1: middle, y2: middle, class: 'lane'}),
      makeSvg('text', {x: 10, y: middle + 5, class: 'process'}, 'process ' + process)];
  });
  const definitions = makeSvg('defs', {},
    makeSvg('marker', {id: 'head', viewBox: '0 0 10 10', refX: 9, refY: 5, markerWidth: 8, markerHeight: 8, orient: 'auto-start-reverse'},
      makeSvg('path', {d: 'M0,0 L10,5 L0,10 z', class: 'tip'})),
    makeSvg('linearGradient', {id: 'fading'}, makeSvg('stop', {offset: '40%', class: 'near'}), makeSvg('stop', {offset: '100%', class: 'far'})));
  return makeSvg('svg', {width, height, viewBox: `0 0 ${width} ${height}`, role: 'img', 'aria-label': evidence.sentence, class: 'counterexample'},
    definitions, drawTimes(events, bottom), lanes, lines, boxes.map((box) => drawBox(box, evidence)), labels);
}
