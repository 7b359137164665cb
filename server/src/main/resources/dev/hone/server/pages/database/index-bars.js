// @ts-check
// One table of the index map: sorted bars of use, size and write cost.
import { quantity } from '../format.js';
import { html } from '../html.js';
import { Badge, Icon } from '../icons.js';
import { Words } from '../text.js';
import { Ago } from '../time.js';
import { lookOf } from '../words.js';
import { From } from './links.js';
import { STANDINGS } from './standing.js';

/** @typedef {import('./types.js').Index} Index */
/** @typedef {import('./types.js').Table} Table */

/** @param {string} text */
const quoted = (text) => `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;

/** @param {{database: string, largest: number, table: Table, loops: Record<string, import('../types.js').Loop>}} props */
export function TableMap({ database, largest, table, loops }) {
  const total = table.bytes + table.indexBytes;
  const of = (/** @type {string} */ metric, more = '') => `${metric}{database=${quoted(database)},schema=${quoted(table.schema)},table=${quoted(table.name)}${more}}`;
  const indexes = [...table.indexes].sort((a, b) => b.bytes - a.bytes);
  const most = {
    scans: Math.max(1, ...indexes.map(({ scans }) => scans)),
    bytes: Math.max(1, ...indexes.map(({ bytes }) => bytes)),
    cost: Math.max(1e-12, ...indexes.map(({ secondsPerSecond }) => secondsPerSecond)),
  };
  const name = `${table.schema}.${table.name}`;
  return html`<section class="panel table-map" aria-label=${`Table ${name}`}>
    <div class="row spread">
      <h2><code>${name}</code></h2>
      <p class="muted"><${From} query=${of('pg_table_live_rows')}>${quantity(table.rows, 'rows')}<//> · <${From} query=${of('pg_table_bytes')}>${quantity(table.bytes, 'bytes')}<//> and ${quantity(table.indexBytes, 'bytes')} of indexes · ${quantity(table.sequentialScans, '')} sequential scans, ${quantity(table.indexScans, '')} by index</p>
    </div>
    <div class="halves" style=${{ width: `max(6px, ${(100 * total) / (largest || 1)}%)` }} role="img" aria-label=${`${quantity(table.bytes, 'bytes')} of rows, ${quantity(table.indexBytes, 'bytes')} of indexes`}>
      <i class="of-rows" style=${{ width: (100 * table.bytes) / (total || 1) + '%' }}></i><i class="of-indexes" style=${{ width: (100 * table.indexBytes) / (total || 1) + '%' }}></i>
    </div>
    ${indexes.length
      ? html`<table class="index-map">
          <caption class="hidden">Indexes of ${name}</caption>
          <thead><tr>${['Index', 'Used', 'Size', 'Write cost'].map((head) => html`<th scope="col" key=${head}>${head}</th>`)}</tr></thead>
          <tbody>${indexes.map((index) => html`<${Row} key=${index.name} of=${of} index=${index} most=${most} loop=${loops[`${table.schema}.${index.name}`]} />`)}</tbody>
        </table>`
      : html`<p class="empty">No index: every query reads all of it.</p>`}
  </section>`;
}

/** @param {{of: (metric: string, more?: string) => string, index: Index, most: {scans: number, bytes: number, cost: number}, loop?: import('../types.js').Loop}} props */
function Row({ of: from, index, most, loop }) {
  const of = (/** @type {string} */ metric) => from(metric, `,index=${quoted(index.name)}`);
  return html`<tr class="standing-${index.standing.toLowerCase()}">
    <td class="index-name">
      <code title=${index.ddl}>${index.name}</code> <${Badge} look=${STANDINGS[index.standing]} />
      <span class="muted index-ddl">${index.ddl.replace(/^CREATE (UNIQUE )?INDEX \S+ ON (ONLY )?\S+ USING /, (_, unique) => (unique ? 'unique ' : ''))}</span>
      ${index.why && html`<span class="index-why"><${Words} text=${index.why} />${index.instead && index.scans > 0 && html` It would take over the scans.`}</span>`}
      ${index.rests.length > 0 && html`<span class="muted">Serves ${index.rests.join(', ')}.</span>`}
      ${loop && html`<span><a href=${'/loops/' + loop.id}>Loop: ${lookOf(loop).word.toLowerCase()} <${Icon} name="arrow" /></a></span>`}
    </td>
    <${Measure} name="Used" share=${index.scans / most.scans} kind="use">
      <${From} query=${`rate(${of('pg_index_scans_total')}[$window])`}>${quantity(index.scans, 'scans')}<//>
      ${index.lastScan && html`<span class="muted">last <${Ago} at=${index.lastScan} /></span>`}
    <//>
    <${Measure} name="Size" share=${index.bytes / most.bytes} kind="size"><${From} query=${of('pg_index_bytes')}>${quantity(index.bytes, 'bytes')}<//><//>
    <${Measure} name="Write cost" share=${index.secondsPerSecond / most.cost} kind="cost">
      <span title=${`${quantity(index.entries, 'entries')} at ${quantity(index.secondsPerEntry, 's')} each`}>${quantity(index.secondsPerSecond, 's')} per s</span>
      <span class="muted">${quantity(index.entries, 'entries')}</span>
    <//>
  </tr>`;
}

/** @param {{name: string, share: number, kind: string, children?: any}} props */
function Measure({ name, share, kind, children }) {
  return html`<td data-name=${name} class="measure"><span class="bar" aria-hidden="true">${share > 0 && html`<i class=${'bar-' + kind} style=${{ width: 100 * share + '%' }}></i>`}</span><span class="measure-text">${children}</span></td>`;
}
