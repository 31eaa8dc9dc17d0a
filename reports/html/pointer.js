// Mouse and keys over the timeline: zoom, move, brush, and what lies under the pointer.

const REACH = 10;  // pixels within which an operation answers to the pointer

class Pointer {
  constructor(timeline, choose, open) {
    Object.assign(this, {timeline, choose, open});
    this.tooltip = byId('tooltip');
    this.elsewhere = 0;  // when the page was last scrolled from outside the chart
    const chart = timeline.chart;
    window.addEventListener('wheel', (event) => { if (!chart.contains(event.target)) this.elsewhere = event.timeStamp; }, {passive: true});
    chart.addEventListener('wheel', (event) => this.wheel(event), {passive: false});
    chart.addEventListener('pointerdown', (event) => this.down(event));
    chart.addEventListener('pointermove', (event) => this.hover(event));
    chart.addEventListener('pointerup', (event) => this.up(event));
    chart.addEventListener('pointercancel', () => this.endDrag());
    chart.addEventListener('pointerleave', () => { this.tooltip.hidden = true; });
    chart.addEventListener('dblclick', () => timeline.showAll());
    chart.addEventListener('keydown', (event) => this.key(event));
  }

  place(event) {
    const box = this.timeline.chart.getBoundingClientRect();
    return {x: event.clientX - box.left, y: event.clientY - box.top};
  }

  // Scrolling the page past the chart must not be caught, nor zooming out of what is all in view.
  wheel(event) {
    const {timeline} = this;
    const whole = timeline.view.to - timeline.view.from >= timeline.end * .999;
    if (event.timeStamp - this.elsewhere < 300 || (whole && event.deltaY > 0)) {
      this.elsewhere = event.timeStamp;
      return;
    }
    event.preventDefault();
    if (Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
      timeline.move(event.deltaX / timeline.frame.width);
    } else {
      timeline.zoom(Math.exp(Math.sign(event.deltaY) * Math.min(60, Math.abs(event.deltaY)) * .004), timeline.frame.x.invert(this.place(event).x));
    }
  }

  down(event) {
    if (event.button !== 0) return;
    this.drag = {x: this.place(event).x, moves: event.shiftKey, view: {...this.timeline.view}};
    this.timeline.chart.setPointerCapture(event.pointerId);
  }

  hover(event) {
    const {timeline, drag} = this;
    const {x, y} = this.place(event);
    if (!timeline.frame) return;
    if (drag && drag.moves) {
      const by = (drag.x - x) / timeline.frame.width * (drag.view.to - drag.view.from);
      timeline.show(drag.view.from + by, drag.view.to + by);
    } else if (drag && Math.abs(x - drag.x) > 4) {
      timeline.brush = [drag.x, x];
      timeline.drawOverlay();
    }
    this.tell(drag ? null : this.under(x, y), x, y);
  }

  up(event) {
    const {timeline, drag} = this;
    const {x, y} = this.place(event);
    const brush = timeline.brush;
    this.endDrag();
    if (brush) {
      const [from, to] = brush.map(timeline.frame.x.invert).sort((a, b) => a - b);
      timeline.show(from, to);
    } else if (drag && Math.abs(x - drag.x) <= 4) {
      const found = this.under(x, y);
      if (found && found.pin) this.open(found.pin);
      if (found && found.operation !== undefined) this.choose(found.operation);
    }
  }

  endDrag() {
    this.drag = null;
    this.timeline.brush = null;
    this.timeline.drawOverlay();
  }

  key(event) {
    const {timeline} = this;
    const actions = {
      '+': () => timeline.zoom(.6), '=': () => timeline.zoom(.6), '-': () => timeline.zoom(1 / .6), '0': () => timeline.showAll(),
      ArrowLeft: () => timeline.move(-.2), ArrowRight: () => timeline.move(.2),
      ArrowUp: () => timeline.zoom(.6), ArrowDown: () => timeline.zoom(1 / .6),
    };
    if (!actions[event.key] || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    actions[event.key]();
  }

  under(x, y) {
    const {timeline} = this, {frame} = timeline;
    const pin = timeline.pins.find((one) => y < frame.pins.bottom && Math.abs(frame.x(one.time) - x) <= 10);
    if (pin) return {pin};
    if (y >= frame.lanes.top && y < frame.lanes.bottom) {
      const lane = Math.floor((y - frame.lanes.top) / frame.laneHeight);
      const time = frame.x.invert(x), slack = 4 * (frame.to - frame.from) / frame.width;
      const band = timeline.bands.find((one) => one.lane === lane && time >= one.from - slack && time <= one.settled + slack);
      return band ? {band} : null;
    }
    if (y < frame.latency.top || y > frame.latency.bottom) return null;
    const operation = this.nearest(x, y);
    return operation < 0 ? null : {operation};
  }

  nearest(x, y) {
    const {operations, frame} = this.timeline;
    const last = operations.firstFrom(frame.x.invert(x + REACH));
    let found = -1, least = REACH * REACH;
    for (let i = operations.firstFrom(frame.x.invert(x - REACH)); i < last; ++i) {
      const dx = frame.x(operations.time[i]) - x, dy = operationY(operations, frame, i) - y;
      const distance = dx * dx + dy * dy;
      // Of two at one place the rarer outcome is meant: it is the one that is drawn on top.
      if (distance < least || (distance === least && found >= 0 && operations.outcome[i] > operations.outcome[found])) {
        found = i;
        least = distance;
      }
    }
    return found;
  }

  tell(found, x, y) {
    this.tooltip.hidden = !found;
    this.timeline.chart.style.cursor = found && !found.band ? 'pointer' : 'crosshair';
    if (!found) return;
    let fields;
    if (found.pin) fields = [['violation', found.pin.text], ['at', momentText(found.pin.time, 1e3)]];
    else if (found.band) fields = bandFields(found.band);
    else fields = operationFields(this.timeline.operations, found.operation);
    this.tooltip.replaceChildren(fieldList(fields));
    const wide = this.timeline.chart.clientWidth, box = this.tooltip;
    box.style.left = Math.max(0, x + 16 + box.offsetWidth > wide ? x - 16 - box.offsetWidth : x + 16) + 'px';
    box.style.top = y + 14 + 'px';
  }
}

function fieldList(fields, style) {
  return make('dl', {class: style}, fields.map(([name, value]) => [make('dt', {}, name), make('dd', {}, value)]));
}

// All that the history says of an operation.
function operationFields(operations, i) {
  const open = operations.isOpen(i);
  const fields = [
    ['operation', operations.text(i)],
    ['outcome', outcomeCell(operations.outcomeName(i))],
    ['process', String(operations.process[i])],
    ['node', operations.nodeName(i) || '–'],
    ['called', momentText(operations.time[i], 1)],
    [open ? 'answered' : operations.outcome[i] === UNKNOWN ? 'given up' : 'answered',
      open ? 'never' : momentText(operations.time[i] + operations.duration[i], 1) + ', after ' + durationText(operations.duration[i])],
  ];
  if (operations.late[i] > 0) fields.push(['sent late by', durationText(operations.late[i])]);
  if (operations.error[i] > 0) fields.push(['error', operations.errorText(i)]);
  const span = operations.span[i];
  fields.push(['records', '#' + operations.began[i] + (span > 0 ? ' – #' + (operations.began[i] + span) : ' –')]);
  return fields;
}
