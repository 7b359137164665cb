// @ts-check
// Error rates with their 95 % intervals, against the bounds that are promised.
import { dateTime } from './clock.js';
import { Figure } from './figure.js';
import { number } from './format.js';
import { Frame } from './frame.js';
import { html } from './html.js';
import { Badge } from './icons.js';
import { linear, ticks } from './scale.js';

/** @typedef {import('./calibration.js').Rate} Rate */
/** @typedef {import('./calibration.js').Share} Share */

const ROW = 26;
const GROUP = 78;
const LEFT = 12;

/** @param {number|null} value */
const share = (value) => (value === null ? 'none' : `${number(value * 100, 2)}\u00a0%`);

/** @param {Share} errors @param {number} bound @returns {import('./words.js').Look} */
function lookOf(errors, bound) {
  if (errors.low > bound) return { word: 'Above the bound', icon: 'alert', tone: 'bad', means: 'More errors than promised.' };
  if (errors.high < bound) return { word: 'Within the bound', icon: 'check', tone: 'good', means: 'The whole interval lies below the bound.' };
  return { word: 'Too few to tell', icon: 'question', tone: 'unknown', means: 'The interval reaches over the bound.' };
}

/** @param {{calibration: import('./calibration.js').Calibration}} props */
export function RatesChart({ calibration: { rates, falseKeepsBound, falseRollBacksBound } }) {
  const rows = rates.map((rate) => [
    rate.signal,
    rate.design,
    rate.experiments,
    text(rate.falseKeeps),
    text(rate.falseRollBacks),
    text(rate.coverage),
    dateTime(rate.measuredTo),
  ]);
  const summary = rates
    .map((r) => `${r.signal}, ${r.design}, ${r.experiments} experiments: ${text(r.falseKeeps)} kept, ${text(r.falseRollBacks)} called harmful.`)
    .join(' ');
  return html`<${Figure}
      title="Share of errors, with 95 % intervals"
      summary=${summary}
      head=${['Signal', 'Design', 'Experiments', 'Kept', 'Called harmful', 'Intervals that held zero', 'Last']}
      rows=${rows}
      note=${html`<span class="key"><svg viewBox="0 0 22 12" aria-hidden="true"><circle class="dot-better" cx="11" cy="6" r="4" /></svg>kept, below ${share(falseKeepsBound)} promised</span>
        <span class="key"><svg viewBox="0 0 22 12" aria-hidden="true"><path class="dot-worse" d="M7 2l8 8m0 -8l-8 8" /></svg>called harmful, below ${share(falseRollBacksBound)} promised</span>`}
    >
      <${Frame} height=${rates.length * GROUP + 48} draw=${(/** @type {any} */ area) => draw(area, rates, falseKeepsBound, falseRollBacksBound)} />
    <//>
    <ul class="rate-list">
      ${rates.map(
        (rate) => html`<li key=${rate.signal + rate.design}>
          <span><b>${rate.signal}</b> <span class="muted">${rate.design}, ${rate.experiments} experiments</span></span>
          <span>kept ${share(rate.falseKeeps.share)} <${Badge} look=${lookOf(rate.falseKeeps, falseKeepsBound)} /></span>
          <span>called harmful ${share(rate.falseRollBacks.share)} <${Badge} look=${lookOf(rate.falseRollBacks, falseRollBacksBound)} /></span>
        </li>`,
      )}
    </ul>`;
}

/** @param {Share} errors */
const text = (errors) => `${errors.count}: ${share(errors.share)} (${share(errors.low)} to ${share(errors.high)})`;

/**
 * @param {import('./frame.js').Area} area
 * @param {Rate[]} rates
 * @param {number} keeps
 * @param {number} harms
 */
function draw(area, rates, keeps, harms) {
  const most = Math.min(1, Math.max(0.1, ...rates.flatMap((r) => [r.falseKeeps.high, r.falseRollBacks.high])) * 1.04);
  const x = linear(0, most, LEFT, area.right);
  const top = 34;
  return html`${ticks(0, most, area.width < 500 ? 4 : 8).map((v) => html`<g key=${v} class="rule"><path d="M${x(v)} ${top}V${area.bottom}" /><text x=${x(v)} y=${area.bottom + 15} text-anchor="middle">${number(v * 100)} %</text></g>`)}
    <g class="threshold">
      <path d="M${x(keeps)} 4V${area.bottom}" /><text x=${x(keeps) + 5} y="13">kept: below ${number(keeps * 100)} %</text>
      <path d="M${x(harms)} 18V${area.bottom}" /><text x=${x(harms) + 5} y="27">harmful: below ${number(harms * 100)} %</text>
    </g>
    ${rates.map((rate, i) => html`<g key=${rate.signal + rate.design}>
      <text class="rate-name" x=${LEFT} y=${top + i * GROUP + 14}>${rate.signal}: ${rate.design}</text>
      <${Reach} errors=${rate.falseKeeps} x=${x} y=${top + i * GROUP + 14 + ROW * 0.6} cross=${false} />
      <${Reach} errors=${rate.falseRollBacks} x=${x} y=${top + i * GROUP + 14 + ROW * 1.5} cross=${true} />
    </g>`)}`;
}

/** @param {{errors: Share, x: (v: number) => number, y: number, cross: boolean}} props */
function Reach({ errors, x, y, cross }) {
  const at = x(errors.share ?? 0);
  return html`<path class=${cross ? 'bet-worse' : 'bet-better'} d="M${x(errors.low)} ${y}H${x(errors.high)}M${x(errors.high)} ${y - 4}v8M${x(errors.low)} ${y - 4}v8" />
    ${cross ? html`<path class="dot-worse" d="M${at - 4} ${y - 4}l8 8m0 -8l-8 8" />` : html`<circle class="dot-better" cx=${at} cy=${y} r="4" />`}`;
}
