// @ts-check
import { useState } from 'preact/hooks';
import { html } from './html.js';
import { Icon } from './icons.js';
import { announcement } from './state.js';
import { Words } from './text.js';

/** What will be changed, to the letter, and how it is undone. @param {{loop: import('./types.js').Loop}} props */
export function Change({ loop }) {
  const { recommendation: r } = loop;
  return html`<p><code>${r.knob.kind}</code> of ${r.knob.target.kind} <strong>${r.knob.target.name}</strong></p>
    <div class="diff" role="group" aria-label="Change">
      <div class="minus"><span aria-hidden="true">−</span><span class="hidden">from</span><code>${r.from}</code></div>
      <div class="plus"><span aria-hidden="true">+</span><span class="hidden">to</span><code>${r.to}</code></div>
    </div>
    <div class="pair">
      <${Command} title="By hand" text=${r.explanation?.applyCommand ?? ''} />
      <${Command} title="Undo" text=${r.explanation?.undoCommand ?? ''} />
    </div>
    ${!r.appliable && html`<p class="hindrance"><${Icon} name="terminal" /><span><${Words} text=${r.hindrance} /></span></p>`}`;
}

/** A command with a button that copies it. @param {{title: string, text: string}} props */
export function Command({ title, text }) {
  const [copied, setCopied] = useState('');
  async function copy() {
    try {
      await navigator.clipboard.writeText(text);
      setCopied('Copied');
      announcement.value = `${title}: copied.`;
    } catch {
      setCopied('Select it and press Ctrl+C');
    }
    setTimeout(() => setCopied(''), 2500);
  }
  if (!text) return null;
  return html`<div class="command">
    <div class="command-head">
      <h3>${title}</h3>
      <button class="link" onClick=${copy} aria-label=${`Copy: ${title}`}><${Icon} name=${copied === 'Copied' ? 'check' : 'copy'} />${copied || 'Copy'}</button>
    </div>
    <pre tabindex="0">${text}</pre>
  </div>`;
}
