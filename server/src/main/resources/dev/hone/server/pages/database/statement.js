// @ts-check
// One statement: what it costs over time, its plan, and what loops did about it.
import { useEffect, useState } from 'preact/hooks';
import { get } from '../api.js';
import { dateTime } from '../clock.js';
import { Effect } from '../effect.js';
import { quantity } from '../format.js';
import { html } from '../html.js';
import { Badge, Icon } from '../icons.js';
import { QueryChart } from '../query-chart.js';
import { Words } from '../text.js';
import { Ago } from '../time.js';
import { lookOf } from '../words.js';
import { asking, From, within } from './links.js';
import { PlanTree, SideBySide } from './plan-tree.js';

/** @typedef {import('./types.js').Story} Story */

const EVERY = 15_000;
const LENGTHS = /** @type {[string, number][]} */ ([
  ['15 min', 900],
  ['1 h', 3600],
  ['6 h', 21600],
  ['24 h', 86400],
]);

/** @param {{database: import('./types.js').Overview, id: string}} props */
export function StatementView({ database, id }) {
  const [story, setStory] = useState(/** @type {Story|null} */ (null));
  const [error, setError] = useState('');
  useEffect(() => {
    document.title = 'Statement · Hone';
    const load = () =>
      get(`databases/${encodeURIComponent(database.name)}/statements/${id}`).then(
        (found) => (setStory(found), setError('')),
        (problem) => setError(problem.status === 404 ? `Nothing is known of a statement ${id} in database ${database.name}.` : problem.message),
      );
    load();
    const timer = setInterval(() => document.hidden || load(), EVERY);
    return () => clearInterval(timer);
  }, [database.name, id]);
  if (!story && error) {
    return html`<div class="panel failed"><h1>This statement cannot be shown</h1><p class="error" role="alert">${error}</p><p><a href=${within('')}>All statements</a></p></div>`;
  }
  if (!story) return html`<div class="loading" aria-busy="true"><p>Reading the statement …</p><i></i><i></i></div>`;
  return html`<header>
      <p class="crumbs"><a href=${within('')}>Load by statement</a> / ${story.database} / ${story.queryid}</p>
      <h1>Statement of ${story.database}</h1>
    </header>
    ${error && html`<p class="error" role="alert">${error}</p>`}
    <section class="panel" aria-label="Statement">
      ${story.text ? html`<pre tabindex="0" class="statement-whole">${story.text}</pre>` : html`<p class="empty">Its text cannot be seen.</p>`}
      <${Now} story=${story} />
    </section>
    <${History} story=${story} />
    <section class="panel" aria-labelledby="plan-title">
      <h2 id="plan-title">Plan now</h2>
      ${story.plan
        ? html`<${PlanTree} plan=${story.plan} name="Plan now" /><p class="muted note">From <code>EXPLAIN</code> for any parameters (a generic plan); nothing was executed.</p>`
        : html`<p class="empty"><${Words} text=${story.planProblem} /></p>`}
    </section>
    <${Plans} plans=${story.plans} />
    <${Changes} story=${story} />`;
}

/** @param {{story: Story}} props */
function Now({ story: { now, history } }) {
  if (!now) return html`<p class="muted">It was not executed in the last 15 minutes.</p>`;
  const value = /** @type {Record<string, number|null>} */ ({ ...now });
  return html`<dl class="facts wide">
    ${history
      .filter(({ id }) => value[id] !== undefined)
      .map(({ id, title, unit, query }) => html`<div key=${id}><dt>${title}</dt><dd><b><${From} query=${query}>${quantity(value[id], unit)}<//></b></dd></div>`)}
  </dl>
  <p class="muted note">In the last 15 minutes.</p>`;
}

/** @param {{story: Story}} props */
function History({ story: { history } }) {
  const [length, setLength] = useState(900);
  return html`<section class="panel" aria-labelledby="history-title">
    <div class="row spread">
      <h2 id="history-title">History</h2>
      <div class="tabs" role="group" aria-label="Time range">
        ${LENGTHS.map(([name, seconds]) => html`<button key=${name} aria-pressed=${length === seconds} onClick=${() => setLength(seconds)}>${name}</button>`)}
      </div>
    </div>
    <div class="charts">
      ${history.map(
        ({ id, title, unit, query }) => html`<div key=${id}>
          <${QueryChart} query=${query} unit=${unit} title=${title} length=${length} />
          <a class="more" href=${asking(query)}>Explore <span class="hidden">${title}</span><${Icon} name="arrow" /></a>
        </div>`,
      )}
    </div>
  </section>`;
}

/**
 * When the server began to plan it otherwise.
 * @param {{plans: import('./types.js').Seen[]}} props the newest first
 */
function Plans({ plans }) {
  if (!plans.length) return null;
  const changes = plans.slice(0, -1).map((after, i) => ({ after, before: plans[i + 1] }));
  return html`<section class="panel" aria-labelledby="plans-title">
    <h2 id="plans-title">Plan history</h2>
    ${!changes.length && html`<p class="empty">The same plan since <${Ago} at=${plans[0].since} />, when it was first looked at.</p>`}
    ${changes.map(
      ({ before, after }, i) => html`<details key=${after.since} class="change" open=${i === 0}>
        <summary>Planned otherwise since <${Ago} at=${after.since} /></summary>
        <p class="muted">Seen from ${dateTime(before.since)} to ${dateTime(before.until)}, and from ${dateTime(after.since)} to ${dateTime(after.until)}.</p>
        <${SideBySide} change=${{ title: '', by: '', costBefore: before.cost, costAfter: after.cost, before: before.plan, after: after.plan }} />
      </details>`,
    )}
  </section>`;
}

/** @param {{story: Story}} props */
function Changes({ story: { loops, advised } }) {
  return html`<section class="panel" aria-labelledby="changes-title">
    <h2 id="changes-title">Changes to its plan</h2>
    ${!loops.length && !advised.length && html`<p class="empty">No loop is about this statement, and the last advice changes nothing for it. <a href=${within('/advice')}>Ask the advisor</a></p>`}
    ${loops.map(
      (loop) => html`<article key=${loop.id} class="change">
        <h3><a href=${'/loops/' + loop.id}><${Words} text=${loop.recommendation.title} /></a></h3>
        <p class="row"><${Badge} look=${lookOf(loop)} /><${Effect} loop=${loop} /><span class="muted"><${Ago} at=${loop.updatedAt} /></span></p>
        ${loop.planChange && html`<${SideBySide} change=${loop.planChange} />`}
      </article>`,
    )}
    ${advised.map(
      (change) => html`<article key=${change.title} class="change">
        <h3><a href=${within('/advice')}>Advised: ${change.title}</a></h3>
        <p class="muted">${change.by}</p>
        <${SideBySide} change=${change} />
      </article>`,
    )}
  </section>`;
}
