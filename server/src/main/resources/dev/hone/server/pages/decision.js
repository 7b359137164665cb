// @ts-check
import { useEffect } from 'preact/hooks';
import { LoopButtons } from './actions.js';
import { Agreement } from './agreement.js';
import { Effect } from './effect.js';
import { html } from './html.js';
import { Badge, Icon } from './icons.js';
import { loops, readLoop, status } from './state.js';
import { Words } from './text.js';
import { RISKS, lookOf } from './words.js';

/** The one thing a person is asked to decide next.
 * @param {{id: string|null}} props */
export function Decision({ id }) {
  const loop = id ? loops.value?.get(id) : undefined;
  const explained = loop?.needs !== undefined;
  useEffect(() => {
    if (id && !explained) readLoop(id).catch(() => {});
  }, [id, explained]);
  return html`<section class=${loop ? 'panel decision' : 'panel'} aria-labelledby="decision-title">
    <h2 id="decision-title">Next decision</h2>
    ${loop ? html`<${Proposal} loop=${loop} />` : html`<${NothingToDecide} />`}
  </section>`;
}

/** @param {{loop: import('./types.js').Loop}} props */
function Proposal({ loop }) {
  const { recommendation: r, finding } = loop;
  return html`<div class="decision-head"><${Badge} look=${lookOf(loop)} /><span class="layer">${r.layer}</span></div>
    <h3><a href="/loops/${loop.id}"><${Words} text=${r.title} /></a></h3>
    <p><${Words} text=${finding.summary} /></p>
    <dl class="facts">
      <div><dt>Effect on ${r.primary.name}</dt><dd><${Effect} loop=${loop} /></dd></div>
      <div><dt>Change</dt><dd><code>${r.from}</code> → <code>${r.to}</code></dd></div>
      <div><dt>Risk</dt><dd><b>${r.risk}</b> ${RISKS[r.risk]}</dd></div>
      ${loop.forecast && html`<div><dt>Forecast</dt><dd>${loop.forecast.sentence}</dd></div>`}
      <${Agreement} loop=${loop} />
    </dl>
    ${!r.appliable && html`<p class="hindrance"><${Icon} name="terminal" /><span><${Words} text=${r.hindrance} /></span></p>`}
    <div class="decision-foot">
      <${LoopButtons} loop=${loop} />
      <a class="more" href="/loops/${loop.id}">Evidence and plan <${Icon} name="arrow" /></a>
    </div>`;
}

function NothingToDecide() {
  const modes = Object.entries(status.value?.modes ?? {});
  const watching = modes.filter(([, mode]) => mode === 'OBSERVE').map(([layer]) => layer);
  return html`<p class="empty">
      Nothing waits for you. A proposal appears here when Hone finds something slow or wasteful and knows a change that may help.
    </p>
    ${watching.length > 0 &&
    html`<p class="empty">
      ${watching.join(', ')}: mode observe, so that Hone reports what it finds and proposes nothing. To see proposals, raise the mode in the <a href="/policy">policy</a>.
    </p>`}`;
}
