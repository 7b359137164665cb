// @ts-check
import { useEffect } from 'preact/hooks';
import { BlocksChart } from './blocks-chart.js';
import { span } from './clock.js';
import { blockSeconds, designOf, designTitle, isPaired } from './designs.js';
import { html } from './html.js';
import { Badge } from './icons.js';
import { isWhole, newest, readLoop } from './state.js';
import { Words } from './text.js';
import { WindowsPicture } from './windows-chart.js';
import { ACTIVE, lookOf } from './words.js';

/** @typedef {import('./types.js').Loop} Loop */

/** Experiments under way. */
export function Running() {
  const running = newest.value.filter((loop) => ACTIVE.includes(loop.state));
  return html`<section class="panel" aria-labelledby="running-title">
    <h2 id="running-title">On trial now</h2>
    ${running.length
      ? running.map((loop) => html`<${Trial} key=${loop.id} loop=${loop} />`)
      : html`<p class="empty">No change is on trial. While one is, its blocks and the growing evidence are shown here live.</p>`}
  </section>`;
}

/** @param {{loop: Loop}} props */
function Trial({ loop }) {
  const whole = isWhole(loop);
  useEffect(() => {
    if (!whole) readLoop(loop.id).catch(() => {});
  }, [loop.id, whole]);
  const { recommendation: r } = loop;
  return html`<article class="trial">
    <div class="decision-head"><${Badge} look=${lookOf(loop)} /><span class="layer">${r.layer}</span></div>
    <h3><a href="/loops/${loop.id}"><${Words} text=${r.title} /></a></h3>
    <p class="muted">${progress(loop)}</p>
    <${Evidence} loop=${loop} />
    ${isPaired(designOf(loop)) && (loop.pairs?.length ?? 0) > 0 && html`<${BlocksChart} loop=${loop} small=${true} />`}
    ${!isPaired(designOf(loop)) && (loop.windows?.length ?? 0) > 0 && html`<div class="plot" role="img" aria-label=${progress(loop)}><${WindowsPicture} loop=${loop} height=${140} /></div>`}
  </article>`;
}

/** How far an experiment is. @param {Loop} loop */
export function progress(loop) {
  const design = /** @type {any} */ (designOf(loop));
  if (isPaired(design)) {
    const done = loop.pairs?.length ?? 0;
    const left = (design.maxPairs - done) * 2 * blockSeconds(design);
    return `${done} of at most ${design.maxPairs} pairs measured by ${designTitle(design)}, at most ${span(left)} to go`;
  }
  const after = loop.windows?.filter((w) => w.after).length ?? 0;
  const left = (design.windowsAfter - after) * blockSeconds(design);
  return `${after} of at most ${design.windowsAfter} windows after the change measured, at most ${span(left)} to go`;
}

/** Evidence so far as a bar towards "enough", on a log scale. @param {{loop: Loop}} props */
function Evidence({ loop }) {
  const wealth = loop.pairs?.at(-1)?.wealthBetter ?? null;
  if (wealth === null || !loop.plan) return null;
  const enough = 1 / loop.plan.alpha;
  const share = Math.min(1, Math.max(0, Math.log(wealth) / Math.log(enough)));
  const text = `${wealth.toFixed(1)} of ${Math.round(enough)}`;
  return html`<div class="towards">
    <span>Evidence for “better”</span>
    <span class="bar" role="img" aria-label=${`Evidence ${text} needed`}><i style=${{ width: share * 100 + '%' }}></i></span>
    <b>${text}</b>
  </div>`;
}
