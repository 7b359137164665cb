// @ts-check
// The view "Database": which database, and which part of what is known of it.
import { useEffect, useState } from 'preact/hooks';
import { get } from '../api.js';
import { html } from '../html.js';
import { choose } from '../route.js';
import { AdviceView } from './advice.js';
import { NoDatabase } from './empty.js';
import { IndexesView } from './indexes.js';
import { chosen, within } from './links.js';
import { OverviewView } from './overview.js';
import { StatementView } from './statement.js';

/** @typedef {import('./types.js').Overview} Overview */

const EVERY = 10_000;
const PARTS = [
  ['', 'Overview'],
  ['/indexes', 'Indexes'],
  ['/advice', 'Recommendations'],
];

/** @param {{path: string}} props */
export function DatabaseView({ path }) {
  const [all, setAll] = useState(/** @type {Overview[]|null} */ (null));
  const [error, setError] = useState('');
  useEffect(() => {
    document.title = 'Database · Hone';
    const load = () =>
      get('databases').then(
        (answer) => (setAll(answer.databases), setError('')),
        (problem) => setError(problem.message),
      );
    load();
    const timer = setInterval(() => document.hidden || load(), EVERY);
    return () => clearInterval(timer);
  }, []);
  if (!all && error) return html`<p class="error" role="alert">${error}</p>`;
  if (!all) return html`<div class="loading" aria-busy="true"><p>Asking the database …</p><i></i><i></i></div>`;
  if (!all.length) return html`<${NoDatabase} />`;
  const database = all.find(({ name }) => name === chosen()) ?? all[0];
  const part = path.replace(/^\/database/, '').replace(/\/$/, '');
  const statement = /^\/statements\/(-?\d+)$/.exec(part);
  return html`<div class="govern database">
    <div class="row spread">
      <nav class="parts" aria-label="Parts of Database">
        ${PARTS.map(([address, name]) => html`<a key=${name} href=${within(address)} aria-current=${part === address ? 'page' : undefined}>${name}</a>`)}
      </nav>
      ${all.length > 1 &&
      html`<label class="filters">Database <select value=${database.name} onChange=${(/** @type {any} */ e) => choose('db', e.target.value)}>
        ${all.map(({ name }) => html`<option key=${name} value=${name}>${name}</option>`)}
      </select></label>`}
    </div>
    ${error && html`<p class="error" role="alert">${error}</p>`}
    ${statement
      ? html`<${StatementView} key=${statement[1]} database=${database} id=${statement[1]} />`
      : part === '/indexes'
        ? html`<${IndexesView} database=${database} />`
        : part === '/advice'
          ? html`<${AdviceView} database=${database} />`
          : part === ''
            ? html`<${OverviewView} database=${database} />`
            : html`<p class="empty" role="alert">There is no page <code>${path}</code>. See the <a href=${within('')}>overview</a> of this database.</p>`}
  </div>`;
}
