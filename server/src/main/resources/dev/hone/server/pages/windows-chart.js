// @ts-check
// The windows of a one-way design: what was changed against what was not, and the
// proof signal, before and after.
import { clockTime } from './clock.js';
import { designOf, isPaired } from './designs.js';
import { Figure } from './figure.js';
import { number, quantity, short } from './format.js';
import { Frame, Hatch, feet, hatchId, rules, upright } from './frame.js';
import { html } from './html.js';
import { geometricMean, linear } from './scale.js';

/** @typedef {import('./types.js').Loop} Loop */
/** @typedef {import('./types.js').Window} Window */
/** @typedef {{values: (number|null)[], cross: boolean}} Track */

/** @param {{loop: Loop}} props */
export function WindowsChart({ loop }) {
  const windows = loop.windows ?? [];
  const { primary } = loop.recommendation;
  const design = designOf(loop);
  if (isPaired(design) || !windows.length) return null;
  const controls = design.controls.length;
  const { level, treated, control } = relative(windows);
  const after = (/** @type {(number|null)[]} */ values) => geometricMean(values.filter((_, i) => windows[i].after));
  const proof = windows.map((w) => w.proof);
  const id = hatchId('after', loop.id);
  const rows = windows.map((w, i) => [
    w.after ? 'after' : 'before',
    clockTime(w.from),
    quantity(w.treated, primary.unit),
    treated[i] === null ? 'no data' : number(/** @type {number} */ (treated[i])),
    ...(controls ? [w.control === null ? 'no data' : number(w.control)] : []),
    ...(design.proof ? [quantity(w.proof, design.proof.unit)] : []),
  ]);
  const head = ['', 'From', primary.name, 'Relative to before', ...(controls ? ['Controls relative to before'] : []), ...(design.proof ? [design.proof.name] : [])];
  return html`<${Figure}
      title=${`${primary.name}, ${controls ? 'against what was not changed' : 'before and after'}`}
      summary=${`After the change the treated signal is at ${number(after(treated))} times its level before${controls ? `, the controls at ${number(after(control))}` : ''}.`}
      head=${head}
      rows=${rows}
      note=${html`<span class="key"><svg viewBox="0 0 22 12" aria-hidden="true"><rect class="band-on" width="22" height="12" fill=${`url(#${id})`} /></svg>change in force</span>
        <span class="key"><svg viewBox="0 0 22 12" aria-hidden="true"><path class="bet-better" d="M1 6H21" /></svg>changed: 1 is ${quantity(level, primary.unit)}</span>
        ${controls ? html`<span class="key"><svg viewBox="0 0 22 12" aria-hidden="true"><path class="bet-worse" d="M1 6H21" /></svg>${controls} untouched ${controls === 1 ? 'control' : 'controls'}</span>` : 'nothing is untouched by it to compare with'}`}
    >
      <${WindowsPicture} loop=${loop} height=${230} />
    <//>
    ${design.proof && html`<${Figure}
      title=${`Proof: ${design.proof.name}`}
      summary=${`The proof signal was ${quantity(geometricMean(proof.filter((_, i) => !windows[i].after)), design.proof.unit)} before and ${quantity(after(proof), design.proof.unit)} after.`}
      head=${head}
      rows=${rows}
      note="A signal with little noise that has to move with the first one, or the change is not kept."
    >
      <${Frame} height=${150} draw=${(/** @type {any} */ area) => draw(area, windows, [{ values: proof, cross: false }], id + '-proof', (/** @type {number} */ v) => short(v, design.proof.unit))} />
    <//>`}`;
}

/** The treated signal and the controls alone, relative to their levels before.
 * @param {{loop: Loop, height: number}} props */
export function WindowsPicture({ loop, height }) {
  const windows = loop.windows ?? [];
  const { treated, control } = relative(windows);
  const changed = { values: treated, cross: false };
  const tracks = designOf(loop).controls?.length ? [{ values: control, cross: true }, changed] : [changed];
  const id = hatchId('after', loop.id);
  return html`<${Frame} height=${height} draw=${(/** @type {any} */ area) => draw(area, windows, tracks, id, (v) => number(v) + ' ×')} />`;
}

/** Treated values over their level before; the controls come so from the server.
 * @param {Window[]} windows */
function relative(windows) {
  const level = geometricMean(windows.filter((w) => !w.after).map((w) => w.treated));
  const treated = windows.map((w) => (w.treated === null ? null : w.treated / level));
  return { level, treated, control: windows.map((w) => w.control) };
}

/**
 * @param {import('./frame.js').Area} area
 * @param {Window[]} windows
 * @param {Track[]} tracks
 * @param {string} id of the hatching
 * @param {(value: number) => string} name of a value on the axis
 */
function draw(area, windows, tracks, id, name) {
  const values = /** @type {number[]} */ (tracks.flatMap((t) => t.values).filter((v) => v !== null));
  const { y, at } = upright(area, values);
  const x = linear(0, windows.length, area.left, area.right);
  const middle = (/** @type {number} */ i) => x(i + 0.5);
  const change = windows.findIndex((w) => w.after);
  return html`<${Hatch} id=${id} />
    ${change >= 0 && html`<rect class="band-on" x=${x(change)} y=${area.top} width=${area.right - x(change)} height=${area.bottom - area.top} fill=${`url(#${id})`} />`}
    ${rules(area, at, y, name)}
    <text class="block-name" x=${area.left} y=${area.top - 7}>before</text>
    ${change >= 0 && html`<text class="block-name on" x=${x(change) + 2} y=${area.top - 7}>after</text><path class="change-line" d="M${x(change)} ${area.top - 4}V${area.bottom}" />`}
    ${tracks.map((track, t) => html`<${Line} key=${t} track=${track} x=${middle} y=${y} />`)}
    ${feet(area, windows.map((w, i) => ({ x: middle(i), text: clockTime(w.from) })))}`;
}

/** @param {{track: Track, x: (i: number) => number, y: (v: number) => number}} props */
function Line({ track, x, y }) {
  let pen = 'M';
  let path = '';
  track.values.forEach((v, i) => {
    if (v !== null) path += `${pen}${x(i)} ${y(v)}`;
    pen = v === null ? 'M' : 'L';
  });
  return html`<path class=${track.cross ? 'bet-worse' : 'bet-better'} d=${path} />
    ${track.values.map((v, i) => v !== null && (track.cross
      ? html`<path key=${i} class="dot-worse" d="M${x(i) - 3} ${y(v) - 3}l6 6m0 -6l-6 6" />`
      : html`<circle key=${i} class="dot-better" cx=${x(i)} cy=${y(v)} r="3" />`))}`;
}
