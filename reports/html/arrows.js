// The arrows of a counterexample: where they leave and arrive, how they run between the boxes, and where their labels
// fit without covering anything.

// An arrow runs sideways when its first box ends before its second begins, else across the lanes.
function runsSideways(from, to) { return !from.open && from.right <= to.left; }

// Arrows at one side of a box are spread along it, those to upper lanes on top.
function spreadPorts(arrows) {
  const sides = new Map();
  for (const arrow of arrows) {
    if (!arrow.sideways) continue;
    for (const [end, box, other] of [['leave', arrow.from, arrow.to], ['arrive', arrow.to, arrow.from]]) {
      const side = end + box.place;
      if (!sides.has(side)) sides.set(side, []);
      sides.get(side).push({arrow, end, box, other});
    }
  }
  for (const ports of sides.values()) {
    ports.sort((a, b) => a.other.lane - b.other.lane || a.other.left - b.other.left);
    const step = Math.min(14, (BOX - 10) / ports.length);
    ports.forEach((port, k) => { port.arrow[port.end] = port.box.middle + (k - (ports.length - 1) / 2) * step; });
  }
}

// A clear column for an arrow that must pass other lanes, or the middle when there is none.
function passage(arrow, boxes, used) {
  const {from, to} = arrow;
  const low = from.right + 14, high = to.left - 16;
  const lanes = [Math.min(from.lane, to.lane), Math.max(from.lane, to.lane)];
  const blocked = (x) => used.some((other) => Math.abs(other - x) < 10) || boxes.some((box) => {
    if (box === from || box === to || box.lane < lanes[0] || box.lane > lanes[1]) return false;
    if (box.lane === from.lane) return box.left > from.left && box.left < x;
    if (box.lane === to.lane) return box.right < to.right && box.right > x;
    return x > box.left - 10 && x < box.right + 10;
  });
  for (let x = high; x >= low; x -= 6) if (!blocked(x)) return x;
  return (low + high) / 2;
}

function curve(points) {
  return {points, path: `M${points[0]},${points[1]} C${points.slice(2).join(' ')}`};
}

function sidewaysPath(arrow, boxes, used) {
  const x1 = arrow.from.right, y1 = arrow.leave, x2 = arrow.to.left, y2 = arrow.arrive;
  if (Math.abs(arrow.from.lane - arrow.to.lane) < 2) {
    const bend = Math.min(60, (x2 - x1) / 2);
    return curve([x1, y1, x1 + bend, y1, x2 - bend, y2, x2, y2]);
  }
  const x = passage(arrow, boxes, used);
  used.push(x);
  const round = Math.min(10, x - x1, x2 - x), turn = y2 > y1 ? round : -round;
  return {points: [x, y1, x, y1, x, y2, x, y2],
    path: `M${x1},${y1} H${x - round} Q${x},${y1} ${x},${y1 + turn} V${y2 - turn} Q${x},${y2} ${x + round},${y2} H${x2}`};
}

// Up or down between boxes that overlap in time, or back from a later box to an earlier one.
function crossingPath(arrow, nth) {
  const {from, to} = arrow;
  const shift = nth * 16;
  if (from.lane === to.lane) {
    const x1 = from.left + 16 + shift, x2 = to.right - 16 - shift;
    return curve([x1, from.top, x1, from.top - 40, x2, to.top - 40, x2, to.top]);
  }
  const down = to.lane > from.lane;
  const y1 = down ? from.top + BOX : from.top, y2 = down ? to.top : to.top + BOX;
  const low = Math.max(from.left, to.left), high = Math.min(from.right, to.right);
  const backwards = low >= high && to.right <= from.left;
  const x1 = low < high ? low + (high - low) * .4 + shift : backwards ? from.left + 18 + shift : from.right - 18 - shift;
  const x2 = low < high ? x1 : backwards ? to.right - 18 - shift : to.left + 18 + shift;
  const lift = (y2 - y1) * .55;
  return curve([x1, y1, x1, y1 + lift, x2, y2 - lift, x2, y2]);
}

function pointOnCurve(points, t) {
  const u = 1 - t, a = u * u * u, b = 3 * u * u * t, c = 3 * u * t * t, d = t * t * t;
  return {x: a * points[0] + b * points[2] + c * points[4] + d * points[6], y: a * points[1] + b * points[3] + c * points[5] + d * points[7]};
}

function overlap(a, b) {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}

// The first place along the arrow, then ever farther beside it, where the label covers no box and no other label.
function placeLabel(points, wide, taken, limits) {
  for (const aside of [0, 12, -12, 24, -24, 40, -40, 60, -60]) {
    for (const t of [.5, .44, .56, .38, .62, .32, .68, .26, .74, .2, .8]) {
      const {x, y} = pointOnCurve(points, t);
      const label = {left: x - wide / 2, right: x + wide / 2, top: y + aside - 9, bottom: y + aside + 9};
      if (label.left < 4 || label.right > limits.right || label.top < 2 || label.bottom > limits.bottom) continue;
      if (!taken.some((other) => overlap(label, other))) return label;
    }
  }
  return null;  // the number in the list of reasons below must do
}

// Draws the arrows of `evidence` between its boxes; `taken` are the places that labels must leave free.
function drawArrows(evidence, boxes, taken, limits) {
  const arrows = evidence.arrows.map((arrow, place) => {
    const from = boxes[arrow.from], to = boxes[arrow.to];
    return {from, to, why: arrow.why, number: place + 1, sideways: runsSideways(from, to)};
  });
  spreadPorts(arrows);
  const used = [], lines = [], labels = [];
  let crossing = 0;
  for (const arrow of arrows) {
    Object.assign(arrow, arrow.sideways ? sidewaysPath(arrow, boxes, used) : crossingPath(arrow, crossing++));
    lines.push(makeSvg('path', {d: arrow.path, class: 'arrow ' + arrow.why.replace(/[^a-z]+/g, '-'), 'marker-end': 'url(#head)'}));
  }
  // Short arrows have the fewest places for a label, so they choose first.
  const length = (arrow) => Math.abs(arrow.points[6] - arrow.points[0]) + Math.abs(arrow.points[7] - arrow.points[1]);
  for (const arrow of [...arrows].sort((a, b) => length(a) - length(b))) {
    const text = arrow.number + ' ' + shortened(arrow.why, 24);
    const label = placeLabel(arrow.points, textWidth(text, SMALL_WIDTH) + 14, taken, limits);
    if (!label) continue;
    taken.push(label);
    labels.push(makeSvg('rect', {x: label.left, y: label.top, width: label.right - label.left, height: 18, rx: 9, class: 'pill'}),
      makeSvg('text', {x: (label.left + label.right) / 2, y: label.top + 13, class: 'why'}, text));
  }
  return {lines, labels};
}
