// @ts-check
// All metrics by name, with their present values and a chart of the chosen one.
import { useEffect, useRef, useState } from 'preact/hooks';
import { get } from './api.js';
import { exploring } from './explore/address.js';
import { ask } from './explore/ask.js';
import { quantity, unitOf } from './format.js';
import { html } from './html.js';
import { Icon } from './icons.js';
import { QueryChart } from './query-chart.js';

const EVERY = 30_000;
const SETTLE = 150;

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
        ${shown &&
        html`<${QueryChart} key=${shown} query=${queryOf(shown)} unit=${chartUnit(shown)} title=${shown} />
          <a class="more" href=${exploring(shown)}>Explore ${shown} <${Icon} name="arrow" /></a>`}
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
      <thead><tr><th scope="col">Name</th><th scope="col" class="num">Value now</th><th scope="col"><span class="hidden">Explore</span></th></tr></thead>
      <tbody>
        ${names.map(
          (name) => html`<tr key=${name} data-name=${name} class=${name === chosen ? 'chosen' : ''}>
            <td><button aria-pressed=${name === chosen} onClick=${() => choose(name)}><span>${name.split('_').map((word, i) => (i ? html`<wbr />_${word}` : word))}</span></button></td>
            <td class="num">${values.get(name) ?? '…'}</td>
            <td class="explore-link"><a href=${exploring(name)} aria-label=${`Explore ${name}`} title="Explore"><${Icon} name="arrow" /></a></td>
          </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

/**
 * Present values of the rows in sight, all by one query.
 * @param {{current: HTMLElement|null}} box
 * @param {string[]} names
 */
function useVisibleValues(box, names) {
  const [values, setValues] = useState(/** @type {Map<string, string>} */ (new Map()));
  useEffect(() => {
    const seen = /** @type {Set<string>} */ (new Set());
    let request = new AbortController();
    let soon = 0;
    async function load() {
      if (!seen.size) return;
      request.abort();
      request = new AbortController();
      const asked = [...seen];
      try {
        const found = await present(asked, request.signal);
        setValues((old) => new Map([...old, ...asked.map((name) => /** @type {[string, string]} */ ([name, cell(found.get(name) ?? [], unitOf(name))]))]));
      } catch {
        // Aborted, or asked again in a while.
      }
    }
    const observer = new IntersectionObserver((entries) => {
      for (const { target, isIntersecting } of entries) {
        const name = /** @type {HTMLElement} */ (target).dataset.name ?? '';
        if (isIntersecting) seen.add(name);
        else seen.delete(name);
      }
      clearTimeout(soon);
      soon = setTimeout(load, SETTLE);
    });
    const rows = box.current?.querySelectorAll('tr[data-name]') ?? [];
    rows.forEach((row) => observer.observe(row));
    const timer = setInterval(load, EVERY / 2);
    return () => {
      request.abort();
      observer.disconnect();
      clearTimeout(soon);
      clearInterval(timer);
    };
  }, [names.join()]);
  return values;
}

/**
 * The present values of metrics, one a series.
 * @param {string[]} names
 * @param {AbortSignal} signal
 * @returns {Promise<Map<string, number[]>>}
 */
async function present(names, signal) {
  const data = await ask('query', { query: `{__name__=~"${names.join('|')}"}` }, signal);
  const found = /** @type {Map<string, number[]>} */ (new Map());
  for (const { metric, value } of data.result) {
    const name = metric.__name__;
    found.set(name, [...(found.get(name) ?? []), Number(value[1])]);
  }
  return found;
}

/**
 * @param {number[]} values
 * @param {string} unit
 */
function cell(values, unit) {
  if (!values.length) return 'no value';
  return values.length === 1 ? quantity(values[0], unit) : `${values.length} series`;
}
