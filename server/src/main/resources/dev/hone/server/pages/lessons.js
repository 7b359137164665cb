// @ts-check
import { number, percent, percentSize } from './format.js';
import { html } from './html.js';

/** @typedef {{id: string, state: import('./types.js').State, target: string, effect: number|null, updatedAt: string}} From */
/**
 * @typedef {{technique: string, context: string, layer: string, weight: number, chance: number, chanceLow: number, promisedGain: number|null,
 *   gain: number, gainLow: number, gainHigh: number, tried: number, loops: From[]}} Lesson
 */

/** What each technique promised and what it kept. @param {{lessons: Lesson[]}} props */
export function Lessons({ lessons }) {
  if (!lessons.length) return html`<p class="empty">Nothing was tried yet. Each verdict teaches how often a technique helps, and by how much.</p>`;
  return html`<p class="muted">What a technique reached counts more than what it promises, the more often it was tried. A loop of 60 days ago counts half, one of another context a quarter.</p>
    <ul class="lessons">
      ${lessons.map(
        (lesson) => html`<li key=${lesson.technique + lesson.context}>
          <div class="lesson-head"><h3><code>${lesson.technique}</code></h3><span class="layer">${lesson.context}</span><span class="muted">${lesson.tried} ${lesson.tried === 1 ? 'loop' : 'loops'}, counting as ${number(lesson.weight, 2)}</span></div>
          <dl class="facts wide">
            <div><dt>Chance of being kept</dt><dd><b>${whole(lesson.chance)}</b> <span class="muted">at least ${whole(lesson.chanceLow)}, 19 times in 20</span></dd></div>
            <div><dt>Gain when it is kept</dt><dd><b>${gain(lesson.gain)}</b> <span class="muted">${gain(lesson.gainLow)} to ${gain(lesson.gainHigh)}, 9 times in 10</span></dd></div>
            <div><dt>Gain it promises</dt><dd>${lesson.promisedGain === null ? 'not known' : gain(lesson.promisedGain)}</dd></div>
          </dl>
          <details class="numbers"><summary>Learnt from</summary>
            <ul>${lesson.loops.map((loop) => html`<li key=${loop.id}><a href=${'/loops/' + loop.id}>${loop.target}</a> ${loop.state.toLowerCase().replaceAll('_', ' ')}, ${percent(loop.effect)}</li>`)}
              ${lesson.tried > lesson.loops.length && html`<li class="muted">and ${lesson.tried - lesson.loops.length} older ones</li>`}</ul>
          </details>
        </li>`,
      )}
    </ul>`;
}

/** @param {number} share */
const whole = (share) => `${Math.round(share * 100)}\u00a0%`;

/** @param {number} value */
const gain = (value) => (value < 0 ? `${percentSize(-value)} worse` : percentSize(value));
