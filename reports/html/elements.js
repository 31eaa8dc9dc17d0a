// Builds the page's elements. Text goes in as text nodes only: nothing that a database said is ever read as markup.

const SVG_SPACE = 'http://www.w3.org/2000/svg';  // a name, not an address: nothing is fetched

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? '' : String(value));
  }
  for (const child of children.flat(Infinity)) {
    if (child !== null && child !== undefined) element.append(child);
  }
  return element;
}

function make(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

function makeSvg(tag, attributes = {}, ...children) {
  return fill(document.createElementNS(SVG_SPACE, tag), attributes, children);
}

function byId(id) {
  return document.getElementById(id);
}

function outcomeCell(outcome) {
  const known = OUTCOMES.includes(outcome) ? outcome : '';
  return make('span', {class: 'outcome ' + known}, outcome);
}

function operationLink(index, text) {
  return make('a', {href: '#op=' + index}, text);
}

// The colours of the theme in force, for the canvas.
function themeColours() {
  const style = getComputedStyle(document.documentElement);
  const colour = (name) => style.getPropertyValue('--' + name).trim();
  return {
    ink: colour('ink'), faint: colour('faint'), line: colour('line'), card: colour('card'), page: colour('page'),
    accent: colour('accent'), violated: colour('violated'), vacuous: colour('vacuous'),
    outcomes: [colour('ok'), colour('failed'), colour('unknown')],
    kinds: [0, 1, 2, 3, 4, 5].map((i) => colour('kind-' + i)),
  };
}

function rgbOf(hex) {
  const number = parseInt(hex.slice(1), 16);
  return [number >> 16 & 255, number >> 8 & 255, number & 255];
}
