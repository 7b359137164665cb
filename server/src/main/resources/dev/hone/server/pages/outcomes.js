// @ts-check
import { Effect } from './effect.js';
import { html } from './html.js';
import { Badge, Icon } from './icons.js';
import { newest } from './state.js';
import { Words } from './text.js';
import { Ago } from './time.js';
import { lookOf } from './words.js';

const SHOWN = 6;
const ENDED = ['KEPT', 'ROLLED_BACK', 'REVOKED', 'STUCK'];

/** What came of the latest changes, the failures among them. */
export function Outcomes() {
  const ended = newest.value.filter((loop) => ENDED.includes(loop.state));
  return html`<section class="panel" aria-labelledby="outcomes-title">
    <h2 id="outcomes-title">Latest outcomes</h2>
    ${ended.length
      ? html`<ul class="outcomes">
          ${ended.slice(0, SHOWN).map(
            (loop) => html`<li key=${loop.id}>
              <${Badge} look=${lookOf(loop)} />
              <a href="/loops/${loop.id}"><${Words} text=${loop.recommendation.title} /></a>
              <span class="outcome-effect">${loop.verdict && html`<${Effect} loop=${loop} />`}</span>
              <span class="muted when"><${Ago} at=${loop.updatedAt} /></span>
            </li>`,
          )}
        </ul>`
      : html`<p class="empty">Nothing was tried yet. Kept gains and undone attempts will both be listed here.</p>`}
    ${ended.length > SHOWN && html`<a class="more" href="/loops">All ${ended.length} outcomes <${Icon} name="arrow" /></a>`}
  </section>`;
}
