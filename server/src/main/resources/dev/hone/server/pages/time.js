// @ts-check
import { ago, dateTime } from './clock.js';
import { html } from './html.js';
import { now } from './state.js';

/** An instant as "4 min ago", with the exact time on hover.
 * @param {{at: string}} props */
export function Ago({ at }) {
  return html`<time datetime=${at} title=${dateTime(at)}>${ago(at, now.value)}</time>`;
}
