// @ts-check
// The view "Audit": who did what, and whether the trail is whole.
import { useEffect, useState } from 'preact/hooks';
import { get } from './api.js';
import { dateTime } from './clock.js';
import { html } from './html.js';
import { Badge, Icon } from './icons.js';
import { choose, place } from './route.js';
import { Command } from './story-change.js';
import { Words } from './text.js';

/** @typedef {{sequence: number, at: string, loop: string, kind: string, by: string, text: string, hash: string}} Line */
/** @typedef {{whole: boolean, entries: number, hash: string, problem: string|null}} Check */

const PAGE = 100;
const PAUSE = 300;
const LONG = 160;
const FIELDS = /** @type {const} */ (['loop', 'by', 'kind', 'q', 'from', 'to']);
const KINDS = [
  'Proposed', 'Endorsed', 'Approved', 'Rejected', 'Expired', 'Scheduled', 'Armed', 'Applying', 'Intent', 'Applied', 'Experimenting',
  'SettlingMeasured', 'PairMeasured', 'WindowMeasured', 'Judged', 'Keeping', 'Kept', 'Remeasured', 'Suspended', 'RollingBack',
  'RolledBack', 'Revoked', 'Stuck', 'Switched', 'PolicyChanged', 'Froze', 'Thawed', 'BudgetBurning', 'BudgetRecovered', 'LoadShifted', 'NullMeasured',
];

/** The view. */
export function AuditView() {
  useEffect(() => {
    document.title = 'Audit · Hone';
  }, []);
  return html`<div class="govern">
    <h1>Audit</h1>
    <p class="lead muted">Everything that was decided and done, by whom, in a journal that is only ever added to. Each line carries the hash of all before it.</p>
    <${Chain} />
    <${Trail} />
  </div>`;
}

/** Whether every hash fits. */
function Chain() {
  const [check, setCheck] = useState(/** @type {Check|null} */ (null));
  const [error, setError] = useState('');
  const verify = () => {
    setCheck(null);
    get('audit/verify').then(setCheck, (problem) => setError(problem.message));
  };
  useEffect(verify, []);
  const look = check?.whole
    ? { word: 'The chain is whole', icon: 'check', tone: 'good', means: '' }
    : { word: 'A line does not fit', icon: 'alert', tone: 'bad', means: '' };
  return html`<section class="panel chain" aria-labelledby="chain-title">
    <div class="row spread"><h2 id="chain-title">Chain</h2>
      <button class="quiet small" disabled=${!check} onClick=${verify}><${Icon} name="refresh" />Check again</button></div>
    <div role="status">
      ${error ? html`<p class="error">${error}</p>` : !check ? html`<p class="muted">Checking every line …</p>`
        : html`<p><${Badge} look=${look} /> ${check.entries.toLocaleString('en-GB')} lines${check.problem ? html`: <${Words} text=${check.problem} />` : ''}</p>`}
    </div>
    ${check && html`<${Command} title="Newest hash" text=${check.hash} />
      <p class="muted">Keep it elsewhere: it proves later that nothing before it was changed or left out. <code>hone audit verify</code> prints it too.</p>`}
  </section>`;
}

/** The lines, with filters and paging. */
function Trail() {
  const { query } = place.value;
  const filter = Object.fromEntries(FIELDS.map((name) => [name, query.get(name) ?? '']).filter(([, value]) => value));
  const key = JSON.stringify(filter);
  const [lines, setLines] = useState(/** @type {Line[]|null} */ (null));
  const [next, setNext] = useState(/** @type {number|null} */ (null));
  const [error, setError] = useState('');
  /** @param {object} more @param {(page: Line[]) => void} use */
  const read = (more, use) =>
    get('audit', { ...asked(filter), limit: PAGE, ...more }).then(
      (answer) => {
        use(answer.lines);
        setNext(answer.next);
        setError('');
      },
      (problem) => setError(problem.message),
    );
  useEffect(() => {
    let current = true;
    const timer = setTimeout(() => read({}, (page) => current && setLines(page)), lines ? PAUSE : 0);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [key]);
  return html`<section class="stack" aria-labelledby="trail-title">
    <h2 id="trail-title">Trail</h2>
    <${Filters} filter=${filter} />
    ${error && html`<p class="error" role="alert">${error}</p>`}
    <p class="muted" role="status">${lines ? `${lines.length}${next ? ' and more' : ''} lines, newest first` : 'Reading …'}</p>
    ${lines && lines.length > 0 && html`<${Lines} lines=${lines} />`}
    ${lines && !lines.length && html`<p class="empty panel">No line matches. <a href="/audit">Show all</a></p>`}
    ${next && html`<button class="quiet older" onClick=${() => read({ before: next }, (page) => setLines([...(lines ?? []), ...page]))}>Show older ones</button>`}
  </section>`;
}

/** Times of the fields are local; the server takes them with their zone. @param {Record<string, string>} filter */
function asked(filter) {
  const times = Object.entries(filter).map(([name, value]) =>
    [name, (name === 'from' || name === 'to') && !Number.isNaN(Date.parse(value)) ? new Date(value).toISOString() : value]);
  return Object.fromEntries(times);
}

/** @param {{filter: Record<string, string>}} props */
function Filters({ filter }) {
  const put = (/** @type {string} */ name) => (/** @type {any} */ event) => choose(name, event.target.value.trim());
  return html`<form class="filters" aria-label="Filter" onSubmit=${(/** @type {Event} */ e) => e.preventDefault()}>
    <label>Kind
      <select value=${filter.kind ?? ''} onChange=${put('kind')}>
        <option value="">all</option>
        ${KINDS.map((kind) => html`<option key=${kind} value=${kind}>${spaced(kind)}</option>`)}
      </select>
    </label>
    <label>By <input type="search" value=${filter.by ?? ''} size="10" placeholder="a name" onInput=${put('by')} /></label>
    <label>Loop <input type="search" value=${filter.loop ?? ''} size="14" placeholder="its id" onInput=${put('loop')} /></label>
    <label class="grow">Text <input type="search" value=${filter.q ?? ''} onInput=${put('q')} /></label>
    <span class="filters"><label>From <input type="datetime-local" value=${filter.from ?? ''} onChange=${put('from')} /></label>
      <label>To <input type="datetime-local" value=${filter.to ?? ''} onChange=${put('to')} /></label></span>
  </form>`;
}

/** @param {string} kind */
const spaced = (kind) => kind.replace(/(?<=[a-z])(?=[A-Z])/g, ' ').toLowerCase();

/** The facts of a line; hashes are shortened, and long ones open at a click. @param {{text: string}} props */
function Facts({ text }) {
  const short = text.replace(/[0-9a-f]{64}/g, (hash) => hash.slice(0, 12) + '…');
  if (short.length <= LONG && short === text) return html`<${Words} text=${text} />`;
  const head = short.length > LONG ? short.slice(0, LONG) + ' …' : short;
  return html`<details><summary><${Words} text=${head} /></summary><p class="all">${text}</p></details>`;
}

/** @param {{lines: Line[]}} props */
function Lines({ lines }) {
  return html`<table class="panel trail">
    <thead><tr>${['When', 'What', 'By', 'Facts', 'Loop', 'Hash'].map((name) => html`<th scope="col" key=${name}>${name}</th>`)}</tr></thead>
    <tbody>
      ${lines.map(
        (line) => html`<tr key=${line.sequence}>
          <td class="when"><time datetime=${line.at}>${dateTime(line.at)}</time></td>
          <td><b>${spaced(line.kind)}</b></td>
          <td><span class="only-narrow">by </span>${line.by}</td>
          <td class="facts-cell"><${Facts} text=${line.text} /></td>
          <td>${line.loop && html`<a href=${'/loops/' + line.loop} title=${line.loop}>${line.loop.slice(0, 10)}…</a>`}</td>
          <td><code title=${line.hash}>${line.hash.slice(0, 8)}…</code> <span class="muted">${line.sequence}</span></td>
        </tr>`,
      )}
    </tbody>
  </table>`;
}
