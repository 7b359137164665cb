// @ts-check
import { designOf, steps } from './designs.js';
import { IntervalBar, verdictSentence } from './effect.js';
import { interval, percent, quantity } from './format.js';
import { html } from './html.js';
import { Badge } from './icons.js';
import { Words } from './text.js';
import { GRADES, effectWords } from './words.js';

/** @typedef {import('./types.js').Loop} Loop */

/** @type {Record<string, import('./words.js').Look>} */
const DECISIONS = {
  KEEP: { word: 'Keep', icon: 'check', tone: 'good', means: '' },
  ROLL_BACK: { word: 'Roll back', icon: 'undo', tone: 'bad', means: '' },
  INCONCLUSIVE: { word: 'Inconclusive', icon: 'question', tone: 'unknown', means: '' },
};

/** What the experiment showed, in a sentence, with its interval and grade. @param {{loop: Loop}} props */
export function VerdictPart({ loop }) {
  const { verdict, recommendation: r } = loop;
  if (!verdict) return html`<p class="empty"><${Words} text=${without(loop)} /></p>`;
  return html`<p class="verdict-line"><${Badge} look=${DECISIONS[verdict.decision]} /></p>
    <p class="verdict-sentence"><${Words} text=${verdictSentence(loop)} /></p>
    ${verdict.low !== null &&
    html`<div class="verdict-bar">
      <${IntervalBar} low=${verdict.low} high=${verdict.high} mid=${verdict.effect} better=${r.primary.better} />
      <p class="muted" aria-hidden="true"><span>½ ×</span><span>no change</span><span>2 ×</span></p>
    </div>`}
    <dl class="facts wide">
      <div><dt>Effect</dt><dd><b>${percent(verdict.effect)}</b></dd></div>
      <div><dt>95 % interval</dt><dd>${interval(verdict.low, verdict.high)}</dd></div>
      <div><dt>Rests on</dt><dd>${steps(designOf(loop), verdict.pairs)}</dd></div>
      <div><dt>Data complete</dt><dd>${quantity(verdict.completeness, 'ratio')}</dd></div>
    </dl>
    ${verdict.reasons.length > 0 && html`<ul>${verdict.reasons.map((text) => html`<li key=${text}><${Words} text=${text} /></li>`)}</ul>`}
    <p class="grade-line"><span class="grade">${verdict.grade}</span> ${GRADES[verdict.grade]}</p>
    <${Remeasured} loop=${loop} />`;
}

/** What a later measurement of the kept change showed. @param {{loop: Loop}} props */
function Remeasured({ loop }) {
  const { remeasured, recommendation: r } = loop;
  if (!remeasured) return null;
  const { verdict } = remeasured;
  return html`<h3>Measured again</h3>
    <p><${IntervalBar} low=${verdict.low} high=${verdict.high} mid=${verdict.effect} better=${r.primary.better} />${' '}
      The change still makes ${r.primary.name} <b>${effectWords(verdict.effect)}</b> (95 % interval ${interval(verdict.low, verdict.high)}), by loop${' '}
      <a href=${'/loops/' + encodeURIComponent(remeasured.byLoop)}>${remeasured.byLoop}</a>.
    </p>`;
}

/** @param {Loop} loop */
function without(loop) {
  const last = loop.history?.at(-1)?.text;
  switch (loop.state) {
    case 'REJECTED':
    case 'EXPIRED':
      return 'None: it was not tried.';
    case 'ROLLED_BACK':
    case 'ROLLING_BACK':
    case 'SUSPENDED':
    case 'STUCK':
    case 'REVOKED':
      return `The experiment ended before a verdict: ${loop.history?.findLast((s) => s.state === 'ROLLING_BACK')?.text ?? last ?? 'see the history'}.`;
    default:
      return 'Not yet. The evidence is judged after every pair of blocks, and the verdict stands as soon as it suffices.';
  }
}
