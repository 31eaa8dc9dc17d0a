// What the timeline paints, each layer by itself, onto a canvas whose unit is a CSS pixel. `frame` is the layout and
// view that plot.js makes; no layer keeps state.

const DENSE_FROM = 20000;  // visible operations above which single marks no longer tell anything
const CELL = 2;            // pixels of a density cell

// One bar's share of each outcome, for all nodes and for each: counts[(node * 3 + outcome) * bins + bin].
function binOutcomes(operations, frame) {
  const step = roundStep((frame.to - frame.from) / Math.max(1, frame.width / 4));
  const start = Math.floor(frame.from / step);
  const bins = Math.floor(frame.to / step) - start + 1;
  const all = new Uint32Array(3 * bins);
  const byNode = new Uint32Array(3 * bins * frame.nodes.length);
  const {time, outcome, node} = operations;
  for (let i = frame.first; i < frame.last; ++i) {
    const bin = Math.floor(time[i] / step) - start;
    if (bin < 0 || bin >= bins) continue;
    all[outcome[i] * bins + bin]++;
    const row = frame.nodeRow[node[i]];
    if (row >= 0) byNode[(row * 3 + outcome[i]) * bins + bin]++;
  }
  return {step, start, bins, all, byNode};
}

function paintAxis(context, frame, colours) {
  const {step, places} = ticks(frame.from, frame.to, frame.width / 90);
  context.font = frame.font;
  context.textAlign = 'center';
  context.textBaseline = 'top';
  for (const place of places) {
    const x = Math.round(frame.x(place)) + .5;
    context.strokeStyle = colours.line;
    context.beginPath();
    context.moveTo(x, frame.lanes.top);
    context.lineTo(x, frame.latency.bottom);
    context.stroke();
    context.fillStyle = colours.faint;
    context.fillText(momentText(place, step), x, frame.latency.bottom + 6);
  }
}

function paintTitle(context, frame, colours, area, text) {
  context.font = frame.font;
  context.fillStyle = colours.faint;
  context.textAlign = 'left';
  context.textBaseline = 'top';
  context.fillText(text, 2, area.top);
}

function paintBands(context, frame, colours, bands) {
  for (const band of bands) {
    if (band.ghost || band.to < frame.from || band.from > frame.to) continue;
    const left = Math.max(frame.left, frame.x(band.from)), right = Math.min(frame.right, frame.x(band.to));
    context.globalAlpha = .13;
    context.fillStyle = colours.kinds[band.colour];
    context.fillRect(left, frame.lanes.bottom, Math.max(1, right - left), frame.latency.bottom - frame.lanes.bottom);
    context.globalAlpha = 1;
  }
}

function paintLane(context, frame, colours, band) {
  const left = Math.max(frame.left, frame.x(band.from)), right = Math.min(frame.right, Math.max(frame.x(band.to), frame.x(band.from) + 3));
  const settled = Math.min(frame.right, frame.x(band.settled));
  const top = frame.lanes.top + band.lane * frame.laneHeight + 2, height = frame.laneHeight - 4;
  const whole = band.state === 'verified' || band.state === '';
  context.strokeStyle = context.fillStyle = colours.kinds[band.colour];
  context.globalAlpha = band.ghost ? .1 : .3;
  context.fillRect(left, top, right - left, height);
  context.globalAlpha = 1;
  context.setLineDash(whole && !band.failure ? [] : [4, 3]);
  context.strokeRect(left + .5, top + .5, right - left - 1, height - 1);
  context.setLineDash([]);
  if (settled > right) {  // healed, and waiting to be seen healed
    context.beginPath();
    context.moveTo(right, top + height / 2);
    context.lineTo(settled, top + height / 2);
    context.moveTo(settled - .5, top + 3);
    context.lineTo(settled - .5, top + height - 3);
    context.stroke();
  }
  paintLaneLabel(context, frame, colours, band, {left, right, middle: top + height / 2 + .5});
}

// Inside its band if it fits, else running over its end as far as the next band, else cut short.
function paintLaneLabel(context, frame, colours, band, place) {
  const icon = faultIcon(band);
  const said = (label) => (icon ? icon + ' ' : '') + label;
  const room = Math.min(frame.right, frame.x(band.next)) - place.left - 8;
  let text = [band.label, band.short, band.kind].map(said).find((label) => context.measureText(label).width <= room) || said(band.kind);
  while (text.length > 1 && context.measureText(text).width > room) text = text.slice(0, -2) + '…';
  context.font = frame.font;
  context.textAlign = 'left';
  context.textBaseline = 'middle';
  if (place.left + context.measureText(text).width + 5 > place.right) {  // a rim, where it runs over lines
    context.save();
    context.beginPath();
    context.rect(place.right + 1, frame.lanes.top, frame.right - place.right, frame.lanes.bottom - frame.lanes.top);
    context.clip();
    context.lineWidth = 4;
    context.strokeStyle = colours.card;
    context.strokeText(text, place.left + 5, place.middle);
    context.restore();
  }
  context.fillStyle = band.failure ? colours.violated : colours.ink;
  if (text.length > 1) context.fillText(text, place.left + 5, place.middle);
}

function paintRate(context, frame, colours, binned) {
  const {step, start, bins, all} = binned, area = frame.rate;
  let most = 1;
  for (let bin = 0; bin < bins; ++bin) most = Math.max(most, all[bin] + all[bins + bin] + all[2 * bins + bin]);
  const height = area.bottom - area.top - 4;
  for (let bin = 0; bin < bins; ++bin) {
    const left = Math.max(frame.left, frame.x((start + bin) * step)), right = Math.min(frame.right, frame.x((start + bin + 1) * step));
    let bottom = area.bottom;
    for (const outcome of [UNKNOWN, FAILED, OK]) {  // the rare ones at the foot, where they can be compared
      const part = all[outcome * bins + bin];
      if (part === 0) continue;
      const tall = Math.max(outcome === OK ? .5 : 1.5, height * part / most);
      context.fillStyle = colours.outcomes[outcome];
      context.fillRect(left, bottom - tall, Math.max(1, right - left - .5), tall);
      bottom -= tall;
    }
  }
  const top = most / (step / 1e6);
  context.fillStyle = colours.faint;
  context.textAlign = 'right';
  context.textBaseline = 'middle';
  context.fillText(top >= 10 ? countText(Math.round(top)) : top.toFixed(1), frame.left - 6, area.top + 6);
  context.fillText('0', frame.left - 6, area.bottom - 4);
}

function paintNodes(context, frame, colours, binned) {
  const {step, start, bins, byNode} = binned;
  const tall = frame.nodeHeight - 2;
  for (let row = 0; row < frame.nodes.length; ++row) {
    const top = frame.strips.top + row * frame.nodeHeight;
    for (let bin = 0; bin < bins; ++bin) {
      const at = (outcome) => byNode[(row * 3 + outcome) * bins + bin];
      const sum = at(OK) + at(FAILED) + at(UNKNOWN);
      if (sum === 0) continue;
      const left = Math.max(frame.left, frame.x((start + bin) * step)), right = Math.min(frame.right, frame.x((start + bin + 1) * step));
      let y = top + tall;
      for (const outcome of [UNKNOWN, FAILED, OK]) {
        const part = tall * at(outcome) / sum;
        context.fillStyle = colours.outcomes[outcome];
        context.fillRect(left, y - part, right - left + .3, part);
        y -= part;
      }
    }
    context.fillStyle = colours.faint;
    context.textAlign = 'right';
    context.textBaseline = 'middle';
    context.fillText(clippedText(operationsNode(frame, row), 9), frame.left - 6, top + tall / 2);
  }
}

function operationsNode(frame, row) { return frame.nodeNames[frame.nodes[row]] || '?'; }

function clippedText(text, limit) { return text.length <= limit ? text : text.slice(0, limit - 1) + '…'; }

function paintLatencyAxis(context, frame, colours) {
  context.textAlign = 'right';
  context.textBaseline = 'middle';
  for (let power = frame.lowPower; power <= frame.highPower; ++power) {
    const y = Math.round(frame.y(power)) + .5;
    context.strokeStyle = colours.line;
    context.beginPath();
    context.moveTo(frame.left, y);
    context.lineTo(frame.right, y);
    context.stroke();
    context.fillStyle = colours.faint;
    context.fillText(decadeText(power), frame.left - 6, y);
  }
  if (frame.hasOpen) context.fillText('no answer', frame.left - 6, frame.openY);
}

// Where operation i stands in the latency plot.
function operationY(operations, frame, i) {
  return operations.isOpen(i) ? frame.openY : frame.y(operations.logDuration[i]);
}

function paintDensity(context, frame, colours, operations) {
  const columns = Math.ceil(frame.width / CELL), rows = Math.ceil((frame.latency.bottom - frame.latency.top) / CELL);
  const counts = [0, 1, 2].map(() => new Uint32Array(columns * rows));
  const {time, outcome, logDuration} = operations;
  const scale = columns / (frame.to - frame.from);
  const zero = (frame.y(0) - frame.latency.top) / CELL, slope = (frame.y(1) - frame.y(0)) / CELL;
  const openRow = (frame.openY - frame.latency.top) / CELL | 0;
  for (let i = frame.first; i < frame.last; ++i) {  // the one loop that meets every operation at every frame
    const column = Math.min(columns - 1, (time[i] - frame.from) * scale | 0);
    const height = logDuration[i];
    const row = height === height ? Math.min(rows - 1, Math.max(0, zero + slope * height | 0)) : openRow;
    counts[outcome[i]][row * columns + column]++;
  }
  let most = 1;
  for (const count of counts[OK]) if (count > most) most = count;
  const image = new ImageData(columns, rows);
  const ink = colours.outcomes.map(rgbOf);
  for (let cell = 0; cell < columns * rows; ++cell) {
    const shown = counts[UNKNOWN][cell] ? UNKNOWN : counts[FAILED][cell] ? FAILED : OK;  // the rare is never hidden
    const count = counts[shown][cell];
    if (count === 0) continue;
    const [red, green, blue] = ink[shown];
    image.data.set([red, green, blue, shown === OK ? 70 + 185 * Math.log1p(count) / Math.log1p(most) : 235], cell * 4);
  }
  const sheet = new OffscreenCanvas(columns, rows);
  sheet.getContext('2d').putImageData(image, 0, 0);
  context.imageSmoothingEnabled = false;
  context.drawImage(sheet, frame.left, frame.latency.top, columns * CELL, rows * CELL);
}

// Shapes tell functions apart: a read is a disc, a write a square, a cas a triangle, anything else a diamond.
function tracePoint(context, shape, x, y, size) {
  if (shape === 'read') {
    context.moveTo(x + size, y);
    context.arc(x, y, size, 0, 7);
  } else if (shape === 'cas') {
    context.moveTo(x, y - size * 1.2);
    context.lineTo(x + size * 1.1, y + size);
    context.lineTo(x - size * 1.1, y + size);
    context.closePath();
  } else if (shape === 'write' || shape === 'add' || shape === 'append') {
    context.rect(x - size * .9, y - size * .9, size * 1.8, size * 1.8);
  } else {
    context.moveTo(x, y - size * 1.3);
    context.lineTo(x + size * 1.3, y);
    context.lineTo(x, y + size * 1.3);
    context.lineTo(x - size * 1.3, y);
    context.closePath();
  }
}

function paintPoints(context, frame, colours, operations) {
  const size = frame.last - frame.first > 4000 ? 1.6 : frame.last - frame.first > 600 ? 2.4 : 3.6;
  for (const outcome of [OK, FAILED, UNKNOWN]) {
    context.fillStyle = colours.outcomes[outcome];
    context.globalAlpha = outcome === OK ? .75 : 1;
    context.beginPath();
    for (let i = frame.first; i < frame.last; ++i) {
      if (operations.outcome[i] !== outcome) continue;
      const larger = outcome === OK ? size : Math.max(2.4, size);
      tracePoint(context, operations.functionName(i), frame.x(operations.time[i]), operationY(operations, frame, i), larger);
    }
    context.fill();
  }
  context.globalAlpha = 1;
}

function paintPins(context, frame, colours, pins) {
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  for (const pin of pins) {
    const x = frame.x(pin.time);
    if (x < frame.left - 1 || x > frame.right + 1) continue;
    context.strokeStyle = context.fillStyle = colours.violated;
    context.setLineDash([2, 3]);
    context.beginPath();
    context.moveTo(x, frame.pins.bottom);
    context.lineTo(x, frame.latency.bottom);
    context.stroke();
    context.setLineDash([]);
    context.beginPath();
    context.moveTo(x, frame.pins.bottom);
    context.lineTo(x - 9, frame.pins.bottom - 8);
    context.lineTo(x - 9, frame.pins.top);
    context.lineTo(x + 9, frame.pins.top);
    context.lineTo(x + 9, frame.pins.bottom - 8);
    context.closePath();
    context.fill();
    context.fillStyle = colours.card;
    context.fillText('✗' + pin.number, x, frame.pins.top + 8);
  }
}
