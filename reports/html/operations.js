// The table of all operations: filters, pages of 200, and one chosen by #op=INDEX.

const PAGE = 200;
const OPERATION_COLUMNS = ['record', 'called', 'took', 'process', 'node', 'operation', 'outcome', 'error'];

function operationHeads() {
  return make('tr', {}, OPERATION_COLUMNS.map((name) => make('th', {scope: 'col', class: ['record', 'called', 'took', 'process'].includes(name) ? 'number' : null}, name)));
}

function operationRow(operations, i, style) {
  const index = operations.began[i];
  return make('tr', {class: style || null, 'data-index': index},
    make('td', {class: 'number'}, operationLink(index, '#' + index)),
    make('td', {class: 'number'}, momentText(operations.time[i], 1)),
    make('td', {class: 'number'}, durationText(operations.duration[i])),
    make('td', {class: 'number'}, String(operations.process[i])),
    make('td', {}, operations.nodeName(i)),
    make('td', {class: 'mono'}, operations.text(i)),
    make('td', {}, outcomeCell(operations.outcomeName(i))),
    make('td', {}, operations.errorText(i)));
}

class OperationTable {
  constructor(operations, timeline) {
    Object.assign(this, {operations, timeline, page: 0, chosen: -1});
    this.found = null;  // places that pass the filters; null: all
    byId('operations-head').append(operationHeads());
    byId('previous').addEventListener('click', () => this.turn(-1));
    byId('next').addEventListener('click', () => this.turn(1));
    this.makeFilters();
    this.render();
  }

  makeFilters() {
    const {run} = this.operations;
    const later = () => {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.filter(), 150);
    };
    const input = (name, label, hint, wide) => {
      const field = this[name] = make('input', {type: 'search', placeholder: hint, class: wide ? 'wide' : null, autocomplete: 'off', oninput: later});
      return make('label', {}, label, field);
    };
    const select = (name, label, options) => {
      const field = this[name] = make('select', {onchange: later}, make('option', {value: ''}, 'any'),
        options.map(([value, text]) => make('option', {value}, text)));
      return make('label', {}, label, field);
    };
    const used = new Set(this.operations.function);
    this.inView = make('input', {type: 'checkbox', onchange: later});
    byId('filters').append(
      input('key', 'key', '3', false), input('value', 'value', '17', false), input('process', 'process', '0', false),
      select('node', 'node', run.nodes.map((node, place) => [place, node || '(none)']).filter(([place]) => place > 0)),
      select('function', 'operation', run.functions.map((name, place) => [place, name]).filter(([place]) => used.has(place))),
      select('outcome', 'outcome', OUTCOMES.map((name, place) => [place, name])),
      input('error', 'error contains', 'timeout', true),
      make('label', {class: 'check'}, this.inView, 'only what the timeline shows'),
      make('button', {type: 'button', onclick: () => this.clear()}, 'Clear'));
    byId('filters').addEventListener('submit', (event) => event.preventDefault());
    const follow = () => { if (this.inView.checked) later(); };
    this.timeline.changed = follow;
  }

  clear() {
    byId('filters').reset();
    this.filter();
  }

  // A test for each filter that is set; null: nothing can match.
  tests() {
    const {operations} = this, tests = [];
    const number = (field, column) => {
      const text = field.value.trim();
      if (text !== '') tests.push(/^\d+$/.test(text) ? (i) => column[i] === Number(text) : () => false);
    };
    const code = (field, columns) => {
      const text = field.value.trim();
      if (text === '') return;
      const wanted = operations.codeOf(text);
      tests.push((i) => columns.some((column) => column[i] === wanted));
    };
    number(this.process, operations.process);
    number(this.node, operations.node);
    number(this.function, operations.function);
    number(this.outcome, operations.outcome);
    code(this.key, [operations.key]);
    code(this.value, [operations.value, operations.to]);
    const error = this.error.value.trim().toLowerCase();
    if (error !== '') {
      const wanted = operations.run.errors.map((text, place) => place > 0 && text.toLowerCase().includes(error));
      tests.push((i) => wanted[operations.error[i]]);
    }
    return tests;
  }

  filter() {
    const {operations} = this, tests = this.tests();
    const {from, to} = this.timeline.view;
    const first = this.inView.checked ? operations.firstFrom(from) : 0;
    const last = this.inView.checked ? operations.firstFrom(to) : operations.count;
    if (tests.length === 0 && !this.inView.checked) {
      this.found = null;
    } else {
      const found = new Uint32Array(last - first);
      let count = 0;
      for (let i = first; i < last; ++i) if (tests.every((test) => test(i))) found[count++] = i;
      this.found = found.subarray(0, count);
    }
    this.page = 0;
    this.render();
  }

  size() { return this.found ? this.found.length : this.operations.count; }

  turn(by) {
    this.page += by;
    this.render();
  }

  render() {
    const size = this.size(), pages = Math.max(1, Math.ceil(size / PAGE));
    this.page = Math.min(Math.max(0, this.page), pages - 1);
    const first = this.page * PAGE, last = Math.min(size, first + PAGE);
    const rows = [];
    for (let at = first; at < last; ++at) {
      const i = this.found ? this.found[at] : at;
      rows.push(operationRow(this.operations, i, i === this.chosen ? 'chosen' : ''));
    }
    if (rows.length === 0) {
      rows.push(make('tr', {}, make('td', {colspan: OPERATION_COLUMNS.length}, this.found ? 'No operation matches.' : 'No operation was recorded.')));
    }
    byId('operations-body').replaceChildren(...rows);
    byId('page-of').textContent = size === 0 ? '' : `${countText(first + 1)} – ${countText(last)} of ${countText(size)}` + (this.found ? ' that match' : '');
    byId('previous').disabled = this.page === 0;
    byId('next').disabled = this.page >= pages - 1;
  }

  // Shows operation i in its page, clearing filters that hide it.
  choose(i) {
    this.chosen = i;
    let at = i;
    if (this.found) {
      at = lowerBound(this.found, i);
      if (this.found[at] !== i) {
        byId('filters').reset();
        this.found = null;
        at = i;
      }
    }
    this.page = Math.floor(at / PAGE);
    this.render();
    const box = byId('selected');
    box.hidden = false;
    box.replaceChildren(make('h3', {}, `Operation #${this.operations.began[i]}`),
      fieldList(operationFields(this.operations, i), 'fields'), make('a', {href: '#operations'}, 'Find it in the table'));
    box.scrollIntoView({block: 'nearest'});
  }
}
