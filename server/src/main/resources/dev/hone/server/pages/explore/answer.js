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
 * @property {import('./ask.js').Complaint|null} problem of the query as it is, until it is answered
 * @property {import('./lines.js').Drawing|null} chart
 * @property {{rows: import('./ask.js').Row[], text?: string, time: number}|null} table
 * @property {string[]} warnings what is not as exact or as complete as asked
 * @property {string} asked the query as it is
 * @property {string} of the query that the chart or table shows
 * @property {number} took milliseconds
 */

/** @type {Answer} */
const NOTHING = { state: 'none', problem: null, chart: null, table: null, warnings: [], asked: '', of: '', took: 0 };

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
  const unreadable = useRef('');
  const asked = query.trim();
  useEffect(() => {
    const asking = [view, again, asked].join();
    if (!grid || unreadable.current === asking) return;
    unreadable.current = '';
    if (!asked) return setAnswer(NOTHING);
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
    setAnswer((old) => ({ ...old, state: 'busy', problem: old.asked === asked ? old.problem : null, asked }));
    const work =
      view === 'chart'
        ? askRange(query, { start: grid.start, end: grid.end, step: grid.step }, control.signal).then(({ series, warnings }) => ({ chart: drawing(series, grid), table: null, warnings }))
        : askInstant(query, grid.time, control.signal).then(({ warnings, ...result }) => ({ table: { ...result, time: grid.time }, chart: null, warnings }));
    work.then(
      (part) => !over && (end(), put({ ...part, state: 'done', problem: null, of: query, took: performance.now() - began })),
      (problem) => {
        if (over) return;
        end();
        // What is no PromQL now will not be in ten seconds.
        if (problem.where) unreadable.current = asking;
        put({ state: 'failed', problem });
      },
    );
    return end;
  }, [asked, view, again, ...(view === 'chart' ? [grid?.start, grid?.end, grid?.step] : [grid?.time, 0, 0])]);
  return [answer, () => cancel.current()];
}
