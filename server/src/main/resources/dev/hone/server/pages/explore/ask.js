// @ts-check
// Queries to Prometheus' HTTP API of this Hone, as forms: they may be long.

/** Why a query has no answer. */
export class Complaint extends Error {
  /**
   * @param {string} message without the place
   * @param {{line: number, column: number}|null} [where] counted from 1
   */
  constructor(message, where = null) {
    super(message);
    this.where = where;
  }
}

const PLACE = /^(\d+):(\d+): parse error: ([^]*)$/;

/**
 * @param {string} path below `/api/v1/`
 * @param {Record<string, string|number>} fields
 * @param {AbortSignal} [signal]
 * @returns {Promise<any>} the data
 */
export const ask = async (path, fields, signal) => (await answer(path, fields, signal)).data;

/**
 * @param {string} path below `/api/v1/`
 * @param {Record<string, string|number>} fields
 * @param {AbortSignal} [signal]
 * @returns {Promise<{data: any, warnings: string[]}>} warnings: what is not as exact or as complete as asked
 */
async function answer(path, fields, signal) {
  const body = new URLSearchParams(Object.entries(fields).map(([name, value]) => [name, String(value)]));
  let response;
  let text;
  try {
    response = await fetch('/api/v1/' + path, { method: 'POST', body, signal });
    text = await response.text();
  } catch (problem) {
    if (signal?.aborted) throw problem;
    throw new Complaint('Hone does not answer. Is `hone serve` still running?');
  }
  let told;
  try {
    told = JSON.parse(text);
  } catch {
    throw new Complaint(`Hone answered with something that is not JSON (HTTP status ${response.status}).`);
  }
  if (response.ok) return { data: told.data, warnings: told.warnings ?? [] };
  const message = told.error ?? `Hone answered with HTTP status ${response.status}.`;
  const place = PLACE.exec(message);
  if (!place) throw new Complaint(message);
  throw new Complaint(place[3], { line: Number(place[1]), column: Number(place[2]) });
}

/** @typedef {Record<string, string>} Metric */
/** @typedef {{metric: Metric, values: [number, number|null][]}} Series */

/**
 * Samples over time.
 * @param {string} query
 * @param {{start: number, end: number, step: number}} grid in seconds
 * @param {AbortSignal} signal
 * @returns {Promise<{series: Series[], warnings: string[]}>}
 */
export async function askRange(query, grid, signal) {
  const { data, warnings } = await answer('query_range', { query, ...grid }, signal);
  const series = data.result.map((/** @type {any} */ one) => ({
    metric: one.metric,
    values: one.values.map((/** @type {[number, string]} */ [t, v]) => [t, drawable(v)]),
  }));
  return { series, warnings };
}

/** @typedef {{metric: Metric, value: number, samples?: number}} Row samples: of a range, of which the value is the last */

/**
 * The result at one moment.
 * @param {string} query
 * @param {number} time in seconds
 * @param {AbortSignal} signal
 * @returns {Promise<{rows: Row[], text?: string, warnings: string[]}>} text: what a query yields that is a string
 */
export async function askInstant(query, time, signal) {
  const { data, warnings } = await answer('query', { query, time }, signal);
  if (data.resultType === 'string') return { rows: [], text: data.result[1], warnings };
  if (data.resultType === 'scalar') return { rows: [{ metric: {}, value: value(data.result[1]) }], warnings };
  const rows = data.result.map((/** @type {any} */ series) =>
    series.values
      ? { metric: series.metric, value: value(series.values.at(-1)?.[1]), samples: series.values.length }
      : { metric: series.metric, value: value(series.value[1]) },
  );
  return { rows, warnings };
}

/** @param {string|undefined} text */
const value = (text) => (text === '+Inf' ? Infinity : text === '-Inf' ? -Infinity : Number(text ?? NaN));

/** @param {string} text */
function drawable(text) {
  const number = value(text);
  return Number.isFinite(number) ? number : null;
}
