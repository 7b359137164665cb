// @ts-check
// The view "Now": is it well, what changed, what is to be decided.
import { useEffect } from 'preact/hooks';
import { Cards } from './cards.js';
import { Decision } from './decision.js';
import { Findings } from './findings.js';
import { Funnel } from './funnel.js';
import { html } from './html.js';
import { Icon } from './icons.js';
import { Metrics } from './metrics.js';
import { Outcomes } from './outcomes.js';
import { Running } from './running.js';
import { failure, loops, refresh, status } from './state.js';
import { Words } from './text.js';
import { Ago } from './time.js';
import { LEVELS } from './words.js';

/** The first view. */
export function NowView() {
  useEffect(() => {
    document.title = 'Now · Hone';
  }, []);
  const now = status.value;
  if (!now) return html`<${Loading} />`;
  const level = LEVELS[now.health.level] ?? LEVELS.unknown;
  return html`<div class="now">
    <section class="health tone-${level.tone}" aria-labelledby="health">
      <span class="health-mark"><${Icon} name=${level.icon} /></span>
      <div>
        <h1 id="health"><${Words} text=${now.health.sentence} /></h1>
        <p class="muted">
          ${level.word}. Watching since <${Ago} at=${now.startedAt} />: ${now.series.toLocaleString('en-GB')} series of ${now.metricNames ?? 'an unknown number of'} metrics.
        </p>
      </div>
    </section>
    <${Notices} notices=${now.notices} />
    <${Cards} cards=${now.cards} />
    <div class="split">
      <div class="stack">
        <${Decision} id=${now.nextDecision} />
        <${Findings} findings=${now.findings} />
      </div>
      <section class="panel" aria-labelledby="funnel-title">
        <h2 id="funnel-title">Loops by stage</h2>
        <${Funnel} counts=${now.counts} />
      </section>
    </div>
    <div class="split even">
      <${Running} />
      <${Outcomes} />
    </div>
    <${Metrics} />
  </div>`;
}

/** What is shown before the first answer. */
export function Loading() {
  if (!failure.value || (status.value && loops.value)) {
    return html`<div class="loading" aria-busy="true"><p>Reading the state …</p><i></i><i></i><i></i></div>`;
  }
  return html`<div class="panel failed">
    <h1>Nothing to show yet</h1>
    <p class="error" role="alert">${failure.value}</p>
    <div class="buttons"><button class="primary" onClick=${() => refresh().catch(() => {})}>Try again</button></div>
  </div>`;
}

/** @param {{notices: string[]}} props */
function Notices({ notices }) {
  if (!notices.length) return null;
  return html`<details class="notices" open=${notices.length < 3}>
    <summary>${notices.length === 1 ? '1 thing is' : `${notices.length} things are`} missing for the full picture</summary>
    <ul>${notices.map((text) => html`<li key=${text}><${Words} text=${text} /></li>`)}</ul>
  </details>`;
}
