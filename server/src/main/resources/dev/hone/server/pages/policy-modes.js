// @ts-check
import { useState } from 'preact/hooks';
import { html } from './html.js';
import { Icon } from './icons.js';
import { MODES, modeWord } from './words.js';

/** How far Hone may go in a layer, with a technique, at a target.
 * @param {{modes: Record<string, string>, layers: string[], standings: import('./policy.js').Place[], put: (modes: Record<string, string>) => void}} props */
export function PolicyModes({ modes, layers, standings, put }) {
  const [key, setKey] = useState('');
  const narrow = Object.keys(modes).filter((name) => name.includes('/')).sort();
  const known = [...new Set(standings.flatMap((s) => [`${s.layer}/${s.technique}`, s.key]))].filter((name) => !(name in modes)).sort();
  const set = (/** @type {string} */ name, /** @type {string} */ mode) => put({ ...modes, [name]: mode });
  const drop = (/** @type {string} */ name) => put(Object.fromEntries(Object.entries(modes).filter(([other]) => other !== name)));
  const held = standings.filter((s) => s.why);
  return html`<section class="panel" aria-labelledby="modes-title">
    <h2 id="modes-title">Modes</h2>
    <p class="muted">The narrowest that fits holds. Modes that do not ask are earned by approved runs without harm; until then Hone asks.</p>
    <ul class="mode-list">
      ${layers.map((layer) => html`<${Row} key=${layer} name=${layer} mode=${modes[layer] ?? 'OBSERVE'} set=${set} />`)}
      ${narrow.map((name) => html`<${Row} key=${name} name=${name} mode=${modes[name]} set=${set} drop=${drop} />`)}
    </ul>
    <form class="row" onSubmit=${(/** @type {Event} */ e) => {
      e.preventDefault();
      if (key.trim()) set(key.trim(), 'APPROVE');
      setKey('');
    }}>
      <label class="field grow"><span>Another mode for a technique or a target</span>
        <input list="mode-places" value=${key} placeholder="layer/technique or layer/technique/kind name" onInput=${(/** @type {any} */ e) => setKey(e.target.value)} />
      </label>
      <datalist id="mode-places">${known.map((name) => html`<option key=${name} value=${name}></option>`)}</datalist>
      <button class="quiet"><${Icon} name="plus" />Add</button>
    </form>
    ${held.length > 0 &&
    html`<details class="numbers"><summary>Where Hone asks although the policy would not: ${held.length}</summary>
      <ul>${held.map((s) => html`<li key=${s.key}><code>${s.key}</code>: ${modeWord(s.mode)} for now; ${s.why}</li>`)}</ul>
    </details>`}
  </section>`;
}

/** @param {{name: string, mode: string, set: (name: string, mode: string) => void, drop?: (name: string) => void}} props */
function Row({ name, mode, set, drop }) {
  return html`<li>
    <code>${name}</code>
    <select aria-label=${`Mode of ${name}`} value=${mode} onChange=${(/** @type {any} */ e) => set(name, e.target.value)}>
      ${Object.keys(MODES).map((each) => html`<option key=${each} value=${each}>${modeWord(each)}</option>`)}
    </select>
    <span class="muted">${MODES[mode]}</span>
    ${drop && html`<button class="link" aria-label=${`Remove the mode of ${name}`} onClick=${() => drop(name)}><${Icon} name="close" />Remove</button>`}
  </li>`;
}
