// @ts-check
import { html } from './html.js';

/**
 * A chart with its title, a summary for those who cannot see it, and its numbers as a table.
 * @param {{title: any, summary: string, head: string[], rows: any[][], children?: any, note?: any}} props
 */
export function Figure({ title, summary, head, rows, children, note }) {
  return html`<figure>
    <figcaption>${title}</figcaption>
    <div class="plot" role="img" aria-label=${summary}>${children}</div>
    ${note && html`<p class="chart-note">${note}</p>`}
    <details class="numbers">
      <summary>Numbers</summary>
      <div class="scroll" tabindex="0" role="region" aria-label="Numbers of the chart">
        <table>
          <thead><tr>${head.map((name) => html`<th scope="col" key=${name}>${name}</th>`)}</tr></thead>
          <tbody>${rows.map((row, i) => html`<tr key=${i}>${row.map((cell, j) => html`<td key=${j}>${cell}</td>`)}</tr>`)}</tbody>
        </table>
      </div>
    </details>
  </figure>`;
}
