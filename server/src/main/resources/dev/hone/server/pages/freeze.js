// @ts-check
// Freezes: nothing starts for a while.
import { useState } from 'preact/hooks';
import { post } from './api.js';
import { clockTime, dateTime } from './clock.js';
import { confirmFirst } from './dialog.js';
import { html } from './html.js';
import { Icon } from './icons.js';
import { refresh, status } from './state.js';

const LENGTHS = [
  [15, '15 min'],
  [60, '1 h'],
  [240, '4 h'],
  [1440, '24 h'],
];
/** @type {Record<string, string>} */
const CAUSES = { PERSON: 'a person', INCIDENT: 'an incident', DEPLOYMENT: 'a deployment' };

/** Ends every freeze that holds. */
export function thaw() {
  confirmFirst({
    title: 'End the freeze?',
    body: html`<p>Approved changes may start again, as far as the policy allows.</p>`,
    confirm: 'Thaw',
    tone: 'primary',
    reason: 'Why?',
    run: async (reason) => {
      await post('thaw', { reason: reason || 'thawed in the page' });
      await refresh();
    },
    done: 'Thawed.',
  });
}

/** @param {number} minutes @param {string} cause @param {() => void} after */
function freeze(minutes, cause, after) {
  const name = LENGTHS.find(([length]) => length === minutes)?.[1];
  confirmFirst({
    title: `Freeze changes for ${name}?`,
    body: html`<p>Nothing starts for ${name}, and what is on trial is undone now: its measurements mean nothing any more. What was kept stays.</p>`,
    confirm: 'Freeze',
    tone: 'danger',
    reason: 'Why?',
    mustSayWhy: true,
    run: async (reason) => {
      await post('freeze', { cause, minutes, reason });
      await refresh();
      after();
    },
    done: 'Frozen.',
  });
}

/** The freeze that holds, a way to begin one, and those of late.
 * @param {{freezes: import('./types.js').Freeze[], after: () => void}} props */
export function FreezePanel({ freezes, after }) {
  const [minutes, setMinutes] = useState(60);
  const [cause, setCause] = useState('PERSON');
  const now = status.value?.freeze;
  return html`<section class="panel" aria-labelledby="freeze-title">
    <h2 id="freeze-title">Freeze</h2>
    <p>${now ? html`<b>Frozen until ${clockTime(now.until)}</b> by ${now.by}: ${now.why}` : 'Changes may start now, as far as the policy allows.'}</p>
    <div class="row">
      <label class="field"><span>For</span>
        <select value=${minutes} onChange=${(/** @type {any} */ e) => setMinutes(Number(e.target.value))}>
          ${LENGTHS.map(([length, name]) => html`<option key=${length} value=${length}>${name}</option>`)}
        </select>
      </label>
      <label class="field"><span>Because of</span>
        <select value=${cause} onChange=${(/** @type {any} */ e) => setCause(e.target.value)}>
          ${Object.entries(CAUSES).map(([id, name]) => html`<option key=${id} value=${id}>${name}</option>`)}
        </select>
      </label>
      <button class="danger-quiet" onClick=${() => freeze(minutes, cause, after)}><${Icon} name="pause" />Freeze changes</button>
      ${now && html`<button class="quiet" onClick=${thaw}><${Icon} name="play" />Thaw</button>`}
    </div>
    ${freezes.length > 0 &&
    html`<details class="numbers"><summary>Freezes of late: ${freezes.length}</summary>
      <ul>${freezes.slice(0, 20).map((f) => html`<li key=${f.from}>${dateTime(f.from)} to ${clockTime(f.until)}, because of ${CAUSES[f.cause]}, by ${f.by}: ${f.why}</li>`)}</ul>
    </details>`}
  </section>`;
}
