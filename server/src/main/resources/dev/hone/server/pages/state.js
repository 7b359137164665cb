// @ts-check
// What the pages know: the status, the loops, and how fresh both are.
import { computed, signal } from '@preact/signals';
import { get } from './api.js';
import { plain } from './format.js';
import { ACTIVE, PENDING, lookOf } from './words.js';

/** @typedef {import('./types.js').Loop} Loop */

/** @type {import('@preact/signals').Signal<import('./types.js').Status|null>} */
export const status = signal(null);

/** The newest loops, and all that are not over, by id; null until they were read once.
 * @type {import('@preact/signals').Signal<Map<string, Loop>|null>} */
export const loops = signal(null);

/** Loops, the latest change first. */
export const newest = computed(() =>
  [...(loops.value?.values() ?? [])].sort((a, b) => b.updatedAt.localeCompare(a.updatedAt)),
);

/** @type {import('@preact/signals').Signal<'connecting'|'live'|'lost'>} */
export const connection = signal('connecting');

/** When the server was last heard, in milliseconds; 0 for never. */
export const lastHeard = signal(0);

/** Why nothing could be read, in one sentence; empty when all is well. */
export const failure = signal('');

/** The browser's idea of the server's time, moved on every few seconds. */
export const now = signal(Date.now());
let ahead = 0;
setInterval(() => (now.value = Date.now() + ahead), 5000);

/** Said to screen readers. */
export const announcement = signal('');

/** @param {import('./types.js').Status} next */
export function takeStatus(next) {
  ahead = new Date(next.now).getTime() - Date.now();
  now.value = Date.now() + ahead;
  const before = status.value;
  if (before && before.stopped !== next.stopped) {
    announcement.value = next.stopped ? 'Hone is stopped.' : 'Hone works again.';
  } else if (before && before.health.level !== next.health.level) {
    announcement.value = next.health.sentence;
  }
  status.value = next;
  heard();
}

/** @param {Loop} loop with all its parts */
export function takeLoop(loop) {
  const all = new Map(loops.value ?? []);
  const before = all.get(loop.id);
  if (before && before.updatedAt > loop.updatedAt) return;
  const old = explained(before);
  all.set(loop.id, { ...old, waitsFor: before?.state === loop.state ? old.waitsFor : null, ...loop });
  loops.value = all;
  if (before && before.state !== loop.state) {
    announcement.value = `${plain(loop.recommendation.title)}: ${lookOf(loop).word}.`;
  }
  heard();
}

/** What only the server's comparison with other loops tells, which the stream leaves out.
 * @param {Loop|undefined} loop */
function explained(loop) {
  return { score: loop?.score, effort: loop?.effort, needs: loop?.needs, waitsFor: loop?.waitsFor, standing: loop?.standing };
}

/** Takes what the server's comparison tells of pending loops.
 * @param {(Loop & {loop: Loop})[]} items */
export function takeExplained(items) {
  const all = new Map(loops.value ?? []);
  for (const item of items) {
    const known = all.get(item.loop.id);
    const newest = known && known.updatedAt >= item.loop.updatedAt ? known : item.loop;
    all.set(newest.id, { ...newest, ...explained(item) });
  }
  loops.value = all;
}

/** Notes that the server was heard. */
export function heard() {
  lastHeard.value = Date.now();
  failure.value = '';
}

/** Whether a loop is here with all its parts, not only as in a list.
 * @param {Loop|undefined} loop */
export function isWhole(loop) {
  return loop?.history !== undefined && loop.recommendation.explanation !== undefined;
}

/** Reads the status, and the loops that matter now. */
export async function refresh() {
  try {
    const [next, open, latest] = await Promise.all([
      get('status'),
      get('loops', { state: [...PENDING, ...ACTIVE].join(','), limit: 500 }),
      get('loops', { limit: 200 }),
    ]);
    takeStatus(next);
    const all = new Map();
    for (const loop of /** @type {Loop[]} */ ([...open.loops, ...latest.loops])) {
      const known = loops.value?.get(loop.id);
      all.set(loop.id, known && isWhole(known) && known.updatedAt >= loop.updatedAt ? known : loop);
    }
    loops.value = all;
  } catch (error) {
    failure.value = /** @type {Error} */ (error).message;
    throw error;
  }
}

/**
 * Reads one loop with all its parts.
 * @param {string} id
 */
export async function readLoop(id) {
  const loop = await get('loops/' + encodeURIComponent(id));
  takeLoop(loop);
  return loop;
}
