// @ts-check
// What the SVG charts share: a frame as wide as its place, axes, and the hatching of "on".
import { useRef } from 'preact/hooks';
import { html } from './html.js';
import { linear, logarithmic, powers, ticks } from './scale.js';
import { useWidth } from './size.js';

export const MARGIN = { left: 58, right: 10, top: 22, bottom: 24 };

/** From this ratio of highest to lowest on, a scale is logarithmic. */
const WIDE_RANGE = 30;

/** @typedef {{width: number, height: number, left: number, right: number, top: number, bottom: number}} Area */

/**
 * Draws `draw` once the width is known.
 * @param {{height: number, draw: (area: Area) => any, right?: number}} props right: a wider right margin
 */
export function Frame({ height, draw, right = MARGIN.right }) {
  const box = useRef(/** @type {HTMLElement|null} */ (null));
  const width = useWidth(box);
  const area = { width, height, left: MARGIN.left, right: width - right, top: MARGIN.top, bottom: height - MARGIN.bottom };
  return html`<div class="frame" ref=${box} style=${{ minHeight: height + 'px' }}>
    ${width > 0 && html`<svg width=${width} height=${height} aria-hidden="true">${draw(area)}</svg>`}
  </div>`;
}

/**
 * Horizontal lines with their values.
 * @param {Area} area
 * @param {number[]} at
 * @param {(value: number) => number} y
 * @param {(value: number) => string} name
 */
export function rules(area, at, y, name) {
  return at.map(
    (value) => html`<g key=${'y' + value} class="rule">
      <path d="M${area.left} ${y(value)}H${area.right}" />
      <text x=${area.left - 6} y=${y(value) + 4} text-anchor="end">${name(value)}</text>
    </g>`,
  );
}

/**
 * Names along the bottom, as many as have room.
 * @param {Area} area
 * @param {{x: number, text: string}[]} marks from left to right
 * @param {number} [room] pixels for each
 */
export function feet(area, marks, room = 62) {
  let last = -Infinity;
  return marks
    .filter(({ x }) => {
      if (x - last < room || x + room / 2 > area.right + 14) return false;
      last = x;
      return true;
    })
    .map(({ x, text }) => html`<text key=${'x' + x} class="foot" x=${x} y=${area.bottom + 16} text-anchor="middle">${text}</text>`);
}

/** Stripes that mean "the change is on". @param {{id: string}} props */
export function Hatch({ id }) {
  return html`<defs>
    <pattern id=${id} width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
      <rect class="hatch-ground" width="6" height="6" /><path class="hatch-line" d="M0 0V6" />
    </pattern>
  </defs>`;
}

/** An id that may stand in `url(#…)`. @param {string} kind @param {string} id */
export const hatchId = (kind, id) => kind + '-' + id.replace(/[^\w-]/g, '_');

/**
 * A vertical scale: from zero, or logarithmic where the values are far apart.
 * @param {Area} area
 * @param {number[]} values
 */
export function upright(area, values) {
  const high = Math.max(...values, 0) || 1;
  const low = Math.min(...values);
  if (low > 0 && high / low > WIDE_RANGE) {
    const [from, to] = [low / 1.6, high * 1.6];
    return { y: logarithmic(from, to, area.bottom, area.top), at: powers(from, to) };
  }
  const from = Math.min(0, low);
  return { y: linear(from, high * 1.1, area.bottom, area.top), at: ticks(from, high * 1.1, 4) };
}
