// @ts-check
import { html } from './html.js';
import { Icon } from './icons.js';

/** How many of two have agreed, where two must. @param {{loop: import('./types.js').Loop}} props */
export function Agreement({ loop }) {
  if ((loop.needs ?? 1) < 2 && !loop.endorsement) return null;
  const first = loop.endorsement;
  const done = loop.approval ? 2 : first ? 1 : 0;
  const who = [first?.by, loop.approval?.by].filter(Boolean).join(' and ');
  return html`<div><dt>Two people must agree</dt><dd>
    <span class="badge tone-${done === 2 ? 'good' : 'attention'}"><${Icon} name=${done === 2 ? 'check' : 'clock'} />${done} of 2</span>${' '}
    ${who ? `${who} agreed` : 'nobody has yet'}${done === 1 ? '; a second person is missing' : ''}
  </dd></div>`;
}
