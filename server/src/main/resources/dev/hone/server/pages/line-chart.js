// @ts-check
// Lines over time, drawn by uPlot.
import { useEffect, useRef, useState } from 'preact/hooks';
import uPlot from 'uplot';
import { clockTime } from './clock.js';
import { quantity, short } from './format.js';
import { html } from './html.js';
import { colour, isDark, useWidth } from './size.js';

const HEIGHT = 190;
const DASHES = [[], [6, 3], [2, 3], [8, 3, 2, 3]];
const COLOURS = 6;

/** @typedef {{label: string, values: (number|null)[]}} Line */

/**
 * @param {{times: number[], lines: Line[], unit: string}} props times in seconds
 */
export function LineChart({ times, lines, unit }) {
  const box = useRef(/** @type {HTMLElement|null} */ (null));
  const width = useWidth(box);
  const [at, setAt] = useState(/** @type {number|null} */ (null));
  const dark = isDark.value;
  const shape = lines.map((line) => line.label).join('\n');
  const plot = useRef(/** @type {uPlot|null} */ (null));

  useEffect(() => {
    if (!box.current || !width) return;
    const area = document.createElement('div');
    box.current.append(area);
    plot.current = new uPlot(options(width, lines, unit, setAt), [times, ...lines.map((l) => l.values)], area);
    return () => {
      plot.current?.destroy();
      plot.current = null;
      area.remove();
    };
  }, [width, dark, shape, unit]);
  useEffect(() => plot.current?.setData([times, ...lines.map((l) => l.values)]), [times, lines]);

  const index = at ?? times.length - 1;
  return html`<div class="lines">
    <div class="canvas" ref=${box} style=${{ minHeight: HEIGHT + 'px' }}></div>
    <ul class="legend">
      ${lines.map(
        (line, i) => html`<li key=${line.label}>
          <svg class="swatch line-${i % COLOURS}" viewBox="0 0 22 6" aria-hidden="true">
            <path d="M0 3h22" stroke-dasharray=${dash(i).join(' ') || undefined} />
          </svg>
          <span class="legend-name">${line.label}</span> <b>${quantity(line.values[index], unit)}</b>
        </li>`,
      )}
      <li class="muted">${times.length ? clockTime(times[index] * 1000) : ''}</li>
    </ul>
  </div>`;
}

/** @param {number} i */
const dash = (i) => DASHES[Math.floor(i / COLOURS) % DASHES.length].length
  ? DASHES[Math.floor(i / COLOURS) % DASHES.length]
  : DASHES[i % DASHES.length];

/**
 * @param {number} width
 * @param {Line[]} lines
 * @param {string} unit
 * @param {(index: number|null) => void} hover
 * @returns {uPlot.Options}
 */
function options(width, lines, unit, hover) {
  const ink = colour('muted');
  const grid = { stroke: colour('hairline'), width: 1 };
  const font = '11px system-ui, sans-serif';
  const axis = { stroke: ink, grid, ticks: { ...grid, size: 4 }, font };
  return {
    width,
    height: HEIGHT,
    legend: { show: false },
    cursor: { drag: { x: false, y: false }, points: { size: 6 } },
    scales: { y: { range: (_, low, high) => reach(low, high) } },
    axes: [
      { ...axis, space: 70, values: (_, at) => at.map((t) => clockTime(t * 1000).slice(0, at.length > 1 && at[1] - at[0] < 60 ? 8 : 5)) },
      { ...axis, size: 62, space: 34, values: (_, at) => at.map((v) => short(v, unit)) },
    ],
    series: [
      {},
      ...lines.map((line, i) => ({
        label: line.label,
        stroke: colour('line-' + (i % COLOURS)),
        width: 1.6,
        dash: dash(i),
        points: { show: false },
        spanGaps: false,
      })),
    ],
    hooks: { setCursor: [(u) => hover(u.cursor.idx ?? null)] },
  };
}

/**
 * From zero up, unless values lie below.
 * @param {number|null} low
 * @param {number|null} high
 * @returns {[number, number]}
 */
function reach(low, high) {
  if (low === null || high === null || !Number.isFinite(low)) return [0, 1];
  const bottom = Math.min(0, low);
  return [bottom, high > bottom ? high + (high - bottom) * 0.08 : bottom + 1];
}
