// @ts-check
// Reads a query as far as the caret, to know what may stand there.
import { TAKE_LABELS, isWord } from './promql.js';

/**
 * What may stand at the caret.
 * @typedef {object} Place
 * @property {'word'|'label'|'value'|'window'|'none'} kind word: a metric, function or keyword
 * @property {number} from where the word under the caret begins
 * @property {string} word what of it stands before the caret
 * @property {string} metric the metric whose labels are meant; empty when none is known
 * @property {string} label the label whose values are meant
 * @property {boolean} inBraces
 */

const NAME = /[A-Za-z_:][\w:]*/y;
const NUMBER = /(?:0[xX][\da-fA-F]+|\d[\w.]*|\.\d\w*)/y;

/**
 * Tokens before `end`; the last may be cut off there.
 * @param {string} text
 * @param {number} end
 * @returns {{kind: 'name'|'number'|'string'|'comment'|'symbol', text: string, from: number, open?: boolean}[]}
 */
export function tokens(text, end) {
  const found = [];
  for (let at = 0; at < end; ) {
    const c = text[at];
    if (/\s/.test(c)) {
      at++;
    } else if (c === '#') {
      const stop = text.indexOf('\n', at);
      const to = stop < 0 || stop >= end ? end : stop;
      found.push({ kind: /** @type {const} */ ('comment'), text: text.slice(at, to), from: at, open: to === end });
      at = to;
    } else if (c === '"' || c === "'" || c === '`') {
      let to = at + 1;
      while (to < end && text[to] !== c) to += text[to] === '\\' && c !== '`' ? 2 : 1;
      found.push({ kind: /** @type {const} */ ('string'), text: text.slice(at + 1, Math.min(to, end)), from: at, open: to >= end });
      at = to + 1;
    } else {
      NAME.lastIndex = NUMBER.lastIndex = at;
      const name = NAME.exec(text)?.[0];
      const number = name ? undefined : NUMBER.exec(text)?.[0];
      const all = name ?? number ?? c;
      const kind = name ? /** @type {const} */ ('name') : number ? /** @type {const} */ ('number') : /** @type {const} */ ('symbol');
      found.push({ kind, text: all.slice(0, end - at), from: at });
      at += all.length;
    }
  }
  return found;
}

/**
 * @param {string} text
 * @param {number} caret
 * @returns {Place}
 */
export function placeAt(text, caret) {
  const before = tokens(text, caret);
  const last = before.at(-1);
  const touches = last !== undefined && last.from + last.text.length === caret && (last.kind === 'name' || last.kind === 'number');
  const word = touches ? /** @type {{text: string}} */ (last).text : '';
  const none = /** @type {Place} */ ({ kind: 'none', from: caret, word: '', metric: '', label: '', inBraces: false });
  if (last?.open && last.kind === 'comment') return none;

  /** What is open at the caret: brace, bracket, parenthesis of labels or of an expression. */
  const open = /** @type {{symbol: string, labels: boolean, metric: string}[]} */ ([]);
  let metric = '';
  const read = touches ? before.slice(0, -1) : before;
  read.forEach((token, i) => {
    const previous = read[i - 1];
    if (token.kind === 'name' && !isWord(token.text) && !open.at(-1)?.labels) metric = token.text;
    if (token.kind !== 'symbol') return;
    if ('{[('.includes(token.text)) {
      const takes = token.text === '(' && previous?.kind === 'name' && TAKE_LABELS.includes(previous.text.toLowerCase());
      const attached = token.text === '{' && previous?.kind === 'name' && !isWord(previous.text) ? previous.text : '';
      open.push({ symbol: token.text, labels: takes || token.text === '{', metric: token.text === '{' ? attached : '' });
    } else if (')]}'.includes(token.text)) {
      open.pop();
    }
  });
  const inside = open.at(-1);
  const from = caret - word.length;
  if (last?.kind === 'string' && last.open) {
    let i = read.length - 2;
    while (i > 0 && /^[=!~]$/.test(read[i].text)) i--;
    const label = read[i];
    if (inside?.symbol !== '{' || label?.kind !== 'name' || i === read.length - 2) return none;
    return { kind: 'value', from: last.from + 1, word: last.text, metric: inside.metric, label: label.text, inBraces: true };
  }
  const place = { from, word, label: '', inBraces: inside?.symbol === '{' };
  if (inside?.symbol === '[') return { ...place, kind: 'window', metric };
  if (last?.kind === 'number' && touches) return none;
  const previous = read.at(-1);
  if (inside?.labels) {
    const starts = previous?.text === '{' || previous?.text === ',' || previous?.text === '(';
    const meant = inside.symbol === '{' ? inside.metric : metric || firstMetric(text);
    return starts ? { ...place, kind: 'label', metric: meant } : none;
  }
  return { ...place, kind: 'word', metric };
}

/**
 * The metrics that a query reads, in their order.
 * @param {string} text
 */
export function metricsOf(text) {
  const all = tokens(text, text.length).filter((token) => token.kind !== 'comment');
  const found = new Set(/** @type {string[]} */ ([]));
  let depth = 0;
  const labels = /** @type {boolean[]} */ ([]);
  all.forEach((token, i) => {
    if (token.text === '{') depth++;
    if (token.text === '}') depth--;
    const previous = all[i - 1];
    if (token.text === '(') labels.push(previous?.kind === 'name' && TAKE_LABELS.includes(previous.text.toLowerCase()));
    if (token.text === ')') labels.pop();
    if (token.kind === 'name' && !depth && !labels.at(-1) && !isWord(token.text)) found.add(token.text);
  });
  return [...found];
}

/** @param {string} text */
const firstMetric = (text) => metricsOf(text)[0] ?? '';
