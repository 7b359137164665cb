// @ts-check
import { html } from './html.js';
import { Icon } from './icons.js';
import { STAGES } from './words.js';

/**
 * How many loops stand at each stage; each lane leads to the list of them.
 * @param {{counts: Record<string, number>, chosen?: string}} props
 */
export function Funnel({ counts, chosen }) {
  const lanes = STAGES.map((stage) => ({
    ...stage,
    count: stage.states.reduce((sum, state) => sum + (counts[state] ?? 0), 0),
  }));
  const most = Math.max(1, ...lanes.map((lane) => lane.count));
  return html`<ol class="funnel" aria-label="Loops by stage">
    ${lanes.map(
      (lane) => html`<li key=${lane.id} class="tone-${lane.count ? lane.tone : 'none'}">
        <a href=${chosen === lane.id ? '/loops' : `/loops?state=${lane.id}`} aria-current=${chosen === lane.id ? 'true' : undefined}>
          <span class="lane-count">${lane.count}</span>
          <span class="lane-name"><${Icon} name=${lane.icon} />${lane.title}</span>
          <span class="lane-bar" aria-hidden="true"><i style=${{ width: (100 * lane.count) / most + '%' }}></i></span>
        </a>
      </li>`,
    )}
  </ol>`;
}
