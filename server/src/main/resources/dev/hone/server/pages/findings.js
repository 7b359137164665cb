// @ts-check
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

/** @param {{finding: import('./types.js').BriefFinding}} props */
function Finding({ finding }) {
  return html`<li>
    <span class="layer">${finding.layer}</span>
    <span class="finding-text"><${Words} text=${finding.summary} /></span>
    <span class="muted when">since <${Ago} at=${finding.since} /></span>
    ${finding.loop && html`<a class="more" href="/loops/${finding.loop}">What is done about it <${Icon} name="arrow" /></a>`}
  </li>`;
}
