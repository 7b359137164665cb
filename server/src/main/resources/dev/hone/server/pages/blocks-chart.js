// @ts-check
// The blocks of a switchback: what was measured while the change was on, and while it was off.
import { clockTime } from './clock.js';
import { blockWords, burnInSeconds, designOf } from './designs.js';
import { quantity, short } from './format.js';
import { Figure } from './figure.js';
import { Frame, Hatch, feet, hatchId, rules, upright } from './frame.js';
import { html } from './html.js';
import { linear, median } from './scale.js';

/** @typedef {import('./types.js').Loop} Loop */
/** @typedef {import('./types.js').Block} Block */

/**
 * @param {{loop: Loop, small?: boolean}} props small: the picture alone
 */
export function BlocksChart({ loop, small = false }) {
  const pairs = loop.pairs ?? [];
  const blocks = pairs.flatMap((pair) => [pair.first, pair.second]);
  const words = blockWords(loop);
  const burnIn = burnInSeconds(designOf(loop)) * 1000;
  const id = hatchId(small ? 'on-small' : 'on', loop.id);
  const picture = html`<${Frame} height=${small ? 130 : 230} draw=${(/** @type {any} */ area) => draw(area, blocks, words, burnIn, id)} />`;
  const on = median(blocks.filter((b) => b.on).map((b) => b.value));
  const off = median(blocks.filter((b) => !b.on).map((b) => b.value));
  const summary = `${words.name} in ${blocks.length} blocks: median ${quantity(on, words.unit)} when the ${words.onLong}, ${quantity(off, words.unit)} when the ${words.offLong}.`;
  if (small) return html`<div class="plot" role="img" aria-label=${summary}>${picture}</div>`;
  return html`<${Figure}
    title=${`${words.name}, block by block`}
    summary=${summary}
    head=${['Pair', 'Block', 'From', 'To', words.name, 'Data']}
    rows=${pairs.flatMap((pair) => [pair.first, pair.second].map((b) => [
      pair.index,
      b.on ? words.on : words.off,
      clockTime(b.from),
      clockTime(b.to),
      quantity(b.value, words.unit),
      quantity(b.completeness, 'ratio'),
    ]))}
    note=${html`<span class="key"><svg viewBox="0 0 22 12" aria-hidden="true"><rect class="band-on" width="22" height="12" fill=${`url(#${id})`} /></svg>${words.onLong}</span>
      <span class="key"><svg viewBox="0 0 22 12" aria-hidden="true"><path class="level-on" d="M1 6H21" /></svg>measured, ${words.on} (median ${quantity(on, words.unit)})</span>
      <span class="key"><svg viewBox="0 0 22 12" aria-hidden="true"><path class="level-off" d="M1 6H21" /></svg>measured, ${words.off} (median ${quantity(off, words.unit)})</span>
      <span class="key muted">${words.note}</span>`}
  >
    ${picture}
  <//>`;
}

/**
 * @param {import('./frame.js').Area} area
 * @param {Block[]} blocks
 * @param {{on: string, off: string, unit: string}} words
 * @param {number} burnIn in milliseconds
 * @param {string} id of the hatching
 */
function draw(area, blocks, words, burnIn, id) {
  const time = (/** @type {string} */ at) => new Date(at).getTime();
  const values = /** @type {number[]} */ (blocks.map((b) => b.value).filter((v) => v !== null));
  const { y, at } = upright(area, values);
  const x = linear(time(blocks[0].from), time(/** @type {Block} */ (blocks.at(-1)).to), area.left, area.right);
  const room = (area.right - area.left) / blocks.length;
  return html`<${Hatch} id=${id} />
    ${blocks.map((b) => b.on && html`<rect key=${'band' + b.from} class="band-on" x=${x(time(b.from))} y=${area.top} width=${x(time(b.to)) - x(time(b.from))} height=${area.bottom - area.top} fill=${`url(#${id})`} />`)}
    ${rules(area, at, y, (v) => short(v, words.unit))}
    ${room > 8 * words.off.length && blocks.map((b) => html`<text key=${'name' + b.from} class=${b.on ? 'block-name on' : 'block-name'} x=${(x(time(b.from)) + x(time(b.to))) / 2} y=${area.top - 7} text-anchor="middle">${b.on ? words.on : words.off}</text>`)}
    ${blocks.map((b) => b.value !== null && html`<path key=${'level' + b.from} class=${b.on ? 'level-on' : 'level-off'} d="M${x(Math.min(time(b.from) + burnIn, time(b.to)))} ${y(b.value)}H${x(time(b.to))}" />`)}
    ${blocks.map((b) => b.value === null && html`<text key=${'gap' + b.from} class="foot" x=${(x(time(b.from)) + x(time(b.to))) / 2} y=${area.bottom - 6} text-anchor="middle">no data</text>`)}
    ${feet(area, blocks.filter((_, i) => i % 2 === 0).map((b) => ({ x: x(time(b.from)), text: clockTime(b.from) })))}`;
}
