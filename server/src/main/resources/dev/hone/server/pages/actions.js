// @ts-check
// What people can do to a loop, each with a dialog that names what will happen.
import { me, post } from './api.js';
import { span } from './clock.js';
import { designOf, designTitle, longestSeconds } from './designs.js';
import { confirmFirst } from './dialog.js';
import { plain } from './format.js';
import { html } from './html.js';
import { Icon } from './icons.js';
import { newest, readLoop, refresh } from './state.js';
import { ACTIVE } from './words.js';

/** @typedef {import('./types.js').Loop} Loop */

/** Whether the first of two who must agree is the one who looks. @param {Loop} loop */
const agreed = (loop) => loop.endorsement?.by !== undefined && loop.endorsement.by === me.value?.name;

/** Which buttons a loop in its state has.
 * @param {Loop} loop */
export function possible(loop) {
  const { state } = loop;
  return {
    approve: state === 'PROPOSED' && loop.recommendation.appliable && !agreed(loop),
    reject: ['PROPOSED', 'APPROVED', 'SCHEDULED'].includes(state),
    rollback: ['ARMED', 'APPLYING', 'EXPERIMENTING', 'KEEPING', 'KEPT', 'STUCK'].includes(state),
  };
}

/** Whether two people must agree. @param {Loop} loop */
export const needsTwo = (loop) => (loop.needs ?? 1) > 1;

/** @param {Loop} loop */
export function approve(loop) {
  const { recommendation: r } = loop;
  confirmFirst({
    title: `Try this change: ${plain(r.title)}?`,
    body: html`<p>
        Hone will set ${r.knob.kind} of ${r.knob.target.kind} <strong>${r.knob.target.name}</strong> from
        <code>${r.from}</code> to <code>${r.to}</code> and measure it by ${designTitle(designOf(loop))} for at most ${span(longestSeconds(designOf(loop)))}.
      </p>
      <p>It is kept only if the gain is proven. Otherwise, and at once when a guardrail trips, the old value comes back.</p>
      ${needsTwo(loop) && html`<p><strong>Two people must agree.</strong> ${loop.endorsement ? `${loop.endorsement.by} has; with you it starts.` : 'You are the first; it starts when a second person agrees.'}</p>`}
      <p class="muted">You approve plan <code>${loop.planHash.slice(0, 12)}</code>. Any other plan needs another approval.</p>`,
    confirm: needsTwo(loop) && !loop.endorsement ? 'Agree as the first of two' : 'Approve and try',
    tone: 'primary',
    run: () => change(loop, 'approve', { planHash: loop.planHash }),
    done: 'Approved.',
  });
}

/** @param {Loop} loop */
export function reject(loop) {
  confirmFirst({
    title: `Reject: ${plain(loop.recommendation.title)}?`,
    body: html`<p>Nothing is changed. The finding stays visible, and the loop is closed as rejected.</p>`,
    confirm: 'Reject',
    tone: 'danger',
    reason: 'Why not?',
    run: (reason) => change(loop, 'reject', { reason: reason || 'rejected in the page' }),
    done: 'Rejected.',
  });
}

/** @param {Loop} loop */
export function rollBack(loop) {
  const { recommendation: r, state } = loop;
  const what = state === 'KEPT' ? 'This proven gain is given up' : state === 'STUCK' ? 'The undo is tried again' : 'The experiment ends';
  confirmFirst({
    title: `Roll back: ${plain(r.title)}?`,
    body: html`<p>
      ${what}, and ${r.knob.kind} of ${r.knob.target.kind} <strong>${r.knob.target.name}</strong> goes back from
      <code>${r.to}</code> to <code>${r.from}</code> now.
    </p>`,
    confirm: 'Roll back',
    tone: 'danger',
    reason: 'Why?',
    run: (reason) => change(loop, 'rollback', { reason: reason || 'rolled back in the page' }),
    done: 'Rolling back.',
  });
}

/** Undoes every open change and makes no new one. */
export function stopEverything() {
  const open = newest.value.filter((loop) => ACTIVE.includes(loop.state));
  confirmFirst({
    title: 'Stop everything?',
    body: html`<p>
        ${open.length
          ? `Hone undoes ${open.length === 1 ? 'the change' : `the ${open.length} changes`} on trial within 5 seconds and makes no new one until somebody resumes:`
          : 'No change is on trial. Hone makes no new one until somebody resumes.'}
      </p>
      ${open.length > 0 && html`<ul>${open.map((loop) => html`<li key=${loop.id}>${plain(loop.recommendation.title)}</li>`)}</ul>`}
      <p class="muted">Measuring goes on. Changes that were kept stay; each can be rolled back on its own page.</p>`,
    confirm: 'Stop everything',
    tone: 'danger',
    reason: 'Why?',
    run: async (reason) => {
      await post('stop', { reason: reason || 'stopped in the page' });
      await refresh();
    },
    done: 'Everything is stopped.',
  });
}

/** Lets Hone work again. */
export function resume() {
  confirmFirst({
    title: 'Resume?',
    body: html`<p>Hone may try approved changes again, as far as the mode of each layer allows.</p>`,
    confirm: 'Resume',
    tone: 'primary',
    run: async () => {
      await post('resume', {});
      await refresh();
    },
    done: 'Hone works again.',
  });
}

/**
 * @param {Loop} loop
 * @param {string} verb
 * @param {object} body
 */
async function change(loop, verb, body) {
  await post(`loops/${encodeURIComponent(loop.id)}/${verb}`, body);
  await readLoop(loop.id);
}

/** The buttons that a loop has now.
 * @param {{loop: Loop}} props */
export function LoopButtons({ loop }) {
  const can = possible(loop);
  if (!can.approve && !can.reject && !can.rollback) return null;
  return html`<div class="buttons">
    ${loop.state === 'PROPOSED' && agreed(loop) && html`<span class="muted">You have agreed.</span>`}
    ${can.approve && html`<button class="primary" onClick=${() => approve(loop)}><${Icon} name="check" />Approve</button>`}
    ${can.reject && html`<button class="quiet" onClick=${() => reject(loop)}><${Icon} name="minus" />Reject</button>`}
    ${can.rollback &&
    html`<button class="danger-quiet" onClick=${() => rollBack(loop)}>
      <${Icon} name="undo" />${loop.state === 'STUCK' ? 'Try the undo again' : 'Roll back'}
    </button>`}
  </div>`;
}
