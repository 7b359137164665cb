// @ts-check
import { html } from './html.js';
import { RISKS } from './words.js';

/** @typedef {import('./policy.js').Policy} Policy */

/** @type {[string, string, string, boolean][]} key, label, hint, whether it is a number */
const TOP = [
  ['maxActive', 'Changes on trial at a time', 'plans, over all layers', true],
  ['leastGain', 'Smallest gain worth keeping', 'share: 0.02 is 2 %', true],
  ['deadline', 'Longest experiment', 'duration: 3h', false],
  ['coolDown', 'Pause after one that was not kept', 'duration: 30m, for the same knob', false],
  ['alpha', 'Chance of keeping what does nothing', 'below: 0.04 is 4 %', true],
  ['alphaHarm', 'Chance of calling nothing a harm', 'below: 0.05 is 5 %', true],
];
/** @type {[string, string, string, boolean][]} */
const LIMITS = [
  ['changesPerDay', 'Changes within 24 hours', 'plans, over all layers', true],
  ['changesPerKnobPerDay', 'Changes of one knob within 24 hours', 'tries', true],
  ['step', 'Largest step without a person', 'factor: 4 lets 10 become 40', true],
  ['earnedRuns', 'Approved runs that earn a mode', 'runs without harm', true],
  ['ownerPause', 'Pause after somebody else changed a knob', 'duration: 7d', false],
  ['deploymentFreeze', 'Freeze after a deployment', 'duration: 15m', false],
];

/** How much may change. @param {{policy: Policy, put: (part: Partial<Policy>) => void}} props */
export function PolicyLimits({ policy, put }) {
  const { limits } = policy;
  const limit = (/** @type {Record<string, any>} */ part) => put({ limits: { ...limits, ...part } });
  return html`<section class="panel" aria-labelledby="limits-title">
    <h2 id="limits-title">Limits</h2>
    <div class="limit-grid">
      ${LIMITS.map((field) => html`<${Field} key=${field[0]} field=${field} value=${limits[field[0]]} put=${limit} />`)}
      ${TOP.map((field) => html`<${Field} key=${field[0]} field=${field} value=${/** @type {any} */ (policy)[field[0]]} put=${put} />`)}
      <${Holdback} value=${limits.holdback} put=${limit} />
    </div>
    <fieldset>
      <legend>Two people must agree to risks</legend>
      ${Object.entries(RISKS).map(([risk, meaning]) => html`<label key=${risk} class="check">
        <input type="checkbox" checked=${limits.fourEyes.includes(risk)} onChange=${(/** @type {any} */ e) =>
          limit({ fourEyes: Object.keys(RISKS).filter((r) => (r === risk ? e.target.checked : limits.fourEyes.includes(r))) })} />
        <span><b>${risk}</b> <span class="muted">${meaning}</span></span>
      </label>`)}
    </fieldset>
  </section>`;
}

/** @param {{field: [string, string, string, boolean], value: any, put: (part: any) => void}} props */
function Field({ field: [key, label, hint, isNumber], value, put }) {
  return html`<label class="field"><span>${label}</span>
    <input value=${value} inputmode=${isNumber ? 'decimal' : 'text'} autocomplete="off" onInput=${(/** @type {any} */ e) => put({ [key]: typed(e.target.value, isNumber) })} />
    <span class="muted">${hint}</span>
  </label>`;
}

/** What is no number is sent as it is, so that the server says what is wrong with it.
 * @param {string} text @param {boolean} isNumber */
const typed = (text, isNumber) => (isNumber && /^\d+(\.\d+)?$/.test(text) ? Number(text) : text);

/** @param {{value: string[], put: (part: any) => void}} props */
function Holdback({ value, put }) {
  return html`<label class="field"><span>Kept gains are measured again after</span>
    <input value=${value.join(', ')} autocomplete="off" onChange=${(/** @type {any} */ e) => put({ holdback: e.target.value.split(/[\s,]+/).filter(Boolean) })} />
    <span class="muted">durations: 1d, 7d, 30d</span>
  </label>`;
}
