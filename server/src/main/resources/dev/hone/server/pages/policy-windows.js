// @ts-check
import { html } from './html.js';
import { Icon } from './icons.js';

/** @typedef {import('./policy.js').Window} Window */

const DAYS = ['MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY', 'SUNDAY'];

/** When changes may be tried. @param {{windows: Window[], layers: string[], put: (windows: Window[]) => void}} props */
export function PolicyWindows({ windows, layers, put }) {
  const edit = (/** @type {number} */ at, /** @type {Partial<Window>} */ part) => put(windows.map((w, i) => (i === at ? { ...w, ...part } : w)));
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC';
  return html`<section class="panel" aria-labelledby="windows-title">
    <h2 id="windows-title">Change windows</h2>
    <p class="muted">Without any, changes start at any time. Where one allows, nothing starts outside of those that do; one that denies wins.</p>
    <ul class="window-list">
      ${windows.map((window, i) => html`<li key=${i}><${Row} window=${window} layers=${layers} edit=${(/** @type {Partial<Window>} */ part) => edit(i, part)} drop=${() => put(windows.filter((_, other) => other !== i))} /></li>`)}
    </ul>
    <button class="quiet" onClick=${() => put([...windows, { kind: 'ALLOW', layer: '', days: [], from: '22:00', to: '06:00', zone, why: '' }])}><${Icon} name="plus" />Add a window</button>
  </section>`;
}

/** @param {{window: Window, layers: string[], edit: (part: Partial<Window>) => void, drop: () => void}} props */
function Row({ window, layers, edit, drop }) {
  const put = (/** @type {string} */ name) => (/** @type {any} */ e) => edit({ [name]: e.target.value });
  const flip = (/** @type {string} */ day) => edit({ days: DAYS.filter((d) => (d === day) !== window.days.includes(d)) });
  return html`<fieldset>
    <legend class="hidden">Change window</legend>
    <div class="row">
      <label class="field"><span>Changes</span>
        <select value=${window.kind} onChange=${put('kind')}><option value="ALLOW">are allowed</option><option value="DENY">are denied</option></select></label>
      <label class="field"><span>In layer</span>
        <select value=${window.layer} onChange=${put('layer')}><option value="">all</option>${layers.map((l) => html`<option key=${l} value=${l}>${l}</option>`)}</select></label>
      <label class="field"><span>From</span><input value=${window.from} size="5" placeholder="22:00" autocomplete="off" onInput=${put('from')} /></label>
      <label class="field"><span>To</span><input value=${window.to} size="5" placeholder="06:00" autocomplete="off" onInput=${put('to')} /></label>
      <label class="field"><span>Time zone</span><input value=${window.zone} size="16" onInput=${put('zone')} /></label>
      <label class="field grow"><span>Why</span><input value=${window.why} maxlength="200" onInput=${put('why')} /></label>
    </div>
    <div class="row">
      <div class="tabs days" role="group" aria-label="Days; none chosen means every day">
        ${DAYS.map((day) => html`<button key=${day} type="button" aria-pressed=${window.days.includes(day)} onClick=${() => flip(day)}>${day[0] + day.slice(1, 3).toLowerCase()}</button>`)}
      </div>
      <span class="muted">${window.days.length ? '' : 'every day'}</span>
      <button class="link" type="button" onClick=${drop}><${Icon} name="close" />Remove</button>
    </div>
  </fieldset>`;
}
