// The timeline: faults, rate, nodes and latencies over one axis of time. Keeps the view and lays out the picture.

class Timeline {
  constructor(operations, bands, pins) {
    Object.assign(this, {operations, bands, pins});
    this.chart = byId('chart');
    this.canvas = byId('canvas');
    this.overlay = byId('overlay');
    this.selected = -1;
    this.end = Math.max(1000, operations.end, ...bands.filter((band) => !band.ghost).map((band) => band.settled)) * 1.005;
    this.view = {from: 0, to: this.end};
    this.marks = new Set();  // places of operations to ring: the exhibits of the counterexamples
    this.nodes = this.usedNodes();
    this.changed = () => {};  // told when the view moves
    new ResizeObserver(() => this.draw()).observe(this.chart);
  }

  usedNodes() {
    const used = new Uint8Array(this.operations.run.nodes.length + 1);
    for (const node of this.operations.node) used[node] = 1;
    const nodes = [...used.keys()].filter((node) => used[node] && node > 0)
      .sort((a, b) => this.operations.run.nodes[a].localeCompare(this.operations.run.nodes[b], 'en', {numeric: true}));
    return nodes.length <= 16 ? nodes : [];
  }

  show(from, to) {
    const least = 20;  // microseconds; closer than that there is nothing more to see
    const span = Math.min(this.end, Math.max(least, to - from));
    const start = Math.min(Math.max(0, (from + to - span) / 2), this.end - span);
    this.view = {from: start, to: start + span};
    this.draw();
    this.changed();
  }

  showAll() { this.show(0, this.end); }

  zoom(factor, around = (this.view.from + this.view.to) / 2) {
    const {from, to} = this.view;
    const span = Math.min(this.end, (to - from) * factor);
    const start = around - (around - from) / (to - from) * span;
    this.show(start, start + span);
  }

  move(share) {
    const by = (this.view.to - this.view.from) * share;
    this.show(this.view.from + by, this.view.to + by);
  }

  // Brings a span into view with room around it.
  reveal(from, to) {
    const room = Math.max((to - from) * .6, 2000);
    this.show(from - room, to + room);
  }

  select(i) {
    this.selected = i;
    if (i >= 0 && (this.operations.time[i] < this.view.from || this.operations.time[i] > this.view.to)) {
      const half = (this.view.to - this.view.from) / 2;
      this.show(this.operations.time[i] - half, this.operations.time[i] + half);
    }
    this.drawOverlay();
  }

  draw() {
    if (this.waiting) return;
    this.waiting = true;
    requestAnimationFrame(() => {
      this.waiting = false;
      this.drawNow();
    });
  }

  layOut() {
    const width = this.chart.clientWidth, {operations, view} = this;
    const frame = {from: view.from, to: view.to, left: 74, right: width - 14, font: '12px system-ui, "DejaVu Sans", sans-serif'};
    let y = 0;
    const area = (height, gap) => {
      const top = y;
      y += height + (height > 0 ? gap : 0);
      return {top, bottom: top + height};
    };
    frame.laneHeight = this.bands.lanes > 10 ? 12 : 22;
    frame.nodeHeight = 12;
    frame.pins = area(this.pins.length > 0 ? 24 : 0, 2);
    frame.lanes = area(this.bands.lanes * frame.laneHeight, 6);
    frame.rate = area(110, 10);
    frame.strips = area(this.nodes.length * frame.nodeHeight, 10);
    frame.latency = area(270, 26);
    frame.height = y;
    frame.width = frame.right - frame.left;
    frame.x = linearScale(view.from, view.to, frame.left, frame.right);
    frame.first = Math.max(0, operations.firstFrom(view.from));
    frame.last = operations.firstFrom(view.to + 1e-6);
    frame.nodes = this.nodes;
    frame.nodeNames = operations.run.nodes;
    frame.nodeRow = new Int8Array(operations.run.nodes.length).fill(-1);
    this.nodes.forEach((node, row) => { frame.nodeRow[node] = row; });
    this.layOutLatency(frame);
    return frame;
  }

  layOutLatency(frame) {
    if (!this.powers) {
      let low = Infinity, high = -Infinity, open = false;
      const {logDuration, count} = this.operations;
      for (let i = 0; i < count; ++i) {
        if (this.operations.isOpen(i)) {
          open = true;
        } else {
          low = Math.min(low, logDuration[i]);
          high = Math.max(high, logDuration[i]);
        }
      }
      this.powers = low > high ? {low: 2, high: 5, open} : {low: Math.floor(low), high: Math.max(Math.floor(low) + 1, Math.ceil(high)), open};
    }
    frame.lowPower = this.powers.low;
    frame.highPower = this.powers.high;
    frame.hasOpen = this.powers.open;
    frame.openY = frame.latency.top + 24;
    frame.y = linearScale(frame.lowPower, frame.highPower, frame.latency.bottom - 4, frame.latency.top + (frame.hasOpen ? 44 : 24));
  }

  sizeCanvas(canvas, frame) {
    const ratio = window.devicePixelRatio || 1;
    const width = Math.round(this.chart.clientWidth * ratio), height = Math.round(frame.height * ratio);
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, {width, height});
    canvas.style.height = frame.height + 'px';
    const context = canvas.getContext('2d');
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, this.chart.clientWidth, frame.height);
    context.font = frame.font;
    return context;
  }

  drawNow() {
    if (this.chart.clientWidth === 0) return;
    const frame = this.frame = this.layOut();
    const colours = this.colours = themeColours();
    const context = this.sizeCanvas(this.canvas, frame);
    paintAxis(context, frame, colours);
    paintBands(context, frame, colours, this.bands);
    context.font = frame.font;
    for (const band of this.bands) {
      if (band.settled >= frame.from && band.from <= frame.to) paintLane(context, frame, colours, band);
    }
    const binned = binOutcomes(this.operations, frame);
    paintRate(context, frame, colours, binned);
    paintNodes(context, frame, colours, binned);
    paintLatencyAxis(context, frame, colours);
    this.dense = frame.last - frame.first > DENSE_FROM;
    (this.dense ? paintDensity : paintPoints)(context, frame, colours, this.operations);
    this.paintTitles(context, frame, colours);
    this.paintMarks(context, frame, colours);
    paintPins(context, frame, colours, this.pins);
    this.drawOverlay();
  }

  paintTitles(context, frame, colours) {
    if (this.bands.lanes > 0) paintTitle(context, frame, colours, {top: frame.lanes.top + 4}, 'faults');
    paintTitle(context, frame, colours, {top: frame.rate.top + 26}, 'calls / s');
    paintTitle(context, frame, colours, frame.latency, 'latency');
  }

  paintMarks(context, frame, colours) {
    context.strokeStyle = colours.violated;
    context.lineWidth = 2;
    for (const i of this.marks) {
      if (i < frame.first || i >= frame.last) continue;
      context.beginPath();
      context.arc(frame.x(this.operations.time[i]), operationY(this.operations, frame, i), 7, 0, 7);
      context.stroke();
    }
    context.lineWidth = 1;
  }

  // The selected operation from call to answer, and the span being dragged.
  drawOverlay() {
    const {frame, colours} = this;
    if (!frame) return;
    const context = this.sizeCanvas(this.overlay, frame);
    if (this.selected >= 0) {
      const i = this.selected, y = operationY(this.operations, frame, i);
      const clamp = (x) => Math.min(frame.right, Math.max(frame.left, x));
      const left = clamp(frame.x(this.operations.time[i]));
      const right = this.operations.isOpen(i) ? frame.right : clamp(frame.x(this.operations.time[i] + this.operations.duration[i]));
      context.strokeStyle = colours.accent;
      context.lineWidth = 2;
      context.strokeRect(left - 5, y - 5, Math.max(10, right - left + 5), 10);
      context.lineWidth = 1;
    }
    if (this.brush) {
      context.fillStyle = colours.accent;
      context.globalAlpha = .2;
      context.fillRect(Math.min(...this.brush), 0, Math.abs(this.brush[1] - this.brush[0]), frame.latency.bottom);
      context.globalAlpha = 1;
    }
  }
}
