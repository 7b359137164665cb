// @ts-check
// What may be written at a place of a query: names from the store, and words of the language.
import { get } from '../api.js';
import { unitOf } from '../format.js';
import { AGGREGATIONS, FUNCTIONS, KEYWORDS, TAKE_LABELS, WINDOWS } from './promql.js';

/** @typedef {import('./scan.js').Place} Place */
/**
 * @typedef {object} Candidate
 * @property {string} name as listed
 * @property {string} kind
 * @property {string} note one line of explanation
 * @property {string} insert what is written
 * @property {number} back by how much the caret then goes back
 * @property {boolean} [ends] whether the word, when already there as it is listed, is complete
 */

const MOST = 60;
const FRESH = 30_000;

/** @type {Map<string, {at: number, names: Promise<string[]>}>} */
const known = new Map();

/**
 * Names from the store, remembered for a while.
 * @param {string} path
 * @param {Record<string, string>} [query]
 */
function names(path, query = {}) {
  const key = path + JSON.stringify(query);
  const before = known.get(key);
  if (before && Date.now() - before.at < FRESH) return before.names;
  const found = get(path, query).then((body) => /** @type {string[]} */ (body.data));
  known.set(key, { at: Date.now(), names: found });
  found.catch(() => known.delete(key));
  return found;
}

/** All names of metrics. */
export const metricNames = () => names('label/__name__/values');

/** @param {Record<string, string>} words @param {string} kind @param {(name: string) => {insert: string, back: number}} form */
const listed = (words, kind, form) => Object.entries(words).map(([name, note]) => ({ name, kind, note, ...form(name) }));

const call = (/** @type {string} */ name) => ({ insert: name + '()', back: /^(pi|time)$/.test(name) ? 0 : 1 });

const WORDS = [
  ...listed(AGGREGATIONS, 'aggregation', call),
  ...listed(FUNCTIONS, 'function', call),
  ...listed(KEYWORDS, 'keyword', (name) =>
    TAKE_LABELS.includes(name) ? { insert: name + ' ()', back: 1 } : { insert: name + ' ', back: 0 },
  ),
];

/**
 * What fits the place, the best first.
 * @param {Place} place
 * @param {string} after what follows the caret
 * @returns {Promise<Candidate[]>}
 */
export async function candidatesAt(place, after) {
  const of = place.metric ? { 'match[]': place.metric } : undefined;
  const wordEnd = /^[\w:]*/.exec(after)?.[0].length ?? 0;
  const next = after.slice(wordEnd).trimStart()[0] ?? '';
  switch (place.kind) {
    case 'word': {
      const words = next === '(' ? WORDS.map((word) => ({ ...word, insert: word.name, back: 0 })) : WORDS;
      const metrics = (await metricNames()).map((name) => plainly(name, 'metric', describe(name)));
      return best([...metrics, ...words], place.word);
    }
    case 'label': {
      const labels = (await names('labels', of)).filter((name) => name !== '__name__' || place.inBraces);
      const form = (/** @type {string} */ name) => (place.inBraces && !/[=!]/.test(next) ? { insert: name + '=""', back: 1 } : { insert: name, back: 0 });
      return best(labels.map((name) => ({ ...plainly(name, 'label', place.metric ? `label of ${place.metric}` : 'label'), ...form(name) })), place.word);
    }
    case 'value': {
      const values = await names(`label/${place.label}/values`, of);
      return best(values.map((name) => ({ ...plainly(name, 'value', ''), insert: escaped(name) })), place.word);
    }
    case 'window':
      return best(Object.entries(WINDOWS).map(([name, note]) => plainly(name, 'window', note)), place.word);
    default:
      return [];
  }
}

/** @param {string} name @param {string} kind @param {string} note @returns {Candidate} */
const plainly = (name, kind, note) => ({ name, kind, note, insert: name, back: 0, ends: true });

/** @param {string} text */
const escaped = (text) => text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');

/** What the name of a metric tells. @param {string} name */
function describe(name) {
  const unit = { s: 'seconds', bytes: 'bytes', ratio: 'a ratio', '%': 'per cent' }[unitOf(name)] ?? '';
  if (name.endsWith('_bucket')) return 'histogram';
  if (name.endsWith('_total')) return unit ? `counter of ${unit}` : 'counter';
  return unit ? `in ${unit}` : '';
}

/**
 * Those that hold the word: the ones that are it or begin with it first, short before long.
 * @param {Candidate[]} all
 * @param {string} word
 */
function best(all, word) {
  const wanted = word.toLowerCase();
  const rank = (/** @type {string} */ name) => {
    const lower = name.toLowerCase();
    if (lower === wanted) return 0;
    if (lower.startsWith(wanted)) return 1;
    if (lower.split(/[_:]/).some((part) => part.startsWith(wanted))) return 2;
    return lower.includes(wanted) ? 3 : 4;
  };
  const ranked = all.map((candidate, i) => ({ candidate, i, rank: rank(candidate.name) })).filter((entry) => entry.rank < 4);
  return ranked.sort((a, b) => a.rank - b.rank || a.i - b.i).slice(0, MOST).map((entry) => entry.candidate);
}
