// @ts-check
// The lines of a query. Cursor and zoom are shared by all charts of the page.
import { useEffect, useRef, useState } from 'preact/hooks';
import uPlot from 'uplot';
import { clockTime, dateTime } from '../clock.js';
import { quantity } from '../format.js';
import { html } from '../html.js';
import { colour, isDark } from '../size.js';
import { marks, moment, reach } from './axes.js';
import { COLOURS, dashOf } from './lines.js';

const KEY = 'explore';
const LEAST_DRAG = 6;
const LEAST_HEIGHT = 160;
const NEAR = 24;

/** Distances between marks of an axis of bytes. */
const BINARY = Array.from({ length: 60 }, (_, i) => 2 ** (i - 4));

/** @typedef {import('./lines.js').Drawing} Drawing */

/**
 * @param {{data: Drawing, unit: string, title: string, span: {from: number, to: number}, zoom: (from: number, to: number) => void, reset: () => void}} props
 */
export function Chart({ data, unit, title, span, zoom, reset }) {
  const box = useRef(/** @type {HTMLElement|null} */ (null));
  const list = useRef(/** @type {HTMLElement|null} */ (null));
  const plot = useRef(/** @type {uPlot|null} */ (null));
  const [size, setSize] = useState({ width: 0, height: 0 });
  const [at, setAt] = useState(/** @type {number|null} */ (null));
  const [near, setNear] = useState(/** @type {number|null} */ (null));
  const [said, setSaid] = useState('');
  const dark = isDark.value;
  const shape = data.lines.map((line) => line.whole).join('\n');
  const latest = useRef({ zoom, span });
  latest.current = { zoom, span };

  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const measure = () => setSize({ width: element.clientWidth, height: Math.max(LEAST_HEIGHT, element.clientHeight) });
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  useEffect(() => {
    if (!box.current || !size.width) return;
    const area = document.createElement('div');
    box.current.append(area);
    const hooks = { setAt, approach, zoom: (/** @type {number} */ a, /** @type {number} */ b) => latest.current.zoom(a, b), span: () => latest.current.span };
    plot.current = new uPlot(options(size, data, unit, hooks), rows(data), area);
    return () => {
      plot.current?.destroy();
      plot.current = null;
      area.remove();
    };
  }, [size.width, size.height, dark, shape, unit]);
  useEffect(() => plot.current?.setData(rows(data)), [data]);

  /** Notes the line next to the pointer and brings its name into view. @param {number|null} index */
  function approach(index) {
    setNear(index);
    const name = index === null ? undefined : list.current?.children[index];
    if (!list.current || !(name instanceof HTMLElement)) return;
    const top = name.offsetTop;
    const { scrollTop, clientHeight } = list.current;
    if (top < scrollTop || top + name.offsetHeight > scrollTop + clientHeight) list.current.scrollTop = top - clientHeight / 2;
  }

  /** @param {number|null} index */
  function light(index) {
    setNear(index);
    plot.current?.setSeries(index === null ? null : index + 1, { focus: true }, false);
  }

  /** @param {KeyboardEvent} event */
  function press(event) {
    const u = plot.current;
    const last = data.times.length - 1;
    if (!u || last < 0) return;
    const jump = { ArrowLeft: -1, ArrowRight: 1, PageUp: -10, PageDown: 10, Home: -Infinity, End: Infinity }[event.key];
    if (jump !== undefined) {
      event.preventDefault();
      const index = Math.max(0, Math.min(last, (at ?? last) + jump));
      u.setCursor({ left: u.valToPos(data.times[index], 'x'), top: 0 }, true, true);
      setAt(index);
      setSaid(spoken(data, index, unit));
    } else if (event.key === '+' && !event.ctrlKey) {
      const middle = data.times[at ?? last >> 1];
      const half = (span.to - span.from) / 4;
      zoom(middle - half, middle + half);
    } else if (event.key === '-' && !event.ctrlKey) {
      reset();
    }
  }

  const index = at === null || at >= data.times.length ? null : at;
  return html`<div class="drawing">
    <div
      class="canvas"
      ref=${box}
      tabindex="0"
      role="group"
      aria-roledescription="chart"
      aria-label=${`${title}. ${summary(data, unit)} Arrow keys move the cursor, plus zooms in, minus shows all.`}
      onKeyDown=${press}
    ></div>
    <${Readout} data=${data} index=${index} />
    <ul class="series" ref=${list} onMouseLeave=${() => light(null)}>
      ${data.lines.map(
        (line, i) => html`<li key=${line.whole} class=${near === i ? 'near' : ''} title=${line.whole} onMouseEnter=${() => light(i)}>
          <svg class="swatch line-${i % COLOURS}" viewBox="0 0 30 6" aria-hidden="true"><path d="M0 3h30" stroke-dasharray=${dashOf(i).join(' ') || undefined} /></svg>
          <span class="series-name">${line.name}</span>
          <b>${shownValue(index === null ? lastOf(line.values) : line.values[index], unit)}</b>
        </li>`,
      )}
    </ul>
    <div class="hidden" role="status" aria-live="polite">${said}</div>
  </div>`;
}

/** @param {{data: Drawing, index: number|null}} props */
function Readout({ data, index }) {
  return html`<p class="readout">
    <span>${index === null ? 'Newest values' : dateTime(data.times[index] * 1000)}</span>
    ${data.common && html`<span class="common">all: <code>${data.common}</code></span>`}
  </p>`;
}

/** @param {Drawing} data @returns {uPlot.AlignedData} */
const rows = (data) => /** @type {any} */ ([data.times, ...data.lines.map((line) => line.values)]);

/** @param {number|null} value @param {string} unit */
const shownValue = (value, unit) => (value === null ? '–' : quantity(value, unit));

/** @param {(number|null)[]} values */
const lastOf = (values) => values.findLast((value) => value !== null) ?? null;

/** @param {Drawing} data @param {number} index @param {string} unit */
function spoken(data, index, unit) {
  const values = data.lines.slice(0, 8).map((line) => `${line.name}: ${quantity(line.values[index], unit)}`);
  return `${clockTime(data.times[index] * 1000)}. ${values.join('; ')}`;
}

/** @param {Drawing} data @param {string} unit */
function summary(data, unit) {
  const said = data.lines.slice(0, 5).map((line) => {
    const values = /** @type {number[]} */ (line.values.filter((v) => v !== null));
    return `${line.name} from ${quantity(Math.min(...values), unit)} to ${quantity(Math.max(...values), unit)}, last ${quantity(values.at(-1), unit)}`;
  });
  const rest = data.lines.length - said.length;
  return `${data.lines.length} series: ${said.join('; ')}${rest > 0 ? `; and ${rest} more` : ''}.`;
}

/**
 * @param {{width: number, height: number}} size
 * @param {Drawing} data
 * @param {string} unit
 * @param {{setAt: (at: number|null) => void, approach: (near: number|null) => void, zoom: (from: number, to: number) => void, span: () => {from: number, to: number}}} hooks
 * @returns {uPlot.Options}
 */
function options({ width, height }, data, unit, { setAt, approach, zoom, span }) {
  const grid = { stroke: colour('hairline'), width: 1 };
  const axis = { stroke: colour('muted'), grid, ticks: { ...grid, size: 4 }, font: '11px system-ui, sans-serif' };
  const publishes = (/** @type {string} */ type) => type === 'mousemove' || type === 'mouseleave';
  return {
    width,
    height,
    legend: { show: false },
    focus: { alpha: 0.25 },
    padding: [10, 26, 0, 0],
    cursor: {
      sync: { key: KEY, scales: ['x', null], setSeries: false, filters: { pub: publishes } },
      drag: { x: true, y: false, setScale: false, dist: LEAST_DRAG },
      focus: { prox: NEAR },
      points: { size: 7 },
    },
    scales: {
      x: { range: () => [span().from, span().to] },
      y: { range: (_, low, high) => reach(low, high) },
    },
    axes: [
      { ...axis, size: 30, space: 66, values: (_, at) => at.map((t) => moment(t, at)) },
      { ...axis, size: 66, space: 34, ...(unit.startsWith('bytes') ? { incrs: BINARY } : {}), values: (_, at) => marks(at, unit) },
    ],
    series: [
      {},
      ...data.lines.map((line, i) => ({
        label: line.name,
        stroke: colour('line-' + (i % COLOURS)),
        width: 1.7,
        dash: dashOf(i),
        points: { show: alone(line.values), size: 5, fill: colour('line-' + (i % COLOURS)) },
        spanGaps: false,
      })),
    ],
    hooks: {
      setCursor: [(u) => setAt(u.cursor.idx ?? null)],
      setSeries: [(_, index) => approach(index === null ? null : index - 1)],
      setSelect: [
        (u) => {
          const { left, width } = u.select;
          if (width < LEAST_DRAG) return;
          const [from, to] = [u.posToVal(left, 'x'), u.posToVal(left + width, 'x')];
          u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
          zoom(from, to);
        },
      ],
    },
  };
}

/** Whether no line would be seen: every value stands between gaps. @param {(number|null)[]} values */
const alone = (values) => values.every((value, i) => value === null || ((values[i - 1] ?? null) === null && (values[i + 1] ?? null) === null));
