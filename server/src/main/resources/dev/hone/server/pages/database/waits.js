// @ts-check
// What sessions at work waited for.
import { quantity } from '../format.js';
import { html } from '../html.js';
import { From } from './links.js';

/** PostgreSQL's names of what is waited for, as people say them. @type {Record<string, string>} */
const KINDS = {
  none: 'nothing: at work on a processor',
  IO: 'disk',
  Lock: 'locks of rows or tables',
  LWLock: 'locks within the server',
  BufferPin: 'pinned buffers',
  Client: 'the client',
  IPC: 'other processes of the server',
  Timeout: 'a pause',
  Extension: 'an extension',
  Activity: 'background work',
};

/** @param {{waits: import('./types.js').Overview['waits'], reachable: boolean}} props */
export function Waits({ waits, reachable }) {
  const most = Math.max(...waits.map(({ sessions }) => sessions), 0);
  return html`<section class="panel" aria-labelledby="waits-title">
    <h2 id="waits-title">What sessions at work waited for</h2>
    ${waits.length
      ? html`<ul class="bars">
          ${waits.map(
            ({ kind, sessions, query }) => html`<li key=${kind}>
              <span>${KINDS[kind] ?? kind}</span>
              <span class="bar" aria-hidden="true"><i class=${kind === 'none' ? '' : 'waiting-bar'} style=${{ width: (100 * sessions) / most + '%' }}></i></span>
              <b><${From} query=${query}>${quantity(sessions, '')}<//></b>
            </li>`,
          )}
        </ul>
        <p class="muted note">Sessions on average over the last 5 minutes, sampled each second from <code>pg_stat_activity</code>. Hatched bars are waits.</p>`
      : html`<p class="empty">${reachable ? 'In the last 5 minutes no session was seen at work. Short statements slip between the samples of a second.' : 'Nothing was sampled in the last 5 minutes.'}</p>`}
  </section>`;
}
