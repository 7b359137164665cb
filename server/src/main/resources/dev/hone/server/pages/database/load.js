// @ts-check
// Which statements take the time, as sorted bars.
import { useEffect, useState } from 'preact/hooks';
import { get } from '../api.js';
import { dateTime } from '../clock.js';
import { quantity } from '../format.js';
import { html } from '../html.js';
import { choose, place } from '../route.js';
import { Words } from '../text.js';
import { From, within } from './links.js';

/** @typedef {import('./types.js').Statements} Statements */
/** @typedef {import('./types.js').Line} Line */

const EVERY = 10_000;
const PAGE = 12;
const PAUSE = 250;
const WINDOWS = [
  ['1m', 'last minute'],
  ['5m', 'last 5 minutes'],
  ['15m', 'last 15 minutes'],
  ['1h', 'last hour'],
  ['statistics', 'since statistics began'],
];

/** @param {{database: import('./types.js').Overview}} props */
export function Load({ database }) {
  const { query } = place.value;
  const window = query.get('window') ?? '15m';
  const text = query.get('q') ?? '';
  const [limit, setLimit] = useState(PAGE);
  const [answer, setAnswer] = useState(/** @type {Statements|null} */ (null));
  const [error, setError] = useState('');
  useEffect(() => {
    let gone = false;
    const load = () =>
      get(`databases/${encodeURIComponent(database.name)}/statements`, { window, limit, ...(text && { q: text }) }).then(
        (found) => gone || (setAnswer(found), setError('')),
        (problem) => gone || setError(problem.message),
      );
    const first = setTimeout(load, text ? PAUSE : 0);
    const timer = setInterval(() => document.hidden || load(), EVERY);
    return () => {
      gone = true;
      clearTimeout(first);
      clearInterval(timer);
    };
  }, [database.name, window, text, limit]);
  const shown = answer ?? (window === '15m' && !text ? database.statements : null);
  return html`<section class="panel" aria-labelledby="load-title">
    <h2 id="load-title">Load by statement</h2>
    <form class="filters" aria-label="Statements" onSubmit=${(/** @type {Event} */ e) => e.preventDefault()}>
      <label>Time
        <select value=${window} onChange=${(/** @type {any} */ e) => choose('window', e.target.value === '15m' ? '' : e.target.value)}>
          ${WINDOWS.map(([value, name]) => html`<option key=${value} value=${value}>${name}</option>`)}
        </select>
      </label>
      <label class="grow">Text <input type="search" placeholder="table, column, comment" value=${text} onInput=${(/** @type {any} */ e) => choose('q', e.target.value)} /></label>
    </form>
    ${error && html`<p class="error" role="alert">${error}</p>`}
    ${shown?.problem && html`<p class="empty"><${Words} text=${shown.problem} /></p>`}
    ${shown && shown.lines.length > 0 && html`<${Bars} statements=${shown} />`}
    ${shown && !shown.problem && !shown.lines.length && html`<p class="empty">${text ? 'No statement holds this text.' : 'No statement was executed in that time.'}</p>`}
    ${!shown && !error && html`<p class="loading">Reading statements …</p>`}
    ${shown?.next && html`<button class="quiet older" onClick=${() => setLimit(limit + 4 * PAGE)}>Show more</button>`}
  </section>`;
}

/** A share; below a hundredth of a percent its digits tell nothing. @param {number} share */
const shareWords = (share) => (share > 0 && share < 1e-4 ? '< 0.01\u00a0%' : quantity(share, 'ratio'));

/** @param {{statements: Statements}} props */
function Bars({ statements }) {
  const { lines, queries, since, load, count } = statements;
  const most = Math.max(...lines.map(({ share }) => share));
  const query = (/** @type {string} */ name, /** @type {Line} */ line) => queries[name]?.replaceAll('$queryid', line.queryid);
  return html`<p class="muted" role="status">
      ${count} ${count === 1 ? 'statement' : 'statements'}, ${quantity(load, 's/s')} of execution time${since ? html`, counted since ${dateTime(since)}` : ''}. Numbers lead to their queries.
    </p>
    <table class="statements">
      <caption class="hidden">Statements by share of the time</caption>
      <thead><tr>
        <th scope="col">Statement</th><th scope="col">Share of time</th>
        ${['Calls', 'Time per call', 'Buffers per call', 'Rows per call'].map((name) => html`<th scope="col" class="num" key=${name}>${name}</th>`)}
      </tr></thead>
      <tbody>
        ${lines.map(
          (line) => html`<tr key=${line.queryid}>
            <td class="statement-text"><a href=${within(`/statements/${line.queryid}`)}><code>${line.text || `text not visible (${line.queryid})`}</code></a>${line.own && html` <span class="layer">Hone's own</span>`}</td>
            <td class="share"><span class="bar" aria-hidden="true"><i style=${{ width: (100 * line.share) / most + '%' }}></i></span><b><${From} query=${query('share', line)}>${shareWords(line.share)}<//></b></td>
            <${Cell} name="Calls" query=${query('callsPerSecond', line)} value=${line.callsPerSecond} unit="/s" />
            <${Cell} name="Time per call" query=${query('secondsPerCall', line)} value=${line.secondsPerCall} unit="s" />
            <${Cell} name="Buffers per call" query=${query('buffersPerCall', line)} value=${line.buffersPerCall} unit="" />
            <${Cell} name="Rows per call" query=${query('rowsPerCall', line)} value=${line.rowsPerCall} unit="" />
          </tr>`,
        )}
      </tbody>
    </table>`;
}

/** @param {{name: string, query: string|undefined, value: number|null, unit: string}} props */
function Cell({ name, query, value, unit }) {
  return html`<td class="num" data-name=${name}><${From} query=${query}>${quantity(value, unit)}<//></td>`;
}
