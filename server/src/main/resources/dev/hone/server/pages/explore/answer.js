// @ts-check
// Runs a query: one request at a time, the newest wins.
import { signal } from '@preact/signals';
import { useEffect, useRef, useState } from 'preact/hooks';
import { askInstant, askRange } from './ask.js';
import { drawing } from './lines.js';

const SLOW = 1000;

/** How many queries of the page are under way. */
export const underWay = signal(0);

/**
 * @typedef {object} Answer
 * @property {'none'|'busy'|'slow'|'done'|'failed'|'cancelled'} state
 * @property {import('./ask.js').Complaint|null} problem
 * @property {import('./lines.js').Drawing|null} chart
 * @property {{rows: import('./ask.js').Row[], text?: string, time: number}|null} table
 * @property {string} of the query that the chart or table shows
 * @property {number} took milliseconds
 */

/** @type {Answer} */
const NOTHING = { state: 'none', problem: null, chart: null, table: null, of: '', took: 0 };

/**
 * @param {string} query
 * @param {'chart'|'table'} view
 * @param {{start: number, end: number, step: number, time: number}|null} grid null while the width is not known; time: the moment of a table
 * @param {number} again another number asks anew
 * @returns {[Answer, () => void]} the answer, and what cancels
 */
export function useAnswer(query, view, grid, again) {
  const [answer, setAnswer] = useState(NOTHING);
  const cancel = useRef(() => {});
  const asked = query.trim();
  useEffect(() => {
    if (!asked) return setAnswer(NOTHING);
    if (!grid) return;
    const control = new AbortController();
    const began = performance.now();
    let over = false;
    underWay.value++;
    const end = () => {
      if (over) return;
      over = true;
      underWay.value--;
      clearTimeout(timer);
      control.abort();
    };
    const put = (/** @type {Partial<Answer>} */ part) => setAnswer((old) => ({ ...old, ...part }));
    const timer = setTimeout(() => put({ state: 'slow' }), SLOW);
    cancel.current = () => (end(), put({ state: 'cancelled' }));
    put({ state: 'busy' });
    const work =
      view === 'chart'
        ? askRange(query, { start: grid.start, end: grid.end, step: grid.step }, control.signal).then((series) => ({ chart: drawing(series, grid), table: null }))
        : askInstant(query, grid.time, control.signal).then((result) => ({ table: { ...result, time: grid.time }, chart: null }));
    work.then(
      (part) => !over && (end(), put({ ...part, state: 'done', problem: null, of: query, took: performance.now() - began })),
      (problem) => !over && (end(), put({ state: 'failed', problem })),
    );
    return end;
  }, [asked, view, again, ...(view === 'chart' ? [grid?.start, grid?.end, grid?.step] : [grid?.time, 0, 0])]);
  return [answer, () => cancel.current()];
}
