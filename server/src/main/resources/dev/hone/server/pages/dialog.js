// @ts-check
// One dialog at a time: it says what will happen before it does, and asks for the token when a
// change needs it.
import { signal } from '@preact/signals';
import { useEffect, useRef, useState } from 'preact/hooks';
import { Refusal, dropToken, hasToken, keepToken } from './api.js';
import { html } from './html.js';
import { announcement } from './state.js';

/**
 * @typedef {object} Question
 * @property {string} title
 * @property {any} body what will happen
 * @property {string} confirm label of the button
 * @property {'primary'|'danger'} tone
 * @property {string} [reason] label of the field for a reason; without it there is none
 * @property {boolean} [mustSayWhy] whether the reason may not be left out
 * @property {(reason: string) => Promise<unknown>} run
 * @property {string} done said when it is done
 */

/** @type {import('@preact/signals').Signal<Question|null>} */
const question = signal(null);

/** @param {Question} next */
export function confirmFirst(next) {
  question.value = next;
}

/** Asks for the token alone. */
export function askForToken() {
  question.value = {
    title: 'Sign in to make changes',
    body: null,
    confirm: 'Use this token',
    tone: 'primary',
    run: async () => {},
    done: 'Token accepted for this tab.',
  };
}

/** Where dialogs appear. */
export function Dialogs() {
  return question.value && html`<${Dialog} key=${question.value.title} ask=${question.value} />`;
}

/** @param {{ask: Question}} props */
function Dialog({ ask }) {
  const box = useRef(/** @type {HTMLDialogElement|null} */ (null));
  const [error, setError] = useState('');
  const [busy, setBusy] = useState(false);
  const [token, setToken] = useState('');
  const [reason, setReason] = useState('');
  const [other, setOther] = useState(false);
  const needsToken = !hasToken.value || other;
  useEffect(() => box.current?.showModal(), []);

  /** @param {Event} event */
  async function submit(event) {
    event.preventDefault();
    if (needsToken && !token.trim()) return setError('Enter the token first.');
    if (ask.mustSayWhy && !reason.trim()) return setError('Say why first; it goes into the audit trail.');
    if (needsToken) keepToken(token);
    setBusy(true);
    setError('');
    try {
      await ask.run(reason.trim());
      announcement.value = ask.done;
      question.value = null;
    } catch (problem) {
      const refusal = /** @type {Refusal} */ (problem);
      if (refusal.status === 401) dropToken();
      setOther(refusal.status === 403);
      setError(refusal.message);
      setBusy(false);
    }
  }

  return html`<dialog ref=${box} aria-labelledby="dialog-title" onClose=${() => (question.value = null)}>
    <form onSubmit=${submit}>
      <h2 id="dialog-title">${ask.title}</h2>
      <div class="dialog-body">
        ${ask.body}
        ${ask.reason &&
        html`<label class="field">
          <span>${ask.reason} <span class="muted">(${ask.mustSayWhy ? '' : 'optional, '}goes into the history)</span></span>
          <input value=${reason} maxlength="200" onInput=${(/** @type {any} */ e) => setReason(e.target.value)} />
        </label>`}
        ${needsToken &&
        html`<div class="token-ask">
          <p>
            Changes need a token; what you do is recorded under its name. Use the one that
            <code>hone token add</code> made for you, or the owner’s, which <code>hone loops token</code> prints. It stays in this tab only.
          </p>
          <label class="field">
            <span>Token</span>
            <input type="password" autocomplete="off" value=${token} onInput=${(/** @type {any} */ e) => setToken(e.target.value)} />
          </label>
        </div>`}
        ${error && html`<p class="error" role="alert">${error}</p>`}
      </div>
      <div class="buttons">
        <button type="button" class="quiet" onClick=${() => box.current?.close()}>Cancel</button>
        <button type="submit" class=${ask.tone} disabled=${busy}>${busy ? 'Working …' : ask.confirm}</button>
      </div>
    </form>
  </dialog>`;
}
