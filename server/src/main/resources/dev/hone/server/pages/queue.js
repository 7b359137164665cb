// @ts-check
// What is to be decided or waits for its turn, the most promising first.
import { useEffect, useState } from 'preact/hooks';
import { LoopButtons } from './actions.js';
import { Agreement } from './agreement.js';
import { get } from './api.js';
import { Effect } from './effect.js';
import { number } from './format.js';
import { html } from './html.js';
import { Badge, Icon } from './icons.js';
import { loops, status, takeExplained } from './state.js';
import { Words } from './text.js';
import { PENDING, RISKS, lookOf } from './words.js';

/** @typedef {import('./types.js').Loop} Loop */
/** @typedef {{loop: Loop, score: import('./types.js').Score, effort: string, needs: number, waitsFor: string|null, cost: string}} Item */

/** The queue of decisions. */
export function Queue() {
  const [items, setItems] = useState(/** @type {Item[]|null} */ (null));
  const [error, setError] = useState('');
  const pending = [...(loops.value?.values() ?? [])].filter((loop) => PENDING.includes(loop.state));
  const key = pending.map((loop) => loop.id + loop.state + (loop.endorsement ? 1 : 0)).sort().join();
  useEffect(() => {
    get('roadmap').then(
      (answer) => {
        setItems(answer.roadmap);
        setError('');
        takeExplained(answer.roadmap);
      },
      (problem) => setError(problem.message),
    );
  }, [key, status.value?.freeze?.until, status.value?.errorBudget?.burning?.since]);
  if (error) return html`<p class="error" role="alert">${error}</p>`;
  if (!items) return html`<div class="loading" aria-busy="true"><i></i></div>`;
  const now = items.map((item) => ({ ...item, loop: loops.value?.get(item.loop.id) ?? item.loop }));
  const asked = now.filter(({ loop }) => loop.state === 'PROPOSED');
  const waiting = now.filter(({ loop }) => loop.state === 'APPROVED' || loop.state === 'SCHEDULED');
  return html`<section aria-labelledby="queue-title">
      <h2 id="queue-title">${asked.length === 0 ? 'Nothing to decide' : asked.length === 1 ? '1 decision waits for you' : `${asked.length} decisions wait for you`}</h2>
      ${asked.length === 0
        ? html`<p class="empty panel">A proposal appears here when Hone finds something slow or wasteful and knows a change that may help.</p>`
        : html`<p class="muted queue-note">The most promising first: expected gain times the chance of being kept, less risk, less what the experiment costs.</p>
            <ol class="queue">${asked.map((item, i) => html`<${Proposal} key=${item.loop.id} item=${item} place=${i + 1} />`)}</ol>`}
    </section>
    ${waiting.length > 0 &&
    html`<section class="panel" aria-labelledby="waiting-title">
      <h2 id="waiting-title">Approved, and waiting</h2>
      <ul class="waiting">${waiting.map((item) => html`<${Waiting} key=${item.loop.id} item=${item} />`)}</ul>
    </section>`}`;
}

/** @param {{item: Item, place: number}} props */
function Proposal({ item, place }) {
  const { loop, score } = item;
  const { recommendation: r, finding } = loop;
  return html`<li class="panel decision">
    <span class="rank"><span class="hidden">Place </span>${place}</span>
    <div class="decision-head"><${Badge} look=${lookOf(loop)} /><span class="layer">${r.layer}</span><span class="muted">worth ${number(score.worth * 100, 2)} points</span></div>
    <h3><a href="/loops/${loop.id}"><${Words} text=${r.title} /></a></h3>
    <p><${Words} text=${finding.summary} /></p>
    <dl class="facts">
      <div><dt>Why it stands here</dt><dd>${score.sentence}</dd></div>
      <div><dt>Forecast</dt><dd>${loop.forecast ? html`<${Words} text=${loop.forecast.sentence} />` : 'none: too little is known of the noise'}</dd></div>
      <div><dt>Effect on ${r.primary.name}</dt><dd><${Effect} loop=${loop} /></dd></div>
      <div><dt>Change</dt><dd><code>${r.from}</code> → <code>${r.to}</code></dd></div>
      <div><dt>Risk</dt><dd><b>${r.risk}</b> ${RISKS[r.risk]}</dd></div>
      <div><dt>Effort</dt><dd>${item.effort}</dd></div>
      <${Agreement} loop=${loop} />
    </dl>
    ${!r.appliable && html`<p class="hindrance"><${Icon} name="terminal" /><span><${Words} text=${r.hindrance} /></span></p>`}
    <div class="decision-foot">
      <${LoopButtons} loop=${loop} />
      <a class="more" href="/loops/${loop.id}">Evidence and plan <${Icon} name="arrow" /></a>
    </div>
  </li>`;
}

/** @param {{item: Item}} props */
function Waiting({ item }) {
  const { loop } = item;
  return html`<li>
    <${Badge} look=${lookOf(loop)} />
    <span><a href="/loops/${loop.id}"><${Words} text=${loop.recommendation.title} /></a>
      <span class="muted"> ${item.waitsFor ? html`waits: <${Words} text=${item.waitsFor} />` : 'waits for its turn'}</span></span>
    <${LoopButtons} loop=${loop} />
  </li>`;
}
