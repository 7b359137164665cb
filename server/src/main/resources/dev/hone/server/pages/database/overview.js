// @ts-check
// How the database is, on one screen.
import { dateTime, span } from '../clock.js';
import { quantity } from '../format.js';
import { Findings } from '../findings.js';
import { html } from '../html.js';
import { Icon } from '../icons.js';
import { status } from '../state.js';
import { Words } from '../text.js';
import { Ago } from '../time.js';
import { LEVELS } from '../words.js';
import { Lacks } from './empty.js';
import { Figures } from './figures.js';
import { Load } from './load.js';
import { Waits } from './waits.js';

/** @param {{database: import('./types.js').Overview}} props */
export function OverviewView({ database }) {
  const level = LEVELS[database.health.level] ?? LEVELS.unknown;
  const { facts } = database;
  return html`<section class="health tone-${level.tone}" aria-labelledby="database-health">
      <span class="health-mark"><${Icon} name=${level.icon} /></span>
      <div>
        <h1 id="database-health"><${Words} text=${database.health.sentence} /></h1>
        <p class="muted">
          ${facts
            ? html`PostgreSQL ${facts.version}${facts.replica ? ', a replica' : ''} at <code>${address(database.address)}</code>, role <code>${database.role}</code>. Started <${Ago} at=${facts.startedAt} />, counts since ${dateTime(facts.statisticsSince)}.`
            : html`<code>${address(database.address)}</code>, role <code>${database.role}</code>. What follows is what was sampled before.`}
        </p>
      </div>
    </section>
    <${Lacks} database=${database} />
    ${facts !== null && facts.builds.length > 0 && html`<${Builds} builds=${facts.builds} />`}
    <${Figures} figures=${database.figures} />
    <${Load} database=${database} />
    <${Findings} findings=${(status.value?.findings ?? []).filter(({ layer }) => layer === 'database')} />
    <div class="split even">
      <${Waits} waits=${database.waits} reachable=${database.reachable} />
      ${facts && html`<${SessionsNow} sessions=${facts.sessions} />`}
    </div>`;
}

/** @param {string} url */
const address = (url) => url.replace('postgresql://', '');

/** @param {{builds: import('./types.js').Build[]}} props */
function Builds({ builds }) {
  return html`<section class="panel" aria-labelledby="builds-title">
    <h2 id="builds-title">Being built</h2>
    ${builds.map(
      ({ table, index, phase, share, waitsFor }) => html`<p key=${table + index} class="row">
        <span>Index ${index && html`<code>${index}</code>`} on <code>${table}</code>: ${phase}${waitsFor > 0 && html`, the transaction of session ${waitsFor}`}</span>
        ${share !== null && html`<progress value=${share} max="1" aria-label=${'Part of this phase that is done'}></progress> <span class="muted">${quantity(share, 'ratio')} of this phase</span>`}
      </p>`,
    )}
  </section>`;
}

/** @param {{sessions: import('./types.js').Sessions[]}} props */
function SessionsNow({ sessions }) {
  return html`<section class="panel" aria-labelledby="sessions-title">
    <h2 id="sessions-title">Sessions just now</h2>
    ${sessions.length
      ? html`<div class="scroll" tabindex="0" role="region" aria-label="Sessions just now"><table>
          <thead><tr><th scope="col">State</th><th scope="col">Waits for</th><th scope="col" class="num">Sessions</th><th scope="col" class="num">Oldest transaction</th></tr></thead>
          <tbody>${sessions.map(
            (each) => html`<tr key=${each.state + each.waitsFor}>
              <td>${each.state}</td>
              <td>${each.waitsFor || html`<span class="muted">nothing</span>`}${each.blocked > 0 && html` <span class="badge tone-attention"><${Icon} name="alert" />${each.blocked} blocked</span>`}</td>
              <td class="num">${quantity(each.count, '')}</td>
              <td class="num">${each.oldestTransactionSeconds ? span(each.oldestTransactionSeconds) : 'none'}</td>
            </tr>`,
          )}</tbody>
        </table></div>
        <p class="muted note">From <code>pg_stat_activity</code>, without Hone's own.</p>`
      : html`<p class="empty">Nobody but Hone is connected.</p>`}
  </section>`;
}
