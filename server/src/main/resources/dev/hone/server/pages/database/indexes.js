// @ts-check
// The index map: what each index is used for, takes and costs.
import { useEffect, useState } from 'preact/hooks';
import { get } from '../api.js';
import { dateTime } from '../clock.js';
import { quantity } from '../format.js';
import { html } from '../html.js';
import { choose, place } from '../route.js';
import { Words } from '../text.js';
import { TableMap } from './index-bars.js';
import { within } from './links.js';
import { STANDINGS, SUPERFLUOUS } from './standing.js';

/** @typedef {import('./types.js').IndexMap} IndexMap */

const EVERY = 30_000;
const PAGE = 20;

/** @param {{database: import('./types.js').Overview}} props */
export function IndexesView({ database }) {
  const [map, setMap] = useState(/** @type {IndexMap|null} */ (null));
  const [limit, setLimit] = useState(PAGE);
  const [error, setError] = useState('');
  useEffect(() => {
    document.title = 'Indexes · Hone';
    const load = () =>
      get(`databases/${encodeURIComponent(database.name)}/indexes`, { limit }).then(
        (found) => (setMap(found), setError('')),
        (problem) => setError(problem.message),
      );
    load();
    const timer = setInterval(() => document.hidden || load(), EVERY);
    return () => clearInterval(timer);
  }, [database.name, limit]);
  if (!map && error) return html`<p class="error" role="alert">${error}</p>`;
  if (!map) return html`<div class="loading" aria-busy="true"><p>Reading the catalogue …</p><i></i><i></i></div>`;
  return html`<h1>Index map</h1>
    ${(error || map.problem) && html`<p class="error" role="alert"><${Words} text=${error || map.problem} /></p>`}
    ${!map.problem && html`<${Whole} map=${map} name=${database.name} />`}
    ${map.next && html`<button class="quiet older" onClick=${() => setLimit(limit + 5 * PAGE)}>Show more tables</button>`}`;
}

/** @param {{map: IndexMap, name: string}} props name: of the database */
function Whole({ map, name }) {
  const only = place.value.query.get('only') ?? '';
  const all = map.tables.flatMap((table) => table.indexes);
  const superfluous = all.filter(({ standing }) => SUPERFLUOUS.includes(standing));
  const bytes = superfluous.reduce((sum, index) => sum + index.bytes, 0);
  const tables = only
    ? map.tables.map((table) => ({ ...table, indexes: table.indexes.filter(({ standing }) => (only === 'superfluous' ? SUPERFLUOUS.includes(standing) : standing === only)) })).filter((table) => table.indexes.length)
    : map.tables;
  const present = Object.keys(STANDINGS).filter((kind) => all.some(({ standing }) => standing === kind));
  const largest = Math.max(...map.tables.map((table) => table.bytes + table.indexBytes));
  if (!map.count) return html`<p class="empty panel">This database has no tables of users, or the role may see none of them.</p>`;
  return html`<p class="lead muted">
      ${map.count} ${map.count === 1 ? 'table' : 'tables'} with ${all.length} indexes${map.next ? ' in those shown' : ''}, ${quantity(map.bytes, 'bytes')} together.${' '}
      ${superfluous.length
        ? html`<b>${superfluous.length} ${superfluous.length === 1 ? 'index is' : 'indexes are'} superfluous</b>, which makes ${quantity(bytes, 'bytes')}. <a href=${within('/advice')}>What to do about it</a>`
        : 'None is known to be superfluous.'}
    </p>
    <div class="panel map-key">
      <p><b>Used</b>: scans since ${map.since && dateTime(map.since)}. <b>Size</b>: bytes on disk. <b>Write cost</b>: entries written times an estimate per entry (0.7 to 4.5 µs for a B-tree, 0.5 µs more for each further column), as processor time per second. The bar of a table is as long as its bytes: rows filled, indexes hatched.</p>
      ${map.blindness && html`<p class="muted">What is unused is not told yet: ${map.blindness}.</p>`}
      <form class="filters" aria-label="Filter" onSubmit=${(/** @type {Event} */ e) => e.preventDefault()}>
        <label>Show
          <select value=${only} onChange=${(/** @type {any} */ e) => choose('only', e.target.value)}>
            <option value="">all indexes</option>
            <option value="superfluous">only superfluous ones</option>
            ${present.map((kind) => html`<option key=${kind} value=${kind}>${STANDINGS[/** @type {import('./types.js').Standing} */ (kind)].word.toLowerCase()}</option>`)}
          </select>
        </label>
      </form>
    </div>
    ${tables.map((table) => html`<${TableMap} key=${table.schema + '.' + table.name} table=${table} loops=${map.loops} database=${name} largest=${largest} />`)}
    ${!tables.length && html`<p class="empty panel">No index is of that kind.</p>`}`;
}
