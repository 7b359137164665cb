// @ts-check
// The view "Policy": what Hone may do. Another policy shows its effect before it can be saved.
import { useEffect, useState } from 'preact/hooks';
import { get, post } from './api.js';
import { confirmFirst } from './dialog.js';
import { FreezePanel } from './freeze.js';
import { html } from './html.js';
import { Icon } from './icons.js';
import { PolicyEffect } from './policy-effect.js';
import { PolicyLimits } from './policy-limits.js';
import { PolicyModes } from './policy-modes.js';
import { PolicyWindows } from './policy-windows.js';
import { refresh, status } from './state.js';
import { Words } from './text.js';
import { Ago } from './time.js';

/** @typedef {{kind: 'ALLOW'|'DENY', layer: string, days: string[], from: string, to: string, zone: string, why: string}} Window */
/** @typedef {{modes: Record<string, string>, maxActive: any, alpha: any, alphaHarm: any, leastGain: any, deadline: string, coolDown: string, limits: Record<string, any>, windows: Window[]}} Policy */
/** @typedef {import('./types.js').Standing & {key: string, layer: string, technique: string, target: string}} Place */
/** @typedef {{policy: Policy, by: string, why: string, at: string, layers: string[], freezes: import('./types.js').Freeze[], standings: Place[]}} InForce */

/** The view. */
export function PolicyView() {
  const [inForce, setInForce] = useState(/** @type {InForce|null} */ (null));
  const [draft, setDraft] = useState(/** @type {Policy|null} */ (null));
  const [seen, setSeen] = useState(/** @type {{text: string, effect: any}|null} */ (null));
  const [problems, setProblems] = useState(/** @type {string[]} */ ([]));
  const [error, setError] = useState('');

  /** @param {boolean} anew whether the draft begins again too */
  async function read(anew) {
    try {
      const answer = await get('policy');
      setInForce(answer);
      if (anew) setDraft(answer.policy);
      setError('');
    } catch (problem) {
      setError(/** @type {Error} */ (problem).message);
    }
  }
  useEffect(() => {
    document.title = 'Policy · Hone';
    read(true);
  }, []);
  const frozen = status.value?.freeze?.from;
  useEffect(() => {
    if (inForce) read(false);
  }, [frozen]);
  if (error) return html`<p class="error" role="alert">${error}</p>`;
  if (!inForce || !draft) return html`<div class="loading" aria-busy="true"><p>Reading the policy …</p><i></i><i></i></div>`;
  const text = JSON.stringify(draft);
  const changed = text !== JSON.stringify(inForce.policy);
  const shown = seen?.text === text;
  const edit = (/** @type {Partial<Policy>} */ part) => setDraft({ ...draft, ...part });

  async function preview() {
    setProblems([]);
    try {
      setSeen({ text, effect: await post('policy/preview', { policy: draft }) });
    } catch (problem) {
      setSeen(null);
      setProblems(/** @type {import('./api.js').Refusal} */ (problem).problems ?? [String(problem)]);
    }
  }

  function save() {
    confirmFirst({
      title: 'Save this policy?',
      body: html`<p>It holds at once for everything that is not yet under way, survives a restart, and stands in the audit trail with your name. It gives way when the configuration that Hone starts with changes.</p>`,
      confirm: 'Save',
      tone: 'primary',
      reason: 'Why?',
      mustSayWhy: true,
      run: async (reason) => {
        const answer = await post('policy', { policy: draft, reason });
        setInForce(answer);
        setDraft(answer.policy);
        setSeen(null);
        await refresh();
      },
      done: 'Saved.',
    });
  }

  return html`<div class="govern">
    <h1>Policy</h1>
    <p class="lead muted">What Hone may do, where, how often and when. In force since <${Ago} at=${inForce.at} />, saved by <b>${inForce.by}</b>${inForce.why && html`: ${inForce.why}`}.</p>
    <${FreezePanel} freezes=${inForce.freezes} after=${() => read(false)} />
    <${PolicyModes} modes=${draft.modes} layers=${inForce.layers} standings=${inForce.standings} put=${(/** @type {Record<string, string>} */ modes) => edit({ modes })} />
    <${PolicyLimits} policy=${draft} put=${edit} />
    <${PolicyWindows} windows=${draft.windows} layers=${inForce.layers} put=${(/** @type {Window[]} */ windows) => edit({ windows })} />
    <section class="panel save" aria-labelledby="effect-title">
      <h2 id="effect-title">Effect</h2>
      ${problems.length > 0 && html`<div class="error" role="alert"><b>${problems.length === 1 ? 'One thing is wrong' : `${problems.length} things are wrong`}</b><ul>${problems.map((p) => html`<li key=${p}><${Words} text=${p} /></li>`)}</ul></div>`}
      ${seen && shown && html`<${PolicyEffect} effect=${seen.effect} />`}
      ${!shown && !problems.length && html`<p class="muted">${changed ? 'See what it would have changed in the last 30 days; then it can be saved.' : 'Nothing differs from the policy in force.'}</p>`}
      <div class="buttons">
        <button class=${shown ? 'quiet' : 'primary'} disabled=${!changed || shown} onClick=${preview}><${Icon} name="search" />Show the effect</button>
        <button class=${shown ? 'primary' : 'quiet'} disabled=${!changed || !shown} onClick=${save}><${Icon} name="check" />Save</button>
        ${changed && html`<button class="quiet" onClick=${() => setDraft(inForce.policy)}><${Icon} name="undo" />Discard</button>`}
      </div>
    </section>
  </div>`;
}
