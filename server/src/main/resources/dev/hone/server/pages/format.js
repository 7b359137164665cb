// @ts-check
// Numbers and units as people read them: three digits, always with a unit.

const NO_BREAK = '\u00a0';
const MINUS = '\u2212';

/**
 * A number with at most three significant digits, or all digits of a whole number below 10,000.
 * @param {number} value
 * @param {number} [significant] at most as many digits, in place of three
 */
export function number(value, significant = 3) {
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e15)) return sign(value.toExponential(1));
  const digits = Number.isInteger(value) && size < 1e4 ? Math.max(4, significant) : significant;
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
 * @param {number} [digits] significant ones at most
 * @returns {{value: string, unit: string}}
 */
export function parts(value, unit, digits = 3) {
  if (value === null || value === undefined || !Number.isFinite(value)) return { value: 'no data', unit: '' };
  const [head, ...rest] = unit.split('/');
  const per = rest.length ? '/' + rest.join('/') : '';
  if (unit === 'ratio' || unit === '%') {
    return { value: number(unit === '%' ? value : value * 100, digits), unit: '%' };
  }
  if (unit === 's/s') return { value: number(value, digits), unit };
  if (head === 's' || head === 'seconds') {
    if (value === 0) return { value: '0', unit: 's' + per };
    const step = SECONDS.find(([limit]) => Math.abs(value) < limit * 0.9995) ?? SECONDS[6];
    return { value: number(value / IN_SECONDS[step[1]], digits), unit: step[1] + per };
  }
  if (head === 'bytes' || head === 'B') return scaled(value, 1024, BINARY, per, digits);
  if (Math.abs(value) >= 1e5) {
    const big = scaled(value, 1000, DECIMAL, '', digits);
    return { value: big.value, unit: [big.unit, unit].filter(Boolean).join(NO_BREAK) };
  }
  return { value: number(value, digits), unit };
}

/**
 * @param {number} value
 * @param {number} base
 * @param {string[]} names
 * @param {string} per
 * @param {number} digits
 */
function scaled(value, base, names, per, digits) {
  let power = 0;
  while (power < names.length - 1 && Math.abs(value) / base ** power >= base * 0.9995) power++;
  return { value: number(value / base ** power, digits), unit: names[power] + per };
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
 * A value for an axis, without a unit that would be too long there.
 * @param {number} value
 * @param {string} unit
 * @param {number} [digits] significant ones at most
 */
export function short(value, unit, digits = 3) {
  const text = parts(value, unit, digits);
  const head = text.unit.split('/')[0];
  return text.value + (head && head.length <= 3 ? NO_BREAK + head : '');
}

/**
 * A relative change as a signed percentage: `−40 %`. Near −100 % it has more digits: −98 % and
 * −99 % are a factor of two apart.
 * @param {number|null|undefined} change
 */
export function percent(change) {
  if (change === null || change === undefined || !Number.isFinite(change)) return 'unknown';
  return (change > 0 ? '+' : '') + sign(share(change));
}

/**
 * A relative change as a percentage without thought for its direction: `40 %`.
 * @param {number} change
 */
export function percentSize(change) {
  return share(change).replace('-', '');
}

/** @param {number} change */
function share(change) {
  const value = change * 100;
  const digits = value <= -99 ? 2 : value <= -90 || Math.abs(value) < 10 ? 1 : 0;
  return value.toLocaleString('en-GB', { maximumFractionDigits: digits }) + NO_BREAK + '%';
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
 * Text without the marks of code, for titles and labels.
 * @param {string} text
 */
export function plain(text) {
  return text.replaceAll('`', '');
}
