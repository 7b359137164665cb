// @ts-check
// Plans as trees, and two of them side by side.
import { number } from '../format.js';
import { html } from '../html.js';
import { Icon } from '../icons.js';

/** @typedef {import('./types.js').Plan} Plan */

/** @param {Plan} node */
const key = (node) => [node.type, node.relation, node.index].join('\n');

/** @param {Plan} node @returns {string[]} */
const keys = (node) => [key(node), ...node.children.flatMap(keys)];

/**
 * @param {{plan: Plan, other?: Plan|null, mark?: string, name: string}} props other: nodes that it has not are marked
 */
export function PlanTree({ plan, other, mark, name }) {
  const known = other ? keys(other) : null;
  return html`<ul class="plan" aria-label=${name}><${Node} plan=${plan} whole=${plan.cost} known=${known} mark=${mark ?? ''} /></ul>`;
}

/** @param {{plan: Plan, whole: number|null, known: string[]|null, mark: string}} props */
function Node({ plan, whole, known, mark }) {
  const below = plan.children.reduce((sum, child) => sum + (child.cost ?? 0), 0);
  const own = plan.cost === null || !whole ? null : Math.max(0, plan.cost - below) / whole;
  const marked = known !== null && !known.includes(key(plan));
  return html`<li class=${marked ? `marked ${mark}` : ''}>
    <div class="plan-node">
      <b>${plan.type || 'node'}</b>
      ${plan.relation && html`<span>on <code>${plan.relation}</code></span>`}
      ${plan.index && html`<span>using <code>${plan.index}</code></span>`}
      ${marked && html`<span class="badge tone-${mark === 'new' ? 'good' : 'unknown'}"><${Icon} name=${mark === 'new' ? 'plus' : 'minus'} />${mark === 'new' ? 'new' : 'goes'}</span>`}
      ${plan.condition && html`<code class="plan-condition">${plan.condition}</code>`}
      ${plan.cost !== null &&
      html`<span class="plan-cost muted">cost ${number(plan.cost)}, ${number(plan.rows ?? 0)} ${plan.rows === 1 ? 'row' : 'rows'} expected${own !== null && own >= 0.01 ? html`, <b>${number(100 * own, 2)} %</b> of the cost here` : ''}</span>`}
    </div>
    ${plan.children.length > 0 && html`<ul>${plan.children.map((child, i) => html`<${Node} key=${i} plan=${child} whole=${whole} known=${known} mark=${mark} />`)}</ul>`}
  </li>`;
}

/** @param {{change: import('./types.js').PlanChange}} props */
export function SideBySide({ change }) {
  return html`<div class="pair plans">
    <div>
      <h4>Before${change.costBefore === null ? '' : html` <span class="muted">cost ${number(change.costBefore)}</span>`}</h4>
      <${PlanTree} plan=${change.before} other=${change.after} mark="gone" name="Plan before" />
    </div>
    <div>
      <h4>After${change.costAfter === null ? '' : html` <span class="muted">cost ${number(change.costAfter)}</span>`}</h4>
      ${change.after
        ? html`<${PlanTree} plan=${change.after} other=${change.before} mark="new" name="Plan after" />`
        : html`<p class="empty">Not known: it could not be tested beforehand.</p>`}
    </div>
  </div>`;
}
