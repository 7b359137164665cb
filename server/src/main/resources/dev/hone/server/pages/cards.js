// @ts-check
import { useState } from 'preact/hooks';
import { parts, quantity } from './format.js';
import { html } from './html.js';
import { Badge } from './icons.js';
import { QueryChart } from './query-chart.js';
import { Sparkline } from './sparkline.js';
import { Words } from './text.js';
import { LEVELS } from './words.js';

/** @typedef {import('./types.js').Card} Card */

/** The figures that matter, each with target, course and status; one opens as a chart.
 * @param {{cards: Card[]}} props */
export function Cards({ cards }) {
  const [open, setOpen] = useState('');
  if (!cards.length) {
    return html`<p class="empty panel">The first figures appear when two samples of each are there, in a few seconds.</p>`;
  }
  const shown = cards.find((card) => card.id === open);
  return html`<section aria-label="Key figures">
    <ul class="cards">
      ${cards.map((card) => html`<${CardTile} key=${card.id} card=${card} open=${card.id === open} toggle=${() => setOpen(card.id === open ? '' : card.id)} />`)}
    </ul>
    ${shown && html`<div class="panel card-chart"><${QueryChart} query=${shown.query} unit=${shown.unit} title=${`${shown.title}, last 15 minutes`} /></div>`}
  </section>`;
}

/** @param {{card: Card, open: boolean, toggle: () => void}} props */
function CardTile({ card, open, toggle }) {
  const text = parts(card.value, card.unit);
  const look = LEVELS[card.status] ?? LEVELS.unknown;
  const sign = card.better === 'HIGHER' ? '≥' : '≤';
  return html`<li class="card tone-${look.tone}">
    <button aria-expanded=${open} onClick=${toggle} disabled=${!card.query}>
      <span class="card-head"><span class="card-title">${card.title}</span></span>
      <span class=${text.unit ? 'card-value' : 'card-value none'}>${text.value}<small>${text.unit && ' ' + text.unit}</small></span>
      <${Sparkline} query=${card.query} target=${card.target} />
      <span class="card-foot">
        <${Badge} look=${card.target === null ? { ...look, word: card.status === 'good' ? 'Fine' : 'No target set' } : look} />
        ${card.target !== null && html`<span class="muted">target ${sign} ${quantity(card.target, card.unit)}</span>`}
      </span>
      ${card.note && html`<span class="card-note"><${Words} text=${card.note} /></span>`}
    </button>
  </li>`;
}
