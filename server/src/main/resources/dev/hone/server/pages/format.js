// @ts-check
// Numbers, units and times as people read them: three digits, always with a unit.

const NO_BREAK = '\u00a0';
const MINUS = '\u2212';

/**
 * A number with at most three significant digits, or all digits of a whole number below 10,000.
 * @param {number} value
 */
export function number(value) {
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e15)) return sign(value.toExponential(1));
  const digits = Number.isInteger(value) && size < 1e4 ? 4 : 3;
  return sign(value.toLocaleString('en-GB', { maximumSignificantDigits: digits }));
}

/** @param {string} text */
const sign = (text) => text.replace('-', MINUS);

/** @type {[number, string][]} */
const SECONDS = [
  [1e-6, 'ns'],
  [1e-3, 'µs'],
  [1, 'ms'],
  [120, 's'],
  [7200, 'min'],
  [172800, 'h'],
  [Infinity, 'd'],
];
/** @type {Record<string, number>} */
const IN_SECONDS = { ns: 1e-9, µs: 1e-6, ms: 1e-3, s: 1, min: 60, h: 3600, d: 86400 };
const BINARY = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];
const DECIMAL = ['', 'k', 'M', 'G', 'T'];

/**
 * Splits a value into the number and the unit to show.
 * @param {number|null|undefined} value
 * @param {string} unit as the server names it: `s`, `bytes`, `ratio`, `s/call`, `req/s` …
 * @returns {{value: string, unit: string}}
 */
export function parts(value, unit) {
  if (value === null || value === undefined || !Number.isFinite(value)) return { value: 'no data', unit: '' };
  const [head, ...rest] = unit.split('/');
  const per = rest.length ? '/' + rest.join('/') : '';
  if (unit === 'ratio' || unit === '%') {
    return { value: number(unit === '%' ? value : value * 100), unit: '%' };
  }
  if (unit === 's/s') return { value: number(value), unit };
  if (head === 's' || head === 'seconds') {
    if (value === 0) return { value: '0', unit: 's' + per };
    const step = SECONDS.find(([limit]) => Math.abs(value) < limit * 0.9995) ?? SECONDS[6];
    return { value: number(value / IN_SECONDS[step[1]]), unit: step[1] + per };
  }
  if (head === 'bytes' || head === 'B') return scaled(value, 1024, BINARY, per);
  if (Math.abs(value) >= 1e5) {
    const big = scaled(value, 1000, DECIMAL, '');
    return { value: big.value, unit: [big.unit, unit].filter(Boolean).join(NO_BREAK) };
  }
  return { value: number(value), unit };
}

/**
 * @param {number} value
 * @param {number} base
 * @param {string[]} names
 * @param {string} per
 */
function scaled(value, base, names, per) {
  let power = 0;
  while (power < names.length - 1 && Math.abs(value) / base ** power >= base * 0.9995) power++;
  return { value: number(value / base ** power), unit: names[power] + per };
}

/**
 * A value with its unit: `12.3 ms`.
 * @param {number|null|undefined} value
 * @param {string} unit
 */
export function quantity(value, unit) {
  const text = parts(value, unit);
  return text.unit ? text.value + NO_BREAK + text.unit : text.value;
}

/**
 * A relative change as a signed percentage: `−40 %`.
 * @param {number|null|undefined} change
 */
export function percent(change) {
  if (change === null || change === undefined || !Number.isFinite(change)) return 'unknown';
  const value = change * 100;
  const digits = Math.abs(value) >= 99 && value < 0 ? 2 : Math.abs(value) < 10 ? 1 : 0;
  const text = number(Number(value.toFixed(digits)));
  return (value > 0 ? '+' : '') + text + NO_BREAK + '%';
}

/**
 * An interval of relative changes: `−48 % to −31 %`.
 * @param {number|null|undefined} low
 * @param {number|null|undefined} high
 */
export function interval(low, high) {
  return `${percent(low)} to ${percent(high)}`;
}

/**
 * The unit that the name of a metric promises.
 * @param {string} name
 */
export function unitOf(name) {
  const base = name.replace(/_total$/, '');
  if (/_seconds$/.test(base)) return 's';
  if (/_(bytes)$/.test(base)) return 'bytes';
  if (/_(ratio)$/.test(base)) return 'ratio';
  if (/_(percent)$/.test(base)) return '%';
  return '';
}

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
