// @ts-check
// Scales and ticks for the charts drawn as SVG.

/**
 * @param {number} low
 * @param {number} high
 * @param {number} from pixel of `low`
 * @param {number} to pixel of `high`
 */
export function linear(low, high, from, to) {
  const width = high - low || 1;
  return (/** @type {number} */ value) => from + ((value - low) / width) * (to - from);
}

/**
 * @param {number} low above zero
 * @param {number} high
 * @param {number} from
 * @param {number} to
 */
export function logarithmic(low, high, from, to) {
  const scale = linear(Math.log(low), Math.log(high), from, to);
  return (/** @type {number} */ value) => scale(Math.log(Math.max(value, low)));
}

/**
 * Round numbers between two values.
 * @param {number} low
 * @param {number} high
 * @param {number} count about how many
 */
export function ticks(low, high, count) {
  const raw = (high - low) / count || 1;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = ([1, 2, 5, 10].find((factor) => factor * power >= raw) ?? 10) * power;
  const out = [];
  for (let i = Math.ceil(low / step); i * step <= high + step / 1e6; i++) out.push(i * step);
  return out;
}

/**
 * Powers of ten, with 2 and 5 between them where there are few.
 * @param {number} low
 * @param {number} high
 */
export function powers(low, high) {
  const out = [];
  const few = Math.log10(high / low) < 2.5;
  for (let power = Math.floor(Math.log10(low)); 10 ** power <= high; power++) {
    for (const factor of few ? [1, 2, 5] : [1]) {
      const value = factor * 10 ** power;
      if (value >= low * 0.999 && value <= high * 1.001) out.push(value);
    }
  }
  return out;
}

/** Geometric mean of the values that are there; NaN of none.
 * @param {(number|null)[]} values */
export function geometricMean(values) {
  const logs = values.filter((v) => v !== null && v > 0).map((v) => Math.log(/** @type {number} */ (v)));
  return logs.length ? Math.exp(logs.reduce((a, b) => a + b, 0) / logs.length) : NaN;
}

/** Median of the values that are there; NaN of none.
 * @param {(number|null)[]} values */
export function median(values) {
  const sorted = /** @type {number[]} */ (values.filter((v) => v !== null)).sort((a, b) => a - b);
  if (!sorted.length) return NaN;
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
