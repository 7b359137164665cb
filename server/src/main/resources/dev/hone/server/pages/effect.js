// @ts-check
// Effects with their intervals, as text and as a small picture.
import { html } from './html.js';
import { effectWords } from './words.js';
import { interval, percent } from './format.js';
import { linear } from './scale.js';

/** @typedef {import('./types.js').Loop} Loop */

/** The effect of a loop, measured or expected, for tables and cards.
 * @param {{loop: Loop}} props */
export function Effect({ loop }) {
  const { verdict, recommendation: r } = loop;
  if (verdict && verdict.effect !== null) {
    return html`<span class="effect">
      <b>${percent(verdict.effect)}</b> <span class="muted">${interval(verdict.low, verdict.high)}</span>
      <${IntervalBar} low=${verdict.low} high=${verdict.high} mid=${verdict.effect} better=${r.primary.better} />
    </span>`;
  }
  if (r.expected.low === null && r.expected.high === null) return html`<span class="muted">not known</span>`;
  return html`<span class="effect expected">
    <span class="muted">expected</span> ${interval(r.expected.low, r.expected.high)}
  </span>`;
}

/**
 * An interval against zero, on a scale that makes halving and doubling equally long.
 * @param {{low: number|null, high: number|null, mid: number|null, better: import('./types.js').Better}} props
 */
export function IntervalBar({ low, high, mid, better }) {
  if (low === null || high === null || mid === null) return null;
  const ratio = (/** @type {number} */ change) => Math.log(Math.max(1 + change, 0.01));
  const reach = Math.max(Math.abs(ratio(low)), Math.abs(ratio(high)), Math.log(1.25)) * 1.08;
  const x = linear(-reach, reach, 0, 100);
  const gain = better === 'LOWER' ? high < 0 : low > 0;
  const harm = better === 'LOWER' ? low > 0 : high < 0;
  const tone = gain ? 'good' : harm ? 'bad' : 'unknown';
  const left = x(ratio(low));
  return html`<svg class="interval tone-${tone}" viewBox="0 0 100 14" preserveAspectRatio="none" aria-hidden="true">
    <path class="zero" d="M50 0V14" />
    <rect x=${left} y="5" width=${Math.max(x(ratio(high)) - left, 1)} height="4" rx="2" />
    <path class="mid" d="M${x(ratio(mid))} 2V12" />
  </svg>`;
}

/** The verdict in one sentence.
 * @param {Loop} loop */
export function verdictSentence(loop) {
  const { verdict, recommendation: r } = loop;
  if (!verdict) return '';
  const what = `“${r.title}”`;
  const range = `95 % interval ${interval(verdict.low, verdict.high)}`;
  const name = r.primary.name;
  switch (verdict.decision) {
    case 'KEEP':
      return `${what} made ${name} ${effectWords(verdict.effect)} (${range}).`;
    case 'ROLL_BACK':
      return verdict.effect === null
        ? `${what} did harm and was undone.`
        : `${what} made ${name} ${effectWords(verdict.effect)} (${range}) and was undone.`;
    default:
      return verdict.effect === null
        ? `${what} could not be judged, so it was undone.`
        : `${what} showed ${name} ${effectWords(verdict.effect)}, but the ${range} leaves the question open, so it was undone.`;
  }
}
