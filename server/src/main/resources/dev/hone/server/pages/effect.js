// @ts-check
// Effects with their intervals, as text and as a small picture.
import { html } from './html.js';
import { effectWords, isOver } from './words.js';
import { interval, percent } from './format.js';

/** @typedef {import('./types.js').Loop} Loop */

/** The effect of a loop, measured or expected, for tables and cards.
 * @param {{loop: Loop}} props */
export function Effect({ loop }) {
  const { verdict, recommendation: r } = loop;
  if (verdict && verdict.effect !== null) {
    return html`<span class="effect">
      <${IntervalBar} low=${verdict.low} high=${verdict.high} mid=${verdict.effect} better=${r.primary.better} />
      <b>${percent(verdict.effect)}</b> <span class="muted">${interval(verdict.low, verdict.high)}</span>
    </span>`;
  }
  if (isOver(loop)) return html`<span class="muted">not measured</span>`;
  const { low, high } = r.expected;
  if (low === null || high === null) return html`<span class="muted">not known</span>`;
  return html`<span class="effect">
    <${IntervalBar} low=${low} high=${high} mid=${null} better=${r.primary.better} />
    <span class="muted">expected</span> ${interval(low, high)}
  </span>`;
}

/**
 * Where a relative change lies between 0 (vanished) and 100 (grown without end): no change is at
 * 50, and halving is as far from it as doubling.
 * @param {number} change
 */
const place = (change) => (100 * (1 + change)) / (2 + change);

/**
 * An interval against "no change", on the same scale everywhere; hollow when it is only expected.
 * @param {{low: number|null, high: number|null, mid: number|null, better: import('./types.js').Better}} props
 */
export function IntervalBar({ low, high, mid, better }) {
  if (low === null || high === null) return null;
  const gain = better === 'LOWER' ? high < 0 : low > 0;
  const harm = better === 'LOWER' ? low > 0 : high < 0;
  const tone = mid === null ? 'unknown expected' : gain ? 'good' : harm ? 'bad' : 'unknown';
  const left = place(Math.max(low, -1));
  return html`<svg class="interval tone-${tone}" viewBox="0 0 100 14" preserveAspectRatio="none" aria-hidden="true">
    <path class="reach" d="M0 7H100" />
    <path class="zero" d="M50 0V14" />
    <rect x=${left} y="4" width=${Math.max(place(high) - left, 1.5)} height="6" />
    ${mid !== null && html`<path class="mid" d="M${place(mid)} 1V13" />`}
  </svg>`;
}

/** The verdict in one sentence.
 * @param {Loop} loop */
export function verdictSentence(loop) {
  const { verdict, recommendation: r } = loop;
  if (!verdict) return '';
  const what = `“${r.title}”`;
  const range = `95\u00a0% interval ${interval(verdict.low, verdict.high)}`;
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
