// @ts-check
// Series as lines: one row of times, a name for each, and what tells lines apart.

/** @typedef {import('./ask.js').Metric} Metric */
/** @typedef {{name: string, whole: string, values: (number|null)[]}} Line */
/** @typedef {{times: number[], lines: Line[], metrics: (string|undefined)[], common: string, more: number}} Drawing metrics: their names */

/** As many are drawn; more could not be told apart. */
export const MOST_LINES = 40;

/** With six colours, each line is one of its kind: 42 pairs of colour and dashes. */
export const COLOURS = 6;
const DASHES = [[], [7, 3], [2, 3], [9, 3, 2, 3], [4, 2], [12, 4], [2, 2, 7, 2]];

/** The dashes of a line, in pixels; empty for an unbroken one. @param {number} i */
export const dashOf = (i) => DASHES[((i % COLOURS) + Math.floor(i / COLOURS)) % DASHES.length];

/**
 * The series with the highest peaks, in their order.
 * @param {import('./ask.js').Series[]} series
 */
function highest(series) {
  if (series.length <= MOST_LINES) return series;
  const peaks = series.map((one, i) => ({ i, peak: one.values.reduce((high, [, value]) => Math.max(high, value ?? -Infinity), -Infinity) }));
  const chosen = peaks.sort((a, b) => b.peak - a.peak || a.i - b.i).slice(0, MOST_LINES).map(({ i }) => i);
  return chosen.sort((a, b) => a - b).map((i) => series[i]);
}

/**
 * @param {import('./ask.js').Series[]} series
 * @param {{start: number, end: number, step: number}} grid
 * @returns {Drawing}
 */
export function drawing(series, { start, end, step }) {
  const shown = highest(series);
  const times = /** @type {number[]} */ ([]);
  for (let t = start; t <= end + step / 1000; t += step) times.push(t);
  const { names, common } = naming(shown.map((one) => one.metric));
  const lines = shown.map((one, i) => {
    const values = /** @type {(number|null)[]} */ (new Array(times.length).fill(null));
    for (const [t, value] of one.values) {
      const at = Math.round((t - start) / step);
      if (at >= 0 && at < times.length) values[at] = value;
    }
    return { name: names[i], whole: metricText(one.metric), values };
  });
  return { times, lines, metrics: shown.map((one) => one.metric.__name__), common, more: series.length - shown.length };
}

/**
 * A series as PromQL writes it.
 * @param {Metric} metric
 */
export function metricText(metric) {
  const { __name__: name = '', ...labels } = metric;
  const inside = Object.entries(labels).map(([key, value]) => `${key}=${JSON.stringify(value)}`);
  return name + (inside.length || !name ? `{${inside.join(', ')}}` : '');
}

/**
 * Names by the labels in which series differ, and what they have in common.
 * @param {Metric[]} metrics
 */
function naming(metrics) {
  if (metrics.length === 1) return { names: [metricText(metrics[0]) === '{}' ? 'value' : metricText(metrics[0])], common: '' };
  const keys = [...new Set(metrics.flatMap(Object.keys))];
  const differs = (/** @type {string} */ key) => new Set(metrics.map((metric) => metric[key])).size > 1;
  const own = keys.filter(differs);
  const shared = Object.fromEntries(keys.filter((key) => !differs(key)).map((key) => [key, metrics[0][key]]));
  const names = metrics.map((metric) => {
    const labels = own.filter((key) => key !== '__name__' && metric[key] !== undefined).map((key) => `${key}=${JSON.stringify(metric[key])}`);
    return [own.includes('__name__') ? metric.__name__ : '', labels.join(', ')].filter(Boolean).join(' ') || '{}';
  });
  return { names, common: Object.keys(shared).length ? metricText(shared) : '' };
}
