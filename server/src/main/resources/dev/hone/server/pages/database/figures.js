// @ts-check
// Key figures; one opens as a chart.
import { useState } from 'preact/hooks';
import { parts } from '../format.js';
import { html } from '../html.js';
import { Icon } from '../icons.js';
import { QueryChart } from '../query-chart.js';
import { Sparkline } from '../sparkline.js';
import { asking } from './links.js';

/** @typedef {import('./types.js').Figure} Figure */

/** @param {{figures: Figure[]}} props */
export function Figures({ figures }) {
  const [open, setOpen] = useState('');
  const shown = figures.find(({ id }) => id === open);
  return html`<section aria-label="Key figures">
    <ul class="cards">
      ${figures.map((figure) => html`<${Tile} key=${figure.id} figure=${figure} open=${figure.id === open} toggle=${() => setOpen(figure.id === open ? '' : figure.id)} />`)}
    </ul>
    ${shown &&
    html`<div class="panel card-chart">
      <${QueryChart} query=${shown.query} unit=${shown.unit} title=${`${shown.title}, last 15 minutes`} />
      <a class="more" href=${asking(shown.query)}>Explore this query <${Icon} name="arrow" /></a>
    </div>`}
  </section>`;
}

/** @param {{figure: Figure, open: boolean, toggle: () => void}} props */
function Tile({ figure, open, toggle }) {
  const text = parts(figure.value, figure.unit);
  return html`<li class="card">
    <button aria-expanded=${open} onClick=${toggle}>
      <span class="card-title">${figure.title}</span>
      <span class=${figure.value === null ? 'card-value none' : 'card-value'}>${text.value}<small>${text.unit && '\u00a0' + text.unit}</small></span>
      <${Sparkline} query=${figure.query} target=${null} />
      ${figure.note && html`<span class="card-note">${figure.note}</span>`}
    </button>
  </li>`;
}
