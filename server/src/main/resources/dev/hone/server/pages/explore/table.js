// @ts-check
// The result at one moment as a table that can be sorted.
import { dateTime } from '../clock.js';
import { quantity } from '../format.js';
import { html } from '../html.js';

const MOST_ROWS = 500;
const VALUE = '';

/** @typedef {import('./ask.js').Row} Row */
/** @typedef {import('./address.js').Sort} Sort */

/**
 * @param {{rows: Row[], text?: string, time: number, unit: string, title: string, sort: Sort|null, choose: (sort: Sort|null) => void}} props
 */
export function ResultTable({ rows, text, time, unit, title, sort, choose }) {
  if (text !== undefined) return html`<p class="string-result">The query yields the text <code>${text}</code></p>`;
  const all = [...new Set(rows.flatMap((row) => Object.keys(row.metric)))].sort(byImportance);
  const name = all.length > 1 && new Set(rows.map((row) => row.metric.__name__)).size === 1 ? rows[0].metric.__name__ : undefined;
  const labels = name ? all.slice(1) : all;
  const sorted = sort ? [...rows].sort(order(sort)) : rows;
  const shown = sorted.slice(0, MOST_ROWS);
  const ranges = rows.some((row) => row.samples !== undefined);
  const head = (/** @type {string} */ column, /** @type {string} */ name, numeric = false) => {
    const is = sort?.column === column ? (sort.down ? 'descending' : 'ascending') : undefined;
    const next = { column, down: is ? !sort?.down : numeric };
    return html`<th key=${column} scope="col" class=${numeric ? 'num' : ''} aria-sort=${is}>
      <button onClick=${() => choose(next)}>${name}<span aria-hidden="true" class="sort-mark">${is ? (sort?.down ? '▼' : '▲') : '↕'}</span></button>
    </th>`;
  };
  return html`<div class="result">
    <p class="readout"><span>At ${dateTime(time * 1000)}</span>${name && html`<code>${name}</code>`}<span>${rows.length === 1 ? '1 row' : `${rows.length.toLocaleString('en-GB')} rows`}${rows.length > MOST_ROWS ? `, the first ${MOST_ROWS} are shown; narrow the query by a label or with topk(20, …)` : ''}</span></p>
    <div class="scroll" tabindex="0" role="region" aria-label=${`Result of ${title}`}>
      <table>
        <caption class="hidden">Result of ${title}</caption>
        <thead>
          <tr>
            ${labels.map((label) => head(label, label === '__name__' ? 'metric' : label))}
            ${!labels.length && html`<th scope="col">series</th>`}
            ${ranges && html`<th scope="col" class="num">samples</th>`}
            ${head(VALUE, ranges ? 'newest value' : 'value', true)}
          </tr>
        </thead>
        <tbody>
          ${shown.map(
            (row, i) => html`<tr key=${i}>
              ${labels.map((label) => html`<td key=${label}>${row.metric[label] ?? ''}</td>`)}
              ${!labels.length && html`<td class="muted">no labels</td>`}
              ${ranges && html`<td class="num">${row.samples}</td>`}
              <td class="num" title=${String(row.value)}>${shownValue(row.value, unit)}</td>
            </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </div>`;
}

/** @param {number} value @param {string} unit */
function shownValue(value, unit) {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+∞' : '−∞';
  return quantity(value, unit);
}

/** The name of the metric first. @param {string} a @param {string} b */
const byImportance = (a, b) => Number(b === '__name__') - Number(a === '__name__') || a.localeCompare(b);

/** @param {Sort} sort */
function order({ column, down }) {
  const sign = down ? -1 : 1;
  return (/** @type {Row} */ a, /** @type {Row} */ b) => {
    if (column !== VALUE) return sign * (a.metric[column] ?? '').localeCompare(b.metric[column] ?? '', 'en', { numeric: true });
    if (Number.isNaN(a.value) || Number.isNaN(b.value)) return Number(Number.isNaN(a.value)) - Number(Number.isNaN(b.value));
    return a.value === b.value ? 0 : sign * (a.value < b.value ? -1 : 1);
  };
}
