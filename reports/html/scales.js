// Scales, ticks and how moments and spans of time are written.

function linearScale(domainLow, domainHigh, rangeLow, rangeHigh) {
  const factor = (rangeHigh - rangeLow) / ((domainHigh - domainLow) || 1);
  const scale = (value) => rangeLow + (value - domainLow) * factor;
  scale.invert = (place) => domainLow + (place - rangeLow) / factor;
  return scale;
}

// 1, 2 or 5 times a power of ten, at least `least`.
function roundStep(least) {
  const power = 10 ** Math.floor(Math.log10(least));
  for (const factor of [1, 2, 5]) {
    if (factor * power >= least * (1 - 1e-9)) return factor * power;
  }
  return 10 * power;
}

function ticks(low, high, count) {
  const step = roundStep(Math.max((high - low) / count, 1e-9));
  const places = [];
  for (let n = Math.ceil(low / step); n * step <= high; ++n) places.push(n * step);
  return {step, places};
}

// A moment in the run, as exactly as `step` tells moments apart (both microseconds).
function momentText(time, step = 1e5) {
  const digits = Math.min(6, Math.max(0, Math.ceil(6 - Math.log10(step) - 1e-9)));
  return (time / 1e6).toFixed(digits) + ' s';
}

function durationText(duration) {
  if (duration === null || Number.isNaN(duration)) return 'no answer';
  if (duration < 1000) return duration.toFixed(0) + ' µs';
  if (duration < 1e6) return (duration / 1e3).toFixed(duration < 1e4 ? 2 : 1) + ' ms';
  return (duration / 1e6).toFixed(duration < 1e7 ? 2 : 1) + ' s';
}

function decadeText(power) {
  if (power < 3) return 10 ** power + ' µs';
  if (power < 6) return 10 ** (power - 3) + ' ms';
  return 10 ** (power - 6) + ' s';
}

function countText(number) {
  return number.toString().replace(/\B(?=(\d{3})+$)/g, ',');
}
