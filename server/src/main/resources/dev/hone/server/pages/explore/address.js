// @ts-check
// The state of the page is its address: a copied link shows the same.
import { go, place } from '../route.js';

/**
 * @typedef {object} Sort
 * @property {string} column a label, or empty for the value
 * @property {boolean} down largest first
 */
/** @typedef {{text: string, view: 'chart'|'table', sort: Sort|null}} Query */
/** @typedef {{from: number, to: number}} Span seconds since the epoch */
/**
 * @typedef {object} State
 * @property {Query[]} queries
 * @property {string} range a name of RANGES, or empty for an own span
 * @property {Span|null} own
 * @property {Span|null} zoom what of it is looked at
 * @property {number} refresh seconds between refreshes; 0 for none
 */

/** Lengths to choose from, in seconds. @type {Record<string, number>} */
export const RANGES = { '5m': 300, '15m': 900, '1h': 3600, '6h': 21600, '24h': 86400, '7d': 604800, '30d': 2592000, '1y': 31536000 };
export const REFRESHES = [0, 5, 10, 30];
const USUAL_RANGE = '15m';
const USUAL_REFRESH = 10;
const MOST_QUERIES = 12;

/**
 * @param {URLSearchParams} query
 * @returns {State}
 */
export function readState(query) {
  const views = query.getAll('view');
  const queries = query.getAll('q').slice(0, MOST_QUERIES).map((text, i) => ({ text, ...readView(views[i] ?? '') }));
  const own = readSpan(query.get('from'), query.get('to'));
  const [from, to] = (query.get('zoom') ?? '').split('..');
  const range = query.get('range') ?? '';
  const refresh = Number(query.get('refresh') ?? USUAL_REFRESH);
  return {
    queries: queries.length ? queries : [{ text: '', view: 'chart', sort: null }],
    range: own ? '' : Object.hasOwn(RANGES, range) ? range : USUAL_RANGE,
    own,
    zoom: readSpan(from, to),
    refresh: REFRESHES.includes(refresh) ? refresh : USUAL_REFRESH,
  };
}

/**
 * @param {string} text `chart`, `table`, `table:up:label` or `table:down:label`
 * @returns {{view: 'chart'|'table', sort: Sort|null}}
 */
function readView(text) {
  const match = /^table(?::(up|down):(.*))?$/.exec(text);
  if (!match) return { view: 'chart', sort: null };
  return { view: 'table', sort: match[1] ? { column: match[2], down: match[1] === 'down' } : null };
}

/**
 * @param {string|null|undefined} from
 * @param {string|null|undefined} to
 * @returns {Span|null}
 */
function readSpan(from, to) {
  const [a, b] = [instant(from), instant(to)];
  return a < b ? { from: a, to: b } : null;
}

/** Seconds since the epoch of a number of them or of ISO 8601; NaN of neither.
 * @param {string|null|undefined} text */
function instant(text) {
  if (!text) return NaN;
  return /^[\d.]+$/.test(text) ? Number(text) : Date.parse(text) / 1000;
}

/** @param {number} seconds */
const iso = (seconds) => new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');

/**
 * The address of a state, path and query.
 * @param {State} state
 */
export function addressOf(state) {
  const query = new URLSearchParams();
  for (const { text } of state.queries) if (text || state.queries.length > 1) query.append('q', text);
  if (state.queries.some(({ view }) => view !== 'chart')) {
    for (const { view, sort } of state.queries) {
      query.append('view', view + (view === 'table' && sort ? `:${sort.down ? 'down' : 'up'}:${sort.column}` : ''));
    }
  }
  if (state.own) {
    query.set('from', iso(state.own.from));
    query.set('to', iso(state.own.to));
  } else if (state.range !== USUAL_RANGE) {
    query.set('range', state.range);
  }
  if (state.zoom) query.set('zoom', `${iso(state.zoom.from)}..${iso(state.zoom.to)}`);
  if (state.refresh !== USUAL_REFRESH) query.set('refresh', String(state.refresh));
  const text = query.toString();
  return '/explore' + (text ? '?' + text : '');
}

/** What the address says now. */
export const present = () => readState(place.value.query);

/**
 * Changes a part of the state; the back button takes it back.
 * @param {Partial<State>} part
 */
export function change(part) {
  const next = addressOf({ ...readState(new URLSearchParams(location.search)), ...part });
  if (next !== location.pathname + location.search) go(next);
}

/**
 * Changes one query.
 * @param {number} index
 * @param {Partial<Query>} part
 */
export function changeQuery(index, part) {
  const { queries } = readState(new URLSearchParams(location.search));
  change({ queries: queries.map((query, i) => (i === index ? { ...query, ...part } : query)) });
}

/** The address that shows a metric; a counter as its rate. @param {string} name */
export function exploring(name) {
  const text = name.endsWith('_total') ? `rate(${name}[1m])` : name;
  return '/explore?' + new URLSearchParams({ q: text });
}

/** Whether one more query fits. @param {State} state */
export const mayAdd = (state) => state.queries.length < MOST_QUERIES;
