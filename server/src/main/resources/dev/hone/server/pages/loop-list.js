// @ts-check
// All loops, with filters and paging.
import { useEffect, useState } from 'preact/hooks';
import { get } from './api.js';
import { Effect } from './effect.js';
import { html } from './html.js';
import { Badge } from './icons.js';
import { choose, place } from './route.js';
import { loops } from './state.js';
import { Words } from './text.js';
import { Ago } from './time.js';
import { STAGES, isOver, lookOf } from './words.js';

/** @typedef {import('./types.js').Loop} Loop */

const PAGE = 50;
const PAUSE = 250;

/** The table with what chooses its rows. @param {{layers: string[]}} props */
export function LoopList({ layers }) {
  const { query } = place.value;
  const stage = STAGES.find(({ id }) => id === query.get('state'));
  const layer = query.get('layer') ?? '';
  const text = query.get('q') ?? '';
  const wanted = { ...(stage && { state: stage.states.join(',') }), ...(layer && { layer }), ...(text && { q: text }), limit: PAGE };
  const known = loops.value?.size ?? 0;
  const counts = stage ? [...(loops.value?.values() ?? [])].filter((loop) => stage.states.includes(loop.state)).length : 0;
  const [list, setList] = useState(/** @type {Loop[]|null} */ (null));
  const [next, setNext] = useState(/** @type {string|null} */ (null));
  const [error, setError] = useState('');
  useEffect(() => {
    let current = true;
    const timer = setTimeout(() => read('', (page) => current && setList(page)), text ? PAUSE : 0);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [stage?.id, layer, text, known, counts]);

  /** @param {string} before @param {(page: Loop[]) => void} use */
  async function read(before, use) {
    try {
      const answer = await get('loops', { ...wanted, ...(before && { before }) });
      use(answer.loops);
      setNext(answer.next);
      setError('');
    } catch (problem) {
      setError(/** @type {Error} */ (problem).message);
    }
  }

  const shown = (list ?? []).map((loop) => loops.value?.get(loop.id) ?? loop);
  return html`<section class="stack" aria-labelledby="list-title">
    <h2 id="list-title">All loops</h2>
    <${Filters} layers=${layers} layer=${layer} stage=${stage?.id ?? ''} text=${text} count=${shown.length} more=${next !== null} />
    ${error && html`<p class="error" role="alert">${error}</p>`}
    ${shown.length > 0 && html`<${Table} list=${shown} />`}
    ${list && !shown.length && html`<p class="empty panel">No loop matches. <a href="/loops">Show all</a></p>`}
    ${next && html`<button class="quiet older" onClick=${() => read(next, (page) => setList([...(list ?? []), ...page]))}>Show older ones</button>`}
  </section>`;
}

/** @param {{layers: string[], layer: string, stage: string, text: string, count: number, more: boolean}} props */
function Filters({ layers, layer, stage, text, count, more }) {
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
    <label class="grow">Text
      <input type="search" value=${text} placeholder="title, technique, target" onInput=${pick('q')} />
    </label>
    <span class="muted" role="status">${count}${more ? ' and more' : ''} ${count === 1 && !more ? 'loop' : 'loops'}, newest first</span>
  </form>`;
}

/** @param {{list: Loop[]}} props */
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
