// @ts-check
// Lengths of time and points in time as people read them.
import { number } from './format.js';

/**
 * ISO-8601 duration in seconds; NaN when it is none.
 * @param {string|null|undefined} text such as `PT1M30S`
 */
export function seconds(text) {
  const match = /^P(?:([\d.]+)D)?(?:T(?:([\d.]+)H)?(?:([\d.]+)M)?(?:([\d.]+)S)?)?$/.exec(text ?? '');
  if (!match) return NaN;
  const [, d, h, m, s] = match.map((part) => Number(part ?? 0));
  return d * 86400 + h * 3600 + m * 60 + s;
}

/**
 * A length of time in words: `4 s`, `2 min 40 s`, `3 h`.
 * @param {number} length in seconds
 */
export function span(length) {
  if (!Number.isFinite(length)) return 'unknown';
  const total = Math.round(length);
  if (total < 60) return length < 10 && length !== total ? number(length) + ' s' : `${total} s`;
  const [big, small, size] =
    total < 3600 ? ['min', 's', 60] : total < 86400 ? ['h', 'min', 3600] : ['d', 'h', 86400];
  const rest = Math.floor((total % size) / (size === 86400 ? 3600 : size / 60));
  return `${Math.floor(total / size)} ${big}` + (rest ? ` ${rest} ${small}` : '');
}

/**
 * Time of day of an instant.
 * @param {string|number} at
 */
export function clockTime(at) {
  return new Date(at).toLocaleTimeString('en-GB');
}

/**
 * Date and time of an instant.
 * @param {string|number} at
 */
export function dateTime(at) {
  return new Date(at).toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'medium' });
}

/**
 * How long ago: `just now`, `4 min ago`.
 * @param {string|number} at
 * @param {number} now milliseconds
 */
export function ago(at, now) {
  const gone = (now - new Date(at).getTime()) / 1000;
  if (gone < 10) return 'just now';
  const total = gone < 60 ? Math.floor(gone / 10) * 10 : gone;
  return span(total).split(' ').slice(0, 2).join(' ') + ' ago';
}
