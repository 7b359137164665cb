// @ts-check
import { useState } from 'preact/hooks';
import { dateTime } from './clock.js';
import { quantity } from './format.js';
import { html } from './html.js';
import { Icon } from './icons.js';
import { QueryChart } from './query-chart.js';

/** @typedef {import('./types.js').Loop} Loop */

const BEFORE = 300;
const AFTER = 300;

/** The measured facts, each with the query it comes from. @param {{loop: Loop}} props */
export function EvidencePart({ loop }) {
  const { finding } = loop;
  const [open, setOpen] = useState(-1);
  return html`<p>
      In ${finding.target.kind} <strong>${finding.target.name}</strong> since ${dateTime(finding.since)}, found ${dateTime(finding.at)} by the rule
      <code>${finding.kind}</code>. ${quantity(finding.completeness, 'ratio')} of the data it needs was there.
    </p>
    <ul class="evidence">
      ${finding.evidence.map(
        (fact, i) => html`<li key=${i}>
          <span class="evidence-name">${fact.name}</span>
          <b>${quantity(fact.value, fact.unit)}</b>
          ${isQuery(fact.query)
            ? html`<button class="link" aria-expanded=${open === i} onClick=${() => setOpen(open === i ? -1 : i)}><${Icon} name="chart" />Show the samples</button>`
            : html`<code class="source">${fact.query}</code>`}
          ${open === i && html`<div class="evidence-chart"><${FactChart} fact=${fact} loop=${loop} /></div>`}
        </li>`,
      )}
    </ul>
    <${Details} details=${finding.details} />`;
}

/** @param {{fact: import('./types.js').Evidence, loop: Loop}} props */
function FactChart({ fact, loop }) {
  const since = new Date(loop.finding.since).getTime() / 1000;
  const at = new Date(loop.finding.at).getTime() / 1000;
  return html`<${QueryChart} query=${fact.query} unit=${fact.unit} title=${fact.name} start=${Math.min(since, at) - BEFORE} end=${at + AFTER} />`;
}

/** Whether a source is a query of the store and not a file or a statement. @param {string} source */
function isQuery(source) {
  return source !== '' && !/^\/|^(select|explain|with|show)\s|\s(of|from)\s\//i.test(source);
}

/** @param {{details: Record<string, string>}} props */
function Details({ details }) {
  const entries = Object.entries(details ?? {});
  if (!entries.length) return null;
  return html`<details class="numbers">
    <summary>Details</summary>
    <dl class="details">${entries.map(([name, value]) => html`<div key=${name}><dt>${name}</dt><dd><code>${value}</code></dd></div>`)}</dl>
  </details>`;
}
