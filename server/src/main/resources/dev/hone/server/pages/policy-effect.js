// @ts-check
import { seconds, span } from './clock.js';
import { html } from './html.js';
import { Words } from './text.js';

/** @typedef {{notProposed: number, shown: number, asksTwo: number, asks: number, starts: number, waitMinutes: number}} Counts */
/** @typedef {{loop: string, title: string, before: string, after: string, waits: string}} Change */
/** @typedef {{settings: {key: string, before: string, after: string}[], days: number, recommendations: number, before: Counts, after: Counts, changed: Change[], changedInAll: number}} Effect */

/** @type {[keyof Counts, string][]} */
const COUNTS = [
  ['notProposed', 'not proposed'],
  ['shown', 'shown as a command'],
  ['asksTwo', 'two people must agree'],
  ['asks', 'a person must agree'],
  ['starts', 'start by themselves'],
];
/** @type {Record<string, string>} */
const TREATMENTS = { NOT_PROPOSED: 'not proposed', SHOWN: 'shown', ASKS_TWO: 'asks two', ASKS: 'asks', STARTS: 'starts' };

/** What a policy would have made of the recommendations of late. @param {{effect: Effect}} props */
export function PolicyEffect({ effect }) {
  const { before, after, settings, changed } = effect;
  return html`<div class="effect-of" role="status">
    <h3>Settings that differ</h3>
    <ul class="settings">${settings.map((s) => html`<li key=${s.key}><code>${s.key}</code> <span>${s.before || 'not there'} → <b>${s.after || 'not there'}</b></span></li>`)}</ul>
    <h3>The ${effect.recommendations} recommendations of the last ${effect.days} days</h3>
    <table class="counts">
      <thead><tr><th scope="col">They are</th><th scope="col" class="num">Now</th><th scope="col" class="num">With this policy</th><th scope="col" class="num">Difference</th></tr></thead>
      <tbody>
        ${COUNTS.map(([key, name]) => html`<tr key=${key} class=${before[key] === after[key] ? 'muted' : ''}>
          <th scope="row">${name}</th><td class="num">${before[key]}</td><td class="num">${after[key]}</td><td class="num">${difference(after[key] - before[key])}</td></tr>`)}
        <tr class=${before.waitMinutes === after.waitMinutes ? 'muted' : ''}><th scope="row">waiting for a change window, in all</th>
          <td class="num">${span(before.waitMinutes * 60)}</td><td class="num">${span(after.waitMinutes * 60)}</td><td></td></tr>
      </tbody>
    </table>
    <h3>${changed.length ? 'Treated differently' : 'None would be treated differently'}</h3>
    <ul class="changed">
      ${changed.map((c) => html`<li key=${c.loop}>
        <a href=${'/loops/' + c.loop}><${Words} text=${c.title} /></a>
        <span>${TREATMENTS[c.before]} → <b>${TREATMENTS[c.after]}</b>${seconds(c.waits) > 0 ? `, waits ${span(seconds(c.waits))}` : ''}</span>
      </li>`)}
      ${effect.changedInAll > changed.length && html`<li class="muted">and ${effect.changedInAll - changed.length} more</li>`}
    </ul>
    <p class="muted">It tells who would have been asked and when a change could have started, not what the experiment would have shown.</p>
  </div>`;
}

/** @param {number} by */
const difference = (by) => (by === 0 ? 'none' : by > 0 ? `+${by}` : `−${-by}`);
