// @ts-check
// The view "Loops": all of them, newest first.
import { useEffect, useState } from 'preact/hooks';
import { Effect } from './effect.js';
import { Funnel } from './funnel.js';
import { html } from './html.js';
import { Badge } from './icons.js';
import { Loading } from './now.js';
import { choose, place } from './route.js';
import { loops, newest, status } from './state.js';
import { Words } from './text.js';
import { Ago } from './time.js';
import { STAGES, isOver, lookOf } from './words.js';

const AT_FIRST = 100;

/** The second view. */
export function LoopsView() {
  const [most, setMost] = useState(AT_FIRST);
  useEffect(() => {
    document.title = 'Loops · Hone';
  }, []);
  if (!loops.value) return html`<${Loading} />`;
  const all = newest.value;
  const stage = STAGES.find(({ id }) => id === place.value.query.get('state'));
  const layer = place.value.query.get('layer') ?? '';
  const found = all.filter(
    (loop) => (!stage || stage.states.includes(loop.state)) && (!layer || loop.recommendation.layer === layer),
  );
  const counts = /** @type {Record<string, number>} */ ({});
  for (const loop of all) counts[loop.state] = (counts[loop.state] ?? 0) + 1;
  return html`<div class="loops">
    <h1>Loops</h1>
    <p class="lead muted">Each loop is one finding followed to its end: proposed, tried, and then kept with proof or undone.</p>
    <${Funnel} counts=${counts} chosen=${stage?.id} />
    <${Filters} layers=${[...new Set(all.map((loop) => loop.recommendation.layer))].sort()} layer=${layer} stage=${stage?.id ?? ''} found=${found.length} all=${all.length} />
    ${found.length > 0 && html`<${Table} list=${found.slice(0, most)} />`}
    ${found.length > most && html`<button class="quiet" onClick=${() => setMost(most + AT_FIRST)}>Show ${Math.min(AT_FIRST, found.length - most)} more</button>`}
    ${!found.length && (all.length ? html`<p class="empty panel">No loop matches. <a href="/loops">Show all ${all.length}</a></p>` : html`<${NoneYet} />`)}
  </div>`;
}

/** @param {{layers: string[], layer: string, stage: string, found: number, all: number}} props */
function Filters({ layers, layer, stage, found, all }) {
  const pick = (/** @type {string} */ name) => (/** @type {any} */ event) => choose(name, event.target.value);
  return html`<form class="filters" aria-label="Filter" onSubmit=${(/** @type {Event} */ e) => e.preventDefault()}>
    <label>Stage
      <select value=${stage} onChange=${pick('state')}>
        <option value="">all</option>
        ${STAGES.map(({ id, title }) => html`<option key=${id} value=${id}>${title}</option>`)}
      </select>
    </label>
    <label>Layer
      <select value=${layer} onChange=${pick('layer')}>
        <option value="">all</option>
        ${layers.map((name) => html`<option key=${name} value=${name}>${name}</option>`)}
      </select>
    </label>
    <span class="muted" role="status">${found === all ? `${all} loops` : `${found} of ${all} loops`}, newest first</span>
  </form>`;
}

/** @param {{list: import('./types.js').Loop[]}} props */
function Table({ list }) {
  return html`<table class="loop-table panel">
    <thead>
      <tr>${['Change', 'Layer', 'State', 'Effect, 95 % interval', 'Grade', 'When'].map((name) => html`<th scope="col" key=${name}>${name}</th>`)}</tr>
    </thead>
    <tbody>
      ${list.map(
        (loop) => html`<tr key=${loop.id}>
          <td class="title"><a href="/loops/${loop.id}"><${Words} text=${loop.recommendation.title} /></a><span class="muted"><${Words} text=${loop.finding.summary} /></span></td>
          <td data-name="Layer"><span class="layer">${loop.recommendation.layer}</span></td>
          <td data-name="State"><${Badge} look=${lookOf(loop)} /></td>
          <td data-name="Effect"><${Effect} loop=${loop} /></td>
          <td data-name="Grade">${loop.verdict ? html`<span class="grade" title="Grade of the evidence">${loop.verdict.grade}</span>` : html`<span class="muted">${isOver(loop) ? 'none' : 'not yet'}</span>`}</td>
          <td data-name="When"><${Ago} at=${loop.updatedAt} /></td>
        </tr>`,
      )}
    </tbody>
  </table>`;
}

function NoneYet() {
  const now = status.value;
  return html`<div class="empty panel">
    <h2>Nothing found yet</h2>
    <p>
      ${now ? html`Hone watches ${now.series.toLocaleString('en-GB')} series since <${Ago} at=${now.startedAt} />, on the layers ${Object.keys(now.modes).join(', ') || 'host'}. ` : ''}
      It looks for processes that wait for the CPU because of a neighbour, statements that read far more than they return, and threads that queue for a connection.
    </p>
    <p>A loop appears here as soon as one of these holds for long enough to be no accident. A quiet list on a healthy system is the expected result.</p>
  </div>`;
}
