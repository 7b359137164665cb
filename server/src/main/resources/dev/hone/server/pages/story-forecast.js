// @ts-check
import { seconds, span } from './clock.js';
import { designOf, steps } from './designs.js';
import { interval, number, percent, quantity } from './format.js';
import { html } from './html.js';
import { Words } from './text.js';
import { expectedWords, isOver } from './words.js';

/** @typedef {import('./types.js').Loop} Loop */

/** What was said beforehand against what the experiment showed. @param {{loop: Loop}} props */
export function ForecastPart({ loop }) {
  const { forecast, verdict, recommendation: r } = loop;
  return html`${forecast
      ? html`<p class="forecast-sentence"><${Words} text=${forecast.sentence} />.</p>`
      : html`<p class="empty">Nothing was forecast for this loop.</p>`}
    ${loop.score && html`<p class="muted">Its place among the others: ${loop.score.sentence}.</p>`}
    <div class="scroll plain" tabindex="0" role="region" aria-label="Forecast against reality">
      <table class="versus">
        <thead><tr><th scope="col"></th><th scope="col">Forecast</th><th scope="col">What came of it</th></tr></thead>
        <tbody>
          <tr><th scope="row">Effect on ${r.primary.name}</th><td>${expectedWords(r.expected)}</td>
            <td>${verdict ? html`<b>${percent(verdict.effect)}</b> ${interval(verdict.low, verdict.high)}` : isOver(loop) ? 'not measured' : 'not measured yet'}</td></tr>
          ${forecast &&
          html`<tr><th scope="row">Kept</th><td>${forecast.power === null ? 'chance not known' : `with a chance of ${quantity(forecast.power, 'ratio')}`}</td>
              <td>${outcome(loop)}</td></tr>
            <tr><th scope="row">Time to the verdict</th><td>typically ${span(seconds(forecast.time))}</td><td>${taken(loop)}</td></tr>
            <tr><th scope="row">Noise between two blocks</th><td>${share(forecast.noise)}${forecast.history ? `, from ${forecast.history} without a change` : ''}</td><td>${share(spread(loop))}</td></tr>
            <tr><th scope="row">Smallest gain that is kept 4 times in 5</th><td>${share(forecast.detectable)}</td><td></td></tr>`}
        </tbody>
      </table>
    </div>`;
}

/** @param {number|null} value */
const share = (value) => (value === null || !Number.isFinite(value) ? 'not known' : `${number(value * 100)}\u00a0%`);

/** @param {Loop} loop */
function outcome(loop) {
  const { verdict, state } = loop;
  if (!verdict) return isOver(loop) ? 'no: it ended without a verdict' : 'not decided yet';
  if (verdict.decision === 'KEEP') return state === 'KEPT' ? 'kept' : 'kept, and taken back later';
  return verdict.decision === 'ROLL_BACK' ? 'undone: it did harm' : 'undone: not decided';
}

/** From the first write to the last measured block. @param {Loop} loop */
function taken(loop) {
  const began = loop.history?.find((step) => step.state === 'APPLYING')?.at;
  const last = loop.pairs?.at(-1)?.second.to ?? loop.windows?.at(-1)?.to;
  const passed = began && last ? (new Date(last).getTime() - new Date(began).getTime()) / 1000 : -1;
  if (passed < 0) return isOver(loop) ? 'never begun' : 'not begun';
  const so = loop.verdict ? '' : ' so far';
  const count = loop.pairs?.length || loop.windows?.filter((w) => w.after).length || 0;
  return `${span(passed)}, ${steps(designOf(loop), count)}${so}`;
}

/** Standard deviation of the differences within pairs. @param {Loop} loop */
function spread(loop) {
  const values = /** @type {number[]} */ ((loop.pairs ?? []).map((p) => p.difference).filter((d) => d !== null));
  if (values.length < 3) return null;
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  return Math.sqrt(values.reduce((a, b) => a + (b - mean) ** 2, 0) / (values.length - 1));
}
