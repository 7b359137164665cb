// @ts-check
// All metrics by name, with their present values and a chart of the chosen one.
import { useEffect, useRef, useState } from 'preact/hooks';
import { get, instant } from './api.js';
import { quantity, unitOf } from './format.js';
import { html } from './html.js';
import { Icon } from './icons.js';
import { QueryChart } from './query-chart.js';

const EVERY = 30_000;
const AT_ONCE = 4;

/** A table of names to search and pick from. */
export function Metrics() {
  const [names, setNames] = useState(/** @type {string[]|null} */ (null));
  const [error, setError] = useState('');
  const [search, setSearch] = useState('');
  const [chosen, setChosen] = useState('');
  useEffect(() => {
    const load = () =>
      get('label/__name__/values').then(
        (body) => (setNames(body.data), setError('')),
        (problem) => setError(problem.message),
      );
    load();
    const timer = setInterval(load, EVERY);
    return () => clearInterval(timer);
  }, []);

  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const found = (names ?? []).filter((name) => words.every((word) => name.toLowerCase().includes(word)));
  const shown = chosen || found[0] || '';
  return html`<section class="panel metrics" aria-labelledby="metrics-title">
    <div class="metrics-head">
      <h2 id="metrics-title">Metrics <span class="muted">${names ? `${found.length} of ${names.length}` : ''}</span></h2>
      <label class="search">
        <${Icon} name="search" /><span class="hidden">Search metrics by name</span>
        <input type="search" placeholder="Search, for example “pressure cpu”" value=${search} onInput=${(/** @type {any} */ e) => setSearch(e.target.value)} />
      </label>
    </div>
    ${error && html`<p class="error" role="alert">${error}</p>`}
    ${names && !names.length && html`<p class="empty">No samples yet. The first are collected within seconds of the start.</p>`}
    ${names &&
    names.length > 0 &&
    html`<div class="metrics-body">
      <${Names} names=${found} chosen=${shown} choose=${setChosen} />
      <div class="metric-chart">
        ${shown && html`<${QueryChart} key=${shown} query=${queryOf(shown)} unit=${chartUnit(shown)} title=${shown} />`}
      </div>
    </div>`}
  </section>`;
}

/** Counters are shown as their rate. @param {string} name */
const queryOf = (name) => (name.endsWith('_total') ? `rate(${name}[$window])` : name);

/** @param {string} name */
function chartUnit(name) {
  const unit = unitOf(name);
  return name.endsWith('_total') ? (unit === 's' ? 's/s' : unit + '/s') : unit;
}

/** @param {{names: string[], chosen: string, choose: (name: string) => void}} props */
function Names({ names, chosen, choose }) {
  const box = useRef(/** @type {HTMLElement|null} */ (null));
  const values = useVisibleValues(box, names);
  if (!names.length) return html`<p class="empty">No metric has such a name.</p>`;
  return html`<div class="names" ref=${box}>
    <table>
      <thead><tr><th scope="col">Name</th><th scope="col" class="num">Value now</th></tr></thead>
      <tbody>
        ${names.map(
          (name) => html`<tr key=${name} data-name=${name} class=${name === chosen ? 'chosen' : ''}>
            <td><button aria-pressed=${name === chosen} onClick=${() => choose(name)}><span>${name.split('_').map((word, i) => (i ? html`<wbr />_${word}` : word))}</span></button></td>
            <td class="num">${values.get(name) ?? '…'}</td>
          </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

/**
 * Present values of the rows in sight, a few requests at a time.
 * @param {{current: HTMLElement|null}} box
 * @param {string[]} names
 */
function useVisibleValues(box, names) {
  const [values, setValues] = useState(/** @type {Map<string, string>} */ (new Map()));
  useEffect(() => {
    const seen = /** @type {Set<string>} */ (new Set());
    const queue = /** @type {string[]} */ ([]);
    let busy = 0;
    let gone = false;
    async function next() {
      const name = busy < AT_ONCE ? queue.shift() : undefined;
      if (!name || gone) return;
      busy++;
      const text = await instant(name).then((result) => cell(result, unitOf(name)), () => 'no value');
      busy--;
      if (!gone) setValues((old) => new Map(old).set(name, text));
      next();
    }
    const observer = new IntersectionObserver((entries) => {
      for (const { target, isIntersecting } of entries) {
        const name = /** @type {HTMLElement} */ (target).dataset.name ?? '';
        if (isIntersecting) seen.add(name);
        else seen.delete(name);
        if (isIntersecting && queue.push(name)) next();
      }
    });
    const rows = box.current?.querySelectorAll('tr[data-name]') ?? [];
    rows.forEach((row) => observer.observe(row));
    const timer = setInterval(() => {
      queue.splice(0, queue.length, ...seen);
      for (let i = 0; i < AT_ONCE; i++) next();
    }, EVERY / 2);
    return () => {
      gone = true;
      observer.disconnect();
      clearInterval(timer);
    };
  }, [names.join()]);
  return values;
}

/**
 * @param {Awaited<ReturnType<typeof instant>>} result
 * @param {string} unit
 */
function cell(result, unit) {
  if (!result.length) return 'no value';
  if (result.length === 1) return quantity(result[0].value, unit);
  return `${result.length} series`;
}
