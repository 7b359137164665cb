// @ts-check
import { clockTime } from './clock.js';
import { html } from './html.js';
import { Icon } from './icons.js';
import { Words } from './text.js';
import { Ago } from './time.js';

/** What is wrong now, whether or not something can be done about it.
 * @param {{findings: import('./types.js').BriefFinding[]}} props */
export function Findings({ findings }) {
  return html`<section class="panel" aria-labelledby="findings-title">
    <h2 id="findings-title">What is wrong now</h2>
    ${findings.length
      ? html`<ul class="findings">${findings.map((finding) => html`<${Finding} key=${finding.key} finding=${finding} />`)}</ul>`
      : html`<p class="empty">Nothing, as far as the collected samples tell.</p>`}
  </section>`;
}

/** What is done about it, or why nothing is. @param {import('./types.js').BriefFinding} finding */
function sentence({ note, again }) {
  const text = note ? note[0].toUpperCase() + note.slice(1) : '';
  return again ? `${text}. Next look at ${clockTime(again)}.` : `${text}.`;
}

/** @param {{finding: import('./types.js').BriefFinding}} props */
function Finding({ finding }) {
  return html`<li>
    <span class="layer">${finding.layer}</span>
    <span class="finding-text"><${Words} text=${finding.summary} />
      ${finding.note && html`<span class="muted finding-note"><${Words} text=${sentence(finding)} /></span>`}
    </span>
    <span class="muted when">since <${Ago} at=${finding.since} /></span>
    ${finding.loop && html`<a class="more" href="/loops/${finding.loop}">${finding.again ? 'What happened' : 'What is done about it'} <${Icon} name="arrow" /></a>`}
  </li>`;
}
