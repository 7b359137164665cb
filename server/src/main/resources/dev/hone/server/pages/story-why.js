// @ts-check
import { html } from './html.js';
import { Words } from './text.js';
import { expectedWords } from './words.js';

/** Facts, rule, alternatives, and what if it is wrong. @param {{loop: import('./types.js').Loop}} props */
export function Why({ loop }) {
  const { recommendation: r } = loop;
  const why = r.explanation;
  if (!why) return null;
  return html`<h3>Facts</h3>
    <ul>${why.facts.map((fact) => html`<li key=${fact}><${Words} text=${fact} /></li>`)}</ul>
    <h3>Rule</h3>
    <p><${Words} text=${why.rule} /></p>
    <div class="pair">
      <div><h3>Expected</h3><p>${r.primary.name} ${expectedWords(r.expected)}.</p></div>
      <div><h3>Cost</h3><p><${Words} text=${r.cost} /></p></div>
    </div>
    ${why.rejected.length > 0 &&
    html`<h3>Considered and rejected</h3>
      <dl class="rejected">${why.rejected.map((other) => html`<div key=${other.alternative}><dt><${Words} text=${other.alternative} /></dt><dd><${Words} text=${other.why} /></dd></div>`)}</dl>`}
    <h3>If this is wrong</h3>
    <p><${Words} text=${why.ifWrong} /></p>`;
}
