// The run as the page carries it: JSON for what is small, columns of packed numbers for the operations
// (reports/html/columns.h says how they are written). All times are microseconds since the run began.

const OUTCOMES = ['ok', 'failed', 'unknown'];
const OK = 0, FAILED = 1, UNKNOWN = 2;

const COLUMN_TYPES = {
  began: Uint32Array, time: Float64Array, duration: Float64Array, span: Uint32Array, late: Uint32Array,
  process: Uint32Array, node: Uint16Array, function: Uint8Array, outcome: Uint8Array, error: Uint32Array,
  key: Float64Array, value: Float64Array, to: Float64Array,
};
const DELTA_COLUMNS = new Set(['began', 'time']);

function readRun() {
  return JSON.parse(document.getElementById('run').textContent);
}

function bytesOfBase64(text) {
  if (Uint8Array.fromBase64) return Uint8Array.fromBase64(text);
  const raw = atob(text);
  const bytes = new Uint8Array(raw.length);
  for (let i = 0; i < raw.length; ++i) bytes[i] = raw.charCodeAt(i);
  return bytes;
}

async function inflatedBlock(id) {
  const block = document.getElementById(id);
  const bytes = bytesOfBase64(block.textContent);
  block.remove();  // its text is as large as the column
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

// LEB128 into `numbers`; `keep` of the number before is added to each (1: differences, 0: plain).
function unpack(bytes, numbers, keep) {
  let at = 0, before = 0;
  for (let i = 0; i < numbers.length; ++i) {
    let byte = bytes[at++], number = byte & 127, unit = 128;
    while (byte > 127) {
      byte = bytes[at++];
      number += (byte & 127) * unit;
      unit *= 128;
    }
    before = number + before * keep;
    numbers[i] = before;
  }
  if (at !== bytes.length) throw new Error('a column of operations is damaged');
}

async function readOperations(run) {
  const columns = {};
  await Promise.all(run.columns.map(async (name) => {
    const bytes = await inflatedBlock('column-' + name);
    columns[name] = new COLUMN_TYPES[name](run.operations);
    unpack(bytes, columns[name], DELTA_COLUMNS.has(name) ? 1 : 0);
  }));
  return new Operations(run, columns);
}

// Every operation of the run, by its place i in the order of invocation.
class Operations {
  constructor(run, columns) {
    Object.assign(this, columns);
    this.run = run;
    this.count = run.operations;
    // duration: NaN where no completion was recorded; logDuration: its decimal logarithm, from 1 microsecond on.
    this.logDuration = new Float32Array(this.count);
    this.end = 0;
    for (let i = 0; i < this.count; ++i) {
      const duration = this.duration[i] = this.duration[i] === 0 ? NaN : this.duration[i] - 1;
      this.logDuration[i] = duration < 1 ? 0 : Math.log10(duration);
      const last = this.time[i] + (duration || 0);
      if (last > this.end) this.end = last;
    }
  }

  show(code) {
    if (code === 0) return 'null';
    if (code % 2 === 0) return this.run.texts[code / 2 - 1];
    const folded = (code - 1) / 2;
    return String(folded % 2 === 0 ? folded / 2 : -(folded + 1) / 2);
  }

  // The code of a key or value written as JSON, or -1 when no operation has it.
  codeOf(text) {
    if (text === 'null') return 0;
    if (/^-?\d{1,15}$/.test(text)) {
      const number = Number(text);
      return (number < 0 ? -number * 2 - 1 : number * 2) * 2 + 1;
    }
    const exact = this.run.texts.indexOf(text);
    const place = exact >= 0 ? exact : this.run.texts.indexOf(JSON.stringify(text));
    return place < 0 ? -1 : place * 2 + 2;
  }

  functionName(i) { return this.run.functions[this.function[i]] || '?'; }
  nodeName(i) { return this.run.nodes[this.node[i]] || ''; }
  errorText(i) { return this.run.errors[this.error[i]] || ''; }
  outcomeName(i) { return OUTCOMES[this.outcome[i]]; }
  isOpen(i) { return Number.isNaN(this.duration[i]); }

  // As the history prints a call: "write 3 17", "read 3 -> 17", "cas 3 17 -> 18".
  text(i) {
    const name = this.functionName(i);
    let text = name;
    if (this.key[i] !== 0) text += ' ' + this.show(this.key[i]);
    if (name === 'read') return this.outcome[i] === OK ? text + ' -> ' + this.show(this.value[i]) : text;
    if (name === 'cas') return text + ' ' + this.show(this.value[i]) + ' -> ' + this.show(this.to[i]);
    return this.value[i] === 0 ? text : text + ' ' + this.show(this.value[i]);
  }

  // The first operation invoked at `time` or later.
  firstFrom(time) { return lowerBound(this.time, time); }

  // The operation whose invocation is record `index` of the history, or -1.
  withIndex(index) {
    const at = lowerBound(this.began, index);
    return at < this.count && this.began[at] === index ? at : -1;
  }
}

function lowerBound(sorted, value) {
  let low = 0, high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
