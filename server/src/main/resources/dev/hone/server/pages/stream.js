// @ts-check
// The one stream of server-sent events of a tab. The browser reconnects by itself while the
// server is merely away; a stream that it gave up is opened anew. Whatever was missed is read
// again after each opening.
import { connection, heard, lastHeard, refresh, takeLoop, takeStatus } from './state.js';

const SILENCE = 15_000;
const RETRY = 3_000;

/** @type {EventSource|null} */
let source = null;

/** Opens the stream and keeps it open. */
export function connect() {
  source?.close();
  source = new EventSource('/api/v1/stream');
  source.onopen = () => {
    connection.value = 'live';
    heard();
    refresh().catch(lost);
  };
  source.onerror = () => {
    lost();
    if (source?.readyState === EventSource.CLOSED) setTimeout(connect, RETRY);
  };
  source.addEventListener('status', (event) => take(event, takeStatus));
  source.addEventListener('loop', (event) => take(event, takeLoop));
}

/** Asks when the stream has been silent for long: a dead connection gives no error. */
export function watch() {
  setInterval(() => {
    if (connection.value === 'live' && Date.now() - lastHeard.value > SILENCE) refresh().catch(lost);
  }, 5000);
}

/**
 * @param {MessageEvent} event
 * @param {(body: any) => void} use
 */
function take(event, use) {
  connection.value = 'live';
  use(JSON.parse(event.data));
}

function lost() {
  connection.value = 'lost';
}
