// @ts-check
// The unit of a query's result, as far as the names in it promise one.
import { unitOf } from '../format.js';
import { metricsOf, tokens } from './scan.js';

/** Results that count something, whatever was counted. */
const COUNTING =
  /^(count|count_over_time|count_values|group|absent|absent_over_time|present_over_time|changes|resets|sgn|timestamp|time|ln|log2|log10|exp|sqrt|stdvar|stdvar_over_time|day_of_\w+|days_in_month|hour|minute|month|year|histogram_fraction|histogram_count)$/;
const PER_SECOND = /^(rate|irate|deriv)$/;
const MOMENT = /(_timestamp|_start_time|_boot_time)_seconds$|^node_time_seconds$/;

/**
 * The unit as `format.js` knows it; empty when none can be told.
 * @param {string} query
 * @param {(string|undefined)[]} [found] names of the metrics in the result, for a query that names none
 */
export function unitOfQuery(query, found = []) {
  const parts = tokens(query, query.length).filter((token) => token.kind !== 'comment');
  const calls = parts.filter((token, i) => token.kind === 'name' && /^(\(|by|without)$/i.test(parts[i + 1]?.text ?? '')).map((token) => token.text.toLowerCase());
  if (calls.some((name) => COUNTING.test(name))) return '';
  if (parts.some((token, i) => (token.kind === 'symbol' && /^[*/%^]$/.test(token.text)) || (token.text === 'bool' && i > 0))) return '';
  const named = metricsOf(query);
  const units = new Set((named.length ? named : found).map((name) => unitOfMetric(name ?? '')));
  if (units.size !== 1) return '';
  const [unit] = units;
  if (!calls.some((name) => PER_SECOND.test(name))) return unit;
  if (calls.includes('histogram_quantile')) return unit;
  return unit === 's' ? 's/s' : unit + '/s';
}

/** @param {string} name */
function unitOfMetric(name) {
  if (MOMENT.test(name)) return '';
  return /_count$/.test(name) ? '' : unitOf(name.replace(/_(bucket|sum)$/, ''));
}

/** Steps that divide minutes, hours and days evenly, in seconds. */
const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400, 172800, 604800];
const PIXELS_PER_STEP = 3;

/**
 * The step at which a range fills a width.
 * @param {number} length of the range in seconds
 * @param {number} width in pixels
 */
export function stepFor(length, width) {
  const least = length / Math.max(60, Math.min(3000, width / PIXELS_PER_STEP));
  return STEPS.find((step) => step >= least) ?? Math.ceil(least / 604800) * 604800;
}
