// @ts-check
// A chart of a query, and where the number came from.
import { useEffect, useState } from 'preact/hooks';
import { range } from './api.js';
import { clockTime } from './clock.js';
import { quantity } from './format.js';
import { Figure } from './figure.js';
import { html } from './html.js';
import { LineChart } from './line-chart.js';

const MOST_LINES = 8;
const POINTS = 180;
const LEAST_STEP = 5;

/**
 * @param {{query: string, unit: string, title: string, start?: number, end?: number, length?: number}} props
 *     start and end in seconds since the epoch; without them the last `length` seconds, moving on
 */
export function QueryChart({ query, unit, title, start, end, length = 900 }) {
  const [data, setData] = useState(/** @type {any} */ (null));
  const [error, setError] = useState('');
  useEffect(() => {
    let gone = false;
    setData(null);
    async function load() {
      const to = end ?? Date.now() / 1000;
      const from = start ?? to - length;
      const step = Math.max(LEAST_STEP, Math.ceil((to - from) / POINTS));
      try {
        const result = aligned(await range(query, from, to, step));
        if (!gone) setData(result);
        if (!gone) setError('');
      } catch (problem) {
        if (!gone) setError(/** @type {Error} */ (problem).message);
      }
    }
    load();
    const timer = end === undefined ? setInterval(load, 10_000) : undefined;
    return () => {
      gone = true;
      clearInterval(timer);
    };
  }, [query, start, end, length]);

  if (error) return html`<p class="error" role="alert">${error}</p>`;
  if (!data) return html`<p class="loading">Reading samples …</p>`;
  if (!data.times.length) return html`<p class="empty">${title}: no samples in that time.</p>`;
  return html`<${Figure}
    title=${title}
    summary=${summary(title, data, unit)}
    head=${['Time', ...data.lines.map((/** @type {any} */ l) => l.label)]}
    rows=${data.times.map((/** @type {number} */ t, /** @type {number} */ i) => [
      clockTime(t * 1000),
      ...data.lines.map((/** @type {any} */ l) => quantity(l.values[i], unit)),
    ])}
    note=${html`<code>${query}</code>${data.more > 0 && ` · ${data.more} more series are not drawn`}`}
  >
    <${LineChart} times=${data.times} lines=${data.lines} unit=${unit} />
  <//>`;
}

/** Brings series onto one row of times.
 * @param {Awaited<ReturnType<typeof range>>} series */
function aligned(series) {
  const shown = series.slice(0, MOST_LINES);
  const times = [...new Set(shown.flatMap((s) => s.values.map(([t]) => t)))].sort((a, b) => a - b);
  const names = labels(shown.map((s) => s.metric));
  const lines = shown.map((s, i) => {
    const values = new Map(s.values);
    return { label: names[i], values: times.map((t) => values.get(t) ?? null) };
  });
  return { times, lines, more: series.length - shown.length };
}

/** Names of series by the labels in which they differ.
 * @param {Record<string, string>[]} metrics */
function labels(metrics) {
  const keys = [...new Set(metrics.flatMap(Object.keys))].filter(
    (key) => key !== '__name__' && new Set(metrics.map((m) => m[key])).size > 1,
  );
  return metrics.map((m, i) => {
    const own = keys.map((key) => m[key]).filter(Boolean).join(' · ');
    return own || m.__name__ || (metrics.length > 1 ? `series ${i + 1}` : 'value');
  });
}

/**
 * @param {string} title
 * @param {{lines: {label: string, values: (number|null)[]}[]}} data
 * @param {string} unit
 */
function summary(title, data, unit) {
  const said = data.lines.map((line) => {
    const values = /** @type {number[]} */ (line.values.filter((v) => v !== null));
    const last = quantity(values.at(-1), unit);
    return `${line.label} from ${quantity(Math.min(...values), unit)} to ${quantity(Math.max(...values), unit)}, last ${last}`;
  });
  return `${title}: ${said.join('; ')}.`;
}
