// @ts-check
// The view "Loops": what is to be decided first, then all of them.
import { useEffect } from 'preact/hooks';
import { Funnel } from './funnel.js';
import { html } from './html.js';
import { LoopList } from './loop-list.js';
import { Loading } from './now.js';
import { Queue } from './queue.js';
import { place } from './route.js';
import { loops, status } from './state.js';
import { Ago } from './time.js';

/** The second view. */
export function LoopsView() {
  useEffect(() => {
    document.title = 'Loops · Hone';
  }, []);
  const now = status.value;
  if (!loops.value || !now) return html`<${Loading} />`;
  const any = Object.values(now.counts).some((count) => count > 0);
  return html`<div class="loops">
    <h1>Loops</h1>
    <p class="lead muted">Each loop is one finding followed to its end: proposed, tried, and then kept with proof or undone.</p>
    ${any ? html`<${Queue} />
      <${Funnel} counts=${now.counts} chosen=${place.value.query.get('state') ?? undefined} />
      <${LoopList} layers=${Object.keys(now.modes).sort()} />` : html`<${NoneYet} />`}
  </div>`;
}

function NoneYet() {
  const now = status.value;
  return html`<div class="empty panel">
    <h2>Nothing found yet</h2>
    <p>
      ${now ? html`Hone watches ${now.series.toLocaleString('en-GB')} series since <${Ago} at=${now.startedAt} />, on the layers ${Object.keys(now.modes).join(', ') || 'host'}. ` : ''}
      It looks for processes that wait for the CPU because of a neighbour, statements that read far more than they return, and threads that queue for a connection.
    </p>
    <p>A loop appears here as soon as one of these holds for long enough to be no accident. A quiet list on a healthy system is the expected result.</p>
  </div>`;
}
