// @ts-check
// Which time is looked at, and how often anew.
import { useEffect, useState } from 'preact/hooks';
import { dateTime, span } from '../clock.js';
import { html } from '../html.js';
import { Icon } from '../icons.js';
import { announcement } from '../state.js';
import { RANGES, REFRESHES, change } from './address.js';

/** @typedef {import('./address.js').State} State */
/** @typedef {import('./address.js').Span} Span */

const COPIED_FOR = 2500;

/**
 * @param {{state: State, shown: Span, step: number, refreshNow: () => void}} props shown: the ends of what is looked at
 */
export function TimeBar({ state, shown, step, refreshNow }) {
  const [isOpen, setOpen] = useState(!!state.own);
  useEffect(() => {
    if (state.own) setOpen(true);
  }, [state.own?.from, state.own?.to]);
  const pick = (/** @type {string} */ range) => {
    setOpen(false);
    change({ range, own: null, zoom: null });
  };
  return html`<div class="time-bar panel">
    <div class="time-row">
      <div class="tabs" role="group" aria-label="Time range">
        ${Object.keys(RANGES).map((name) => html`<button key=${name} aria-pressed=${state.range === name} aria-label=${`Last ${span(RANGES[name])}`} onClick=${() => pick(name)}>${name}</button>`)}
        <button aria-pressed=${!!state.own} aria-expanded=${isOpen} aria-controls="own-span" onClick=${() => setOpen(!isOpen)}>Own</button>
      </div>
      <label class="refresh"><span>Refresh</span>
        <select value=${String(state.refresh)} onChange=${(/** @type {any} */ e) => change({ refresh: Number(e.target.value) })}>
          ${REFRESHES.map((seconds) => html`<option key=${seconds} value=${String(seconds)}>${seconds ? `${seconds} s` : 'off'}</option>`)}
        </select>
      </label>
      <button class="quiet" onClick=${refreshNow}><${Icon} name="refresh" />Now</button>
      <${CopyLink} />
    </div>
    ${isOpen && html`<${OwnSpan} shown=${shown} isOwn=${!!state.own} />`}
    <div class="time-row time-shown">
      <p class="muted">${dateTime(shown.from * 1000)} to ${dateTime(shown.to * 1000)} <span class="nowrap">· step ${span(step)}</span></p>
      ${state.zoom
        ? html`<button class="quiet small" onClick=${() => change({ zoom: null })}><${Icon} name="undo" />Reset zoom</button>`
        : html`<span class="muted drag-hint">Drag over a chart to zoom</span>`}
    </div>
  </div>`;
}

/** @param {{shown: Span, isOwn: boolean}} props */
function OwnSpan({ shown, isOwn }) {
  const [from, setFrom] = useState(local(shown.from));
  const [to, setTo] = useState(local(shown.to));
  const [error, setError] = useState('');
  useEffect(() => {
    if (isOwn) (setFrom(local(shown.from)), setTo(local(shown.to)));
  }, [isOwn, shown.from, shown.to]);
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    const own = { from: Date.parse(from) / 1000, to: Date.parse(to) / 1000 };
    if (!(own.from < own.to)) return setError('The end must lie after the beginning.');
    setError('');
    change({ range: '', own, zoom: null });
  };
  return html`<form id="own-span" class="own-span" onSubmit=${submit}>
    <label>From <input type="datetime-local" step="1" required value=${from} onInput=${(/** @type {any} */ e) => setFrom(e.target.value)} /></label>
    <label>To <input type="datetime-local" step="1" required value=${to} onInput=${(/** @type {any} */ e) => setTo(e.target.value)} /></label>
    <button class="quiet">Show</button>
    ${error && html`<p class="error" role="alert">${error}</p>`}
  </form>`;
}

/** A moment as such a field writes it. @param {number} seconds */
function local(seconds) {
  const date = new Date(seconds * 1000);
  const two = (/** @type {number} */ n) => String(n).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}T${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

function CopyLink() {
  const [copied, setCopied] = useState('');
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(''), COPIED_FOR);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(location.href);
      setCopied('Copied');
      announcement.value = 'Link copied.';
    } catch {
      setCopied('Copy it from the address bar');
    }
  };
  return html`<button class="quiet copy-link" onClick=${copy}><${Icon} name=${copied === 'Copied' ? 'check' : 'copy'} /><span>${copied || 'Copy link'}</span></button>`;
}
