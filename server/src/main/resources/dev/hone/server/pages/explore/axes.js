// @ts-check
// What stands at the axes of a chart.
import { clockTime } from '../clock.js';
import { parts, short } from '../format.js';

const MOST_DIGITS = 8;

/**
 * Values with as many digits as keep them evenly apart.
 * @param {number[]} at
 * @param {string} unit
 */
export function marks(at, unit) {
  const shown = unit === 's/s' ? '' : unit;
  let digits = 3;
  while (digits < MOST_DIGITS && !isEven(at, shown, digits)) digits++;
  return at.map((value) => short(value, shown, digits));
}

/** @param {number[]} at @param {string} unit @param {number} digits */
function isEven(at, unit, digits) {
  const texts = at.filter((value) => value !== 0).map((value) => parts(value, unit, digits));
  if (new Set(texts.map((text) => text.unit)).size > 1) return new Set(texts.map((text) => text.value + text.unit)).size === texts.length;
  const values = texts.map((text) => Number(text.value.replace('\u2212', '-').replaceAll(',', '')));
  const steps = values.slice(1).map((value, i) => value - values[i]);
  return steps.every((step) => Math.abs(step - steps[0]) < Math.abs(steps[0]) / 50);
}

/** A mark of the time axis, with the day where it may change. @param {number} t @param {number[]} at */
export function moment(t, at) {
  const step = at.length > 1 ? at[1] - at[0] : 3600;
  const date = new Date(t * 1000);
  const day = date.toLocaleDateString('en-GB', { day: 'numeric', month: 'short' });
  if (step >= 86400) return day;
  const time = clockTime(t * 1000);
  if (time === '00:00:00') return day;
  return time.slice(0, step < 60 ? 8 : 5);
}

/**
 * From zero up where values lie near it, else around them.
 * @param {number|null} low
 * @param {number|null} high
 * @returns {[number, number]}
 */
export function reach(low, high) {
  if (low === null || high === null || !Number.isFinite(low) || !Number.isFinite(high)) return [0, 1];
  if (low === high) return low === 0 ? [0, 1] : low > 0 ? [0, low * 1.25] : [low * 1.25, 0];
  const room = (high - low) * 0.08;
  if (low >= 0 && low < high * 0.6) return [0, high + room];
  if (high <= 0 && high > low * 0.6) return [low - room, 0];
  return [low - room, high + room];
}
