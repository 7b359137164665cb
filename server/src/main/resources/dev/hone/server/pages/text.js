// @ts-check
import { html } from './html.js';

/**
 * A sentence of the server, in which `` `name` `` is code.
 * @param {{text: string}} props
 */
export function Words({ text }) {
  return text.split('`').map((part, i) => (i % 2 ? html`<code key=${i}>${part}</code>` : part));
}
