// @ts-check
// The view of one loop, told as a story.
import { useEffect, useState } from 'preact/hooks';
import { LoopButtons } from './actions.js';
import { Agreement } from './agreement.js';
import { clockTime, dateTime } from './clock.js';
import { Effect } from './effect.js';
import { plain } from './format.js';
import { html } from './html.js';
import { Badge, Icon } from './icons.js';
import { isWhole, loops, readLoop, status } from './state.js';
import { Change } from './story-change.js';
import { EvidencePart } from './story-evidence.js';
import { Experiment } from './story-experiment.js';
import { ForecastPart } from './story-forecast.js';
import { PlanPart } from './story-plan.js';
import { VerdictPart } from './story-verdict.js';
import { Why } from './story-why.js';
import { Words } from './text.js';
import { Ago } from './time.js';
import { RISKS, lookOf, modeWord } from './words.js';

/** @typedef {import('./types.js').Loop} Loop */

/** @param {{id: string}} props */
export function LoopView({ id }) {
  const [error, setError] = useState('');
  const loop = loops.value?.get(id);
  const whole = isWhole(loop);
  const explained = whole && loop?.standing !== undefined;
  useEffect(() => {
    readLoop(id).then(() => setError(''), (problem) => setError(problem.message));
  }, [id, explained, loop?.state, status.value?.freeze?.until, status.value?.errorBudget?.burning?.since]);
  useEffect(() => {
    document.title = (loop ? plain(loop.recommendation.title) : 'Loop') + ' · Hone';
  }, [loop?.recommendation.title]);

  if (loop && whole) return html`<${Story} loop=${loop} />`;
  if (error) {
    return html`<div class="panel failed">
      <h1>This loop cannot be shown</h1>
      <p class="error" role="alert">${error}</p>
      <p><a href="/loops">All loops</a></p>
    </div>`;
  }
  return html`<div class="loading" aria-busy="true"><p>Reading the loop …</p><i></i><i></i><i></i></div>`;
}

/** @param {{loop: Loop}} props */
function Story({ loop }) {
  const { recommendation: r, finding } = loop;
  return html`<article class="story">
    <header class="story-head">
      <p class="crumbs"><a href="/loops">Loops</a> / <span class="layer">${r.layer}</span> / ${finding.kind}</p>
      <h1><${Words} text=${r.title} /></h1>
      <p class="lead"><${Words} text=${finding.summary} /></p>
    </header>
    <${Aside} loop=${loop} />
    <div class="chapters">
      <${Chapter} id="evidence" title="Evidence"><${EvidencePart} loop=${loop} /><//>
      <${Chapter} id="why" title="Why this change"><${Why} loop=${loop} /><//>
      <${Chapter} id="change" title="Exact change and undo"><${Change} loop=${loop} /><//>
      <${Chapter} id="plan" title="Plan"><${PlanPart} loop=${loop} /><//>
      <${Chapter} id="experiment" title="Experiment"><${Experiment} loop=${loop} /><//>
      <${Chapter} id="verdict" title="Verdict"><${VerdictPart} loop=${loop} /><//>
      <${Chapter} id="forecast" title="Forecast and what came of it"><${ForecastPart} loop=${loop} /><//>
      <${Chapter} id="history" title="History"><${History} loop=${loop} /><//>
    </div>
  </article>`;
}

/** @param {{id: string, title: string, children?: any}} props */
function Chapter({ id, title, children }) {
  return html`<section class="chapter" aria-labelledby=${id}>
    <h2 id=${id}>${title}</h2>
    <div class="panel">${children}</div>
  </section>`;
}

/** State, buttons and the figures to remember. @param {{loop: Loop}} props */
function Aside({ loop }) {
  const { recommendation: r } = loop;
  const look = lookOf(loop);
  return html`<aside class="panel summary tone-${look.tone}" aria-label="State of this loop">
    <p class="summary-state"><${Badge} look=${look} /> <span class="muted"><${Ago} at=${loop.updatedAt} /></span></p>
    <p>${look.means}</p>
    ${loop.waitsFor && html`<p class="hindrance"><${Icon} name="clock" /><span>Waits: <${Words} text=${loop.waitsFor} /></span></p>`}
    ${loop.state === 'PROPOSED' && !r.appliable && html`<p class="hindrance"><${Icon} name="terminal" /><span><${Words} text=${r.hindrance} /></span></p>`}
    <${LoopButtons} loop=${loop} />
    <dl class="facts">
      <div><dt>Effect on ${r.primary.name}</dt><dd><${Effect} loop=${loop} /></dd></div>
      ${loop.verdict && html`<div><dt>Grade of the evidence</dt><dd><span class="grade">${loop.verdict.grade}</span></dd></div>`}
      <${Agreement} loop=${loop} />
      <div><dt>Risk</dt><dd><b>${r.risk}</b> ${RISKS[r.risk]}</dd></div>
      ${loop.state === 'PROPOSED' && html`<div><dt>Proposal holds until</dt><dd>${dateTime(r.expiresAt)}</dd></div>`}
      ${loop.standing && html`<div><dt>Mode of ${r.technique}</dt><dd><b>${modeWord(loop.standing.mode)}</b>${loop.standing.why ? ': ' + loop.standing.why : ''}</dd></div>`}
      ${loop.undone && html`<div><dt>Undone</dt><dd><code>${loop.undone.value}</code> restored ${clockTime(loop.undone.at)} by ${loop.undone.by}</dd></div>`}
    </dl>
    <nav aria-label="Parts of this page">
      ${['evidence', 'why', 'change', 'plan', 'experiment', 'verdict', 'forecast', 'history'].map((id) => html`<a key=${id} href=${'#' + id}>${id}</a>`)}
    </nav>
  </aside>`;
}

/** @param {string} at */
const dayOf = (at) => new Date(at).toLocaleDateString('en-GB', { day: 'numeric', month: 'short' });

/** Whether a step is of another day than the one before, or the first not of today.
 * @param {{at: string}[]} steps @param {number} i */
const newDay = (steps, i) => dayOf(steps[i].at) !== (i ? dayOf(steps[i - 1].at) : dayOf(new Date().toISOString()));

/** @param {{loop: Loop}} props */
function History({ loop }) {
  return html`<ol class="timeline">
    ${(loop.history ?? []).map((step, i) => {
      const look = lookOf({ ...loop, state: step.state });
      return html`<li key=${i} class="tone-${look.tone}">
        <time datetime=${step.at} title=${dateTime(step.at)}>${newDay(loop.history ?? [], i) && html`<b>${dayOf(step.at)}</b> `}${clockTime(step.at)}</time>
        <span class="dot"><${Icon} name=${look.icon} /></span>
        <p><b>${look.word}</b> ${step.text.toLowerCase() !== look.word.toLowerCase() && html`<${Words} text=${step.text} />`} <span class="muted">by ${step.by}</span></p>
      </li>`;
    })}
  </ol>`;
}
