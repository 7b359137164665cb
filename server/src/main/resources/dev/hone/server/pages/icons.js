// @ts-check
import { html } from './html.js';

/** Outlines on a grid of 16. @type {Record<string, string>} */
const PATHS = {
  check: 'M3 8.5 6.500 12 13 4.500',
  minus: 'M4 8h8',
  question: 'M5.500 6a2.500 2.500 0 1 1 3.600 2.200C8.300 8.600 8 9 8 10M8 12.700v.1',
  alert: 'M8 2.500 14 13H2zM8 6.500v3M8 11.300v.1',
  clock: 'M8 2.200a5.800 5.800 0 1 0 0 11.600A5.800 5.800 0 1 0 8 2.200M8 5v3.200l2.200 1.500',
  play: 'M5 3.200 12.500 8 5 12.800z',
  pause: 'M5.500 3.500v9M10.500 3.500v9',
  scale: 'M8 2.500v11M4 13.500h8M3 5h10M3 5l-1.500 4h3zM13 5l-1.500 4h3z',
  undo: 'M5.500 3 2.500 6l3 3M3 6h6.500a3.500 3.500 0 0 1 0 7H6',
  stop: 'M5.400 2h5.200L14 5.400v5.200L10.600 14H5.400L2 10.600V5.400zM5.800 5.800l4.400 4.400M10.200 5.800l-4.400 4.400',
  terminal: 'M2.500 4 6 8l-3.500 4M8 12.500h5.500',
  copy: 'M6 5.500h7v8H6zM3.500 10.500v-8h6.500',
  chart: 'M2.500 13.500h11M3 10l3-3.500 2.500 2L13 3.500',
  arrow: 'M3 8h10M9.500 4.500 13 8l-3.500 3.500',
  search: 'M7 2.800a4.200 4.200 0 1 0 0 8.400 4.200 4.200 0 0 0 0-8.400M10.200 10.200l3.300 3.300',
  close: 'M4 4l8 8M12 4l-8 8',
  plus: 'M8 3v10M3 8h10',
  refresh: 'M13 8a5 5 0 1 1-1.500-3.600L13 6M13 2.800V6H9.800',
  table: 'M2.500 3.500h11v9h-11zM2.500 6.500h11M6.500 6.500v6',
  key: 'M5 7.500a3 3 0 1 0 0 .1M7.800 8H14M12 8v2.500',
};

/**
 * A picture beside a word; hidden from screen readers.
 * @param {{name: string}} props
 */
export function Icon({ name }) {
  return html`<svg class="icon" viewBox="0 0 16 16" aria-hidden="true"><path d=${PATHS[name] ?? PATHS.minus} /></svg>`;
}

/**
 * A state as icon, word and colour.
 * @param {{look: import('./words.js').Look}} props
 */
export function Badge({ look }) {
  return html`<span class="badge tone-${look.tone}" title=${look.means || undefined}><${Icon} name=${look.icon} />${look.word}</span>`;
}
