// @ts-check
// The evidence of a switchback pair by pair: the wealth of two bets, one on "better" and one on
// "worse". If the change did nothing, neither would reach its line but with a chance of alpha.
import { designOf, isPaired } from './designs.js';
import { Figure } from './figure.js';
import { number } from './format.js';
import { Frame, feet, rules } from './frame.js';
import { html } from './html.js';
import { linear, logarithmic, powers } from './scale.js';

/** @typedef {import('./types.js').Loop} Loop */

/** @param {{loop: Loop}} props */
export function WealthChart({ loop }) {
  const { plan, pairs = [] } = loop;
  if (!plan || !pairs.length) return null;
  const better = [1, ...pairs.map((p) => p.wealthBetter)];
  const worse = [1, ...pairs.map((p) => p.wealthWorse)];
  const last = /** @type {import('./types.js').Pair} */ (pairs.at(-1));
  const summary = `After ${pairs.length} pairs the evidence for better is ${wealth(last.wealthBetter)} of ${number(1 / plan.alpha)} needed, for worse ${wealth(last.wealthWorse)} of ${number(1 / plan.alphaHarm)}.`;
  return html`<${Figure}
    title="Evidence, pair by pair"
    summary=${summary}
    head=${['Pair', 'Difference (log, negative is better)', 'Evidence for better', 'Evidence for worse']}
    rows=${pairs.map((p) => [p.index, p.difference === null ? 'no data' : number(p.difference), wealth(p.wealthBetter), wealth(p.wealthWorse)])}
    note=${html`<span class="key"><svg viewBox="0 0 22 12" aria-hidden="true"><path class="bet-better" d="M1 6H21" /></svg>for “better”: ${wealth(last.wealthBetter)}</span>
      <span class="key"><svg viewBox="0 0 22 12" aria-hidden="true"><path class="bet-worse" d="M1 6H21" /></svg>for “worse”: ${wealth(last.wealthWorse)}</span>
      <span class="key muted">Two bets that start at 1. If the change did nothing, the chance that “better” ever reaches its line is below ${number(plan.alpha * 100)}\u00a0%.</span>`}
  >
    <${Frame} height=${220} draw=${(/** @type {any} */ area) => draw(area, better, worse, plan, loop)} />
  <//>`;
}

/** @param {number|null} value */
const wealth = (value) => (value === null ? 'no data' : value >= 1e4 ? 'over 10,000' : value < 1e-3 ? 'below 0.001' : number(value));

/**
 * @param {import('./frame.js').Area} area
 * @param {(number|null)[]} better
 * @param {(number|null)[]} worse
 * @param {import('./types.js').Plan} plan
 * @param {Loop} loop
 */
function draw(area, better, worse, plan, loop) {
  const values = /** @type {number[]} */ ([...better, ...worse].filter((v) => v !== null && v > 0));
  const enough = 1 / plan.alpha;
  const harm = 1 / plan.alphaHarm;
  const high = Math.max(enough, harm, ...values) * 2;
  const low = Math.max(Math.min(0.1, ...values) / 1.5, 0.01);
  const y = logarithmic(low, high, area.bottom, area.top);
  const design = /** @type {any} */ (designOf(loop));
  const end = Math.max(better.length - 1, isPaired(design) ? Math.min(design.maxPairs, better.length + 3) : 1);
  const x = linear(0, end, area.left, area.right);
  const line = (/** @type {(number|null)[]} */ bet) => bet.map((v, i) => (v === null ? '' : `${i ? 'L' : 'M'}${x(i)} ${y(v)}`)).join('');
  const together = Math.abs(y(enough) - y(harm)) < 2;
  return html`${rules(area, powers(low, high), y, (v) => number(v))}
    <path class="bet-worse" d=${line(worse)} />
    ${worse.map((v, i) => v !== null && html`<path key=${'w' + i} class="dot-worse" d="M${x(i) - 3} ${y(v) - 3}l6 6m0 -6l-6 6" />`)}
    <path class="bet-better" d=${line(better)} />
    ${better.map((v, i) => v !== null && html`<circle key=${'b' + i} class="dot-better" cx=${x(i)} cy=${y(v)} r="3" />`)}
    <${Threshold} area=${area} at=${y(enough)} above=${enough >= harm} text=${`enough evidence${together ? '' : ' to keep'} (1/α = ${number(enough)})`} />
    ${!together && html`<${Threshold} area=${area} at=${y(harm)} above=${harm > enough} text=${`enough to roll back (${number(harm)})`} />`}
    ${feet(area, Array.from({ length: end + 1 }, (_, i) => ({ x: x(i), text: i ? `pair ${i}` : 'start' })), 48)}`;
}

/** @param {{area: import('./frame.js').Area, at: number, above: boolean, text: string}} props */
function Threshold({ area, at, above, text }) {
  return html`<g class="threshold"><path d="M${area.left} ${at}H${area.right}" /><text x=${area.left + 6} y=${above ? at - 5 : at + 13}>${text}</text></g>`;
}
