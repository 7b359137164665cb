// @ts-check
// Talks to the server. Reading needs no token; changes do.
import { signal } from '@preact/signals';

const KEY = 'hone.token';

/** Whether this tab holds a token. */
export const hasToken = signal(sessionStorage.getItem(KEY) !== null);

/** Who this tab's token stands for; null without one.
 * @type {import('@preact/signals').Signal<{name: string, role: 'reader'|'announcer'|'approver'|'admin'}|null>} */
export const me = signal(null);

/** Asks who this tab's token stands for. */
export async function askWhoIAm() {
  if (!hasToken.value) return;
  try {
    me.value = await ask('me', { headers: bearer() });
  } catch (error) {
    if (/** @type {Refusal} */ (error).status === 401) dropToken();
  }
}

/** @returns {Record<string, string>} */
const bearer = () => ({ Authorization: 'Bearer ' + (sessionStorage.getItem(KEY) ?? '') });

/** An answer that is an error, in one sentence. */
export class Refusal extends Error {
  /**
   * @param {string} message
   * @param {number} status HTTP status, 0 when the server was not reached
   * @param {string[]} [problems] each thing that is wrong, where there are several
   */
  constructor(message, status, problems = [message]) {
    super(message);
    this.status = status;
    this.problems = problems;
  }
}

/** Takes the token out of the address bar (`#token=…`) and keeps it for this tab. */
export function takeTokenFromAddress() {
  const match = /^#token=(.+)$/.exec(location.hash);
  if (!match) return;
  keepToken(decodeURIComponent(match[1]));
  history.replaceState(null, '', location.pathname + location.search);
}

/** @param {string} token */
export function keepToken(token) {
  sessionStorage.setItem(KEY, token.trim());
  hasToken.value = true;
  askWhoIAm();
}

/** Forgets the token. */
export function dropToken() {
  sessionStorage.removeItem(KEY);
  hasToken.value = false;
  me.value = null;
}

/**
 * Reads JSON.
 * @param {string} path below `/api/v1/`
 * @param {Record<string, string|number>} [query]
 * @returns {Promise<any>}
 */
export function get(path, query) {
  const text = query ? '?' + new URLSearchParams(Object.entries(query).map(([k, v]) => [k, String(v)])) : '';
  return ask(path + text, {});
}

/**
 * Asks for a change.
 * @param {string} path below `/api/v1/`
 * @param {object} body
 * @returns {Promise<any>}
 */
export function post(path, body) {
  const headers = { 'Content-Type': 'application/json', ...bearer() };
  return ask(path, { method: 'POST', headers, body: JSON.stringify(body) });
}

/**
 * @param {string} path
 * @param {RequestInit} init
 */
async function ask(path, init) {
  let response;
  try {
    response = await fetch('/api/v1/' + path, init);
  } catch {
    throw new Refusal('Hone does not answer. Is `hone serve` still running?', 0);
  }
  const text = await response.text();
  let body;
  try {
    body = text ? JSON.parse(text) : {};
  } catch {
    throw new Refusal(`Hone answered \`${path}\` with something that is not JSON.`, response.status);
  }
  if (!response.ok) {
    throw new Refusal(body.error ?? `Hone answered with HTTP status ${response.status}.`, response.status, body.problems);
  }
  return body;
}

/**
 * Samples of a query over time.
 * @param {string} query may hold `$window`
 * @param {number} start in seconds since the epoch
 * @param {number} end
 * @param {number} step in seconds
 * @returns {Promise<{metric: Record<string, string>, values: [number, number|null][]}[]>}
 */
export async function range(query, start, end, step) {
  const body = await get('query_range', { query, start: Math.floor(start), end: Math.ceil(end), step });
  const result = body.data?.result ?? [];
  return result.map((/** @type {any} */ series) => ({
    metric: series.metric ?? {},
    values: series.values.map((/** @type {[number, string]} */ [t, v]) => [t, finite(v)]),
  }));
}

/** @param {string} text */
function finite(text) {
  const value = Number(text);
  return Number.isFinite(value) ? value : null;
}
