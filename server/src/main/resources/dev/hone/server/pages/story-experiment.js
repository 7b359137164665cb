// @ts-check
import { BlocksChart } from './blocks-chart.js';
import { designOf, designTitle } from './designs.js';
import { html } from './html.js';
import { progress } from './running.js';
import { WealthChart } from './wealth-chart.js';
import { WindowsChart } from './windows-chart.js';
import { ACTIVE } from './words.js';

/** @typedef {import('./types.js').Loop} Loop */

/** What was measured, with the change on and off. @param {{loop: Loop}} props */
export function Experiment({ loop }) {
  const pairs = loop.pairs ?? [];
  const windows = loop.windows ?? [];
  if (!pairs.length && !windows.length) return html`<p class="empty">${nothingYet(loop)}</p>`;
  return html`${ACTIVE.includes(loop.state) && html`<p role="status">${progress(loop)}.</p>`}
    ${pairs.length > 0 && html`<${BlocksChart} loop=${loop} /><${WealthChart} loop=${loop} />`}
    ${windows.length > 0 && html`<${WindowsChart} loop=${loop} />`}`;
}

/** @param {Loop} loop */
function nothingYet(loop) {
  const { state } = loop;
  const design = designTitle(designOf(loop));
  if (state === 'PROPOSED') return `Not begun. Once approved, the change is tried by ${design}, and every block shows here as it ends.`;
  if (state === 'APPROVED' || state === 'SCHEDULED') return `Approved, and waiting for its turn${loop.waitsFor ? ': ' + loop.waitsFor : ''}.`;
  if (state === 'REJECTED' || state === 'EXPIRED') return 'There was none: nothing was changed.';
  if (ACTIVE.includes(state)) return 'The first measurement is under way.';
  return 'It ended before the first measurement was complete; the history says why.';
}
