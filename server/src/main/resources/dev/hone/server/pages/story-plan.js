// @ts-check
import { dateTime, seconds, span } from './clock.js';
import { blockSeconds, burnInSeconds, designOf, designTitle, isPaired, longestSeconds } from './designs.js';
import { number, quantity } from './format.js';
import { html } from './html.js';
import { Icon } from './icons.js';

/** @typedef {import('./types.js').Loop} Loop */

/** How the change is tried, and who agreed to exactly that. @param {{loop: Loop}} props */
export function PlanPart({ loop }) {
  const { recommendation: r, plan } = loop;
  const guardrails = plan?.guardrails ?? r.guardrails;
  return html`<dl class="facts wide">
      <div><dt>Design</dt><dd>${designTitle(designOf(loop))}</dd></div>
      <div><dt>Judged by</dt><dd>${r.primary.name}, ${r.primary.better === 'LOWER' ? 'lower' : 'higher'} is better</dd></div>
      <${DesignFacts} design=${designOf(loop)} />
      <${SettlingFact} loop=${loop} />
      ${plan &&
      html`<div><dt>Chance of keeping what does nothing</dt><dd>below ${quantity(plan.alpha, 'ratio')}</dd></div>
        ${plan.leastGain >= 0 && html`<div><dt>Least worthwhile gain</dt><dd>${plan.leastGain ? quantity(plan.leastGain, 'ratio') : 'any'}</dd></div>`}
        <div><dt>Ends at the latest after</dt><dd>${span(seconds(plan.deadline))}</dd></div>
        <div><dt>Seed of the schedule</dt><dd><code>${plan.seed}</code></dd></div>`}
    </dl>
    <h3>Guardrails</h3>
    ${guardrails.length
      ? html`<ul>${guardrails.map((g) => html`<li key=${g.signal.name}>${guardWords(g)}</li>`)}</ul>`
      : html`<p>None besides the signal itself.</p>`}
    <h3>Approval</h3>
    <${Approval} loop=${loop} />`;
}

/** @param {{design: any}} props */
function DesignFacts({ design }) {
  if (isPaired(design)) {
    const what = design.type === 'RepeatedLoadTest' ? 'Load tests' : 'Blocks';
    return html`<div><dt>${what}</dt><dd>${span(blockSeconds(design))} each, the first ${span(burnInSeconds(design))} not measured</dd></div>
      <div><dt>At most</dt><dd>${design.maxPairs} pairs, ${span(longestSeconds(design))}</dd></div>
      ${design.type === 'ConcurrentSplit' && html`<div><dt>Halves</dt><dd>${design.first.name} and ${design.second.name}</dd></div>`}
      ${design.type === 'RepeatedLoadTest' && html`<div><dt>Load</dt><dd>${design.scenario}</dd></div>`}`;
  }
  return html`<div><dt>Windows</dt><dd>${span(seconds(design.window))} each, ${design.windowsBefore} before and ${design.windowsAfter} after, up to ${span(longestSeconds(design))} where these leave it open</dd></div>
    <div><dt>Controls</dt><dd>${design.controls.map((c) => c.name).join(', ') || 'none'}</dd></div>
    ${design.proof
      ? html`<div><dt>Proof</dt><dd>${design.proof.name}</dd></div>`
      : html`<div><dt>May lose at the most</dt><dd>${quantity(design.margin, 'ratio')}</dd></div>`}`;
}

/** What the first application showed. @param {{loop: Loop}} props */
function SettlingFact({ loop }) {
  const { settling } = loop;
  if (!settling) return null;
  return html`<div><dt>Settles in</dt><dd>
    ${span(seconds(settling.settling))}, as the first application showed; blocks last ${span(seconds(settling.block))}, the first ${span(seconds(settling.burnIn))} not measured
  </dd></div>`;
}

/** @param {import('./types.js').Guardrail} guard */
function guardWords({ signal, limit, floor }) {
  const way = signal.better === 'LOWER' ? 'rises' : 'falls';
  const least = floor > 0 ? ` and by more than ${quantity(floor, signal.unit)}` : '';
  return `${signal.name}: undone at once when it ${way} by more than ${number(limit * 100)}\u00a0%${least}`;
}

/** @param {{loop: Loop}} props */
function Approval({ loop }) {
  const { approval, planHash } = loop;
  const hash = html`<code class="hash" title=${planHash}>${planHash}</code>`;
  const first = loop.endorsement;
  if (!approval && first) {
    return html`<p><strong>${first.by}</strong> agreed, ${dateTime(first.at)}: 1 of 2. A second person must agree to plan ${hash}</p>`;
  }
  if (!approval) return html`<p>Not approved${(loop.needs ?? 1) > 1 ? '; two people must agree' : ''}. An approval holds for this plan alone: ${hash}</p>`;
  const same = approval.planHash === planHash;
  return html`<p>
    ${first && html`<strong>${first.by}</strong> agreed first, ${dateTime(first.at)}. `}Approved by <strong>${approval.by}</strong>, ${dateTime(approval.at)}, for plan ${hash}${' '}
    ${same
      ? html`<span class="badge tone-good"><${Icon} name="check" />the plan that was run</span>`
      : html`<span class="badge tone-bad"><${Icon} name="alert" />another plan</span>`}
  </p>`;
}
