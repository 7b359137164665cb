// @ts-check
// What states, grades and risks are called, and what they mean. A state is never shown by colour
// alone: each has an icon and a word.

import { designOf } from './designs.js';
import { percentSize } from './format.js';

/** @typedef {import('./types.js').Loop} Loop */
/** @typedef {import('./types.js').State} State */
/** @typedef {'good'|'attention'|'bad'|'unknown'|'busy'} Tone */
/** @typedef {{word: string, icon: string, tone: Tone, means: string}} Look */

/** @type {Record<State, Look>} */
export const STATES = {
  PROPOSED: { word: 'Proposed', icon: 'question', tone: 'attention', means: 'Waits for a decision.' },
  APPROVED: { word: 'Approved', icon: 'check', tone: 'busy', means: 'Agreed to; not begun.' },
  REJECTED: { word: 'Rejected', icon: 'minus', tone: 'unknown', means: 'A person said no. Nothing was changed.' },
  EXPIRED: { word: 'Expired', icon: 'clock', tone: 'unknown', means: 'Nobody decided in time. Nothing was changed.' },
  SCHEDULED: { word: 'Scheduled', icon: 'clock', tone: 'busy', means: 'Agreed to; waits for its turn.' },
  ARMED: { word: 'Armed', icon: 'play', tone: 'busy', means: 'The schedule is drawn and the guard holds the undo.' },
  APPLYING: { word: 'Applying', icon: 'play', tone: 'busy', means: 'The first write is under way.' },
  EXPERIMENTING: { word: 'Experimenting', icon: 'play', tone: 'busy', means: 'The change is being measured.' },
  KEEPING: { word: 'Keeping', icon: 'check', tone: 'busy', means: 'Proven; being made to last.' },
  KEPT: { word: 'Kept', icon: 'check', tone: 'good', means: 'Proven better, and in force.' },
  REVOKED: { word: 'Taken back', icon: 'undo', tone: 'unknown', means: 'Was kept, and was undone later.' },
  SUSPENDED: { word: 'Suspended', icon: 'pause', tone: 'attention', means: 'Somebody else changed it or data is missing; it will be undone.' },
  ROLLING_BACK: { word: 'Rolling back', icon: 'undo', tone: 'busy', means: 'The old value is being restored.' },
  ROLLED_BACK: { word: 'Rolled back', icon: 'undo', tone: 'unknown', means: 'The old value is in force again.' },
  STUCK: { word: 'Stuck', icon: 'alert', tone: 'bad', means: 'The undo failed. A person has to look.' },
};

/** Whether a loop came to its end, if not by being tried. @param {Loop} loop */
export function isOver(loop) {
  return ['REJECTED', 'EXPIRED', 'ROLLED_BACK', 'REVOKED', 'STUCK', 'KEPT'].includes(loop.state);
}

/** @type {Record<import('./types.js').Level, Look>} */
export const LEVELS = {
  good: { word: 'On target', icon: 'check', tone: 'good', means: '' },
  attention: { word: 'Needs a look', icon: 'question', tone: 'attention', means: '' },
  bad: { word: 'Off target', icon: 'alert', tone: 'bad', means: '' },
  unknown: { word: 'Unknown', icon: 'minus', tone: 'unknown', means: '' },
};

/** Stages of the way a loop goes, for lanes and filters.
 * @type {{id: string, title: string, states: State[], icon: string, tone: Tone}[]} */
export const STAGES = [
  { id: 'proposed', title: 'To decide', states: ['PROPOSED'], icon: 'question', tone: 'attention' },
  { id: 'approved', title: 'Approved', states: ['APPROVED', 'SCHEDULED'], icon: 'clock', tone: 'busy' },
  { id: 'trying', title: 'On trial', states: ['ARMED', 'APPLYING', 'EXPERIMENTING', 'KEEPING', 'SUSPENDED', 'ROLLING_BACK'], icon: 'play', tone: 'busy' },
  { id: 'kept', title: 'Kept', states: ['KEPT'], icon: 'check', tone: 'good' },
  { id: 'undone', title: 'Undone', states: ['ROLLED_BACK', 'REVOKED'], icon: 'undo', tone: 'unknown' },
  { id: 'declined', title: 'Not tried', states: ['REJECTED', 'EXPIRED'], icon: 'minus', tone: 'unknown' },
  { id: 'stuck', title: 'Stuck', states: ['STUCK'], icon: 'alert', tone: 'bad' },
];

/** States in which a decision or a turn is waited for.
 * @type {State[]} */
export const PENDING = ['PROPOSED', 'APPROVED', 'SCHEDULED'];

/** States in which the system may carry a value on trial.
 * @type {State[]} */
export const ACTIVE = ['ARMED', 'APPLYING', 'EXPERIMENTING', 'KEEPING', 'SUSPENDED', 'ROLLING_BACK'];

export const GRADES = {
  A: 'Grade A: requests or instances were split, both values ran at the same time, and the halves changed places at random: the strongest evidence there is.',
  B: 'Grade B: the change was switched on and off in pairs of blocks, the order in each pair drawn by a coin flip before anything was measured, so drift of the load cannot pass for an effect.',
  C: 'Grade C: load tests with and without the change were interleaved and repeated.',
  D: 'Grade D: before and after were compared with things the change does not touch, calibrated on moments when nothing was changed. Weaker than switching to and fro; the technique’s own proof has to agree.',
};

export const RISKS = {
  R0: 'none: shows only in Hone',
  R1: 'low: one process or statement may be slower for a moment',
  R2: 'moderate: a service may be slower for a moment',
  R3: 'high: a service may be unavailable for a moment',
  R4: 'very high: data or the whole host is at stake',
};

/**
 * The look of a loop: its state, told apart by verdict where that says more.
 * @param {Loop} loop
 * @returns {Look}
 */
export function lookOf(loop) {
  const look = STATES[loop.state] ?? { word: loop.state, icon: 'minus', tone: 'unknown', means: '' };
  if (loop.state === 'ROLLED_BACK' && loop.verdict?.decision === 'INCONCLUSIVE') {
    return { ...look, word: 'Inconclusive', means: 'Not enough evidence either way, so it was undone.' };
  }
  if (loop.state === 'EXPIRED' && loop.approval) {
    return { ...look, word: 'Not started', means: 'Agreed to, but not begun: the history says why. Nothing was changed.' };
  }
  if (loop.state === 'KEPT' && designOf(loop).type === 'NonInferiority') {
    return { ...look, means: 'Shown to make nothing worse, and in force.' };
  }
  if (loop.state === 'PROPOSED' && !loop.recommendation.appliable) {
    return { ...look, word: 'For you to run', icon: 'terminal', means: 'Hone may not apply it here; it shows the command.' };
  }
  return look;
}

/**
 * A relative effect in words: `40 % lower`.
 * @param {number|null|undefined} effect
 */
export function effectWords(effect) {
  if (effect === null || effect === undefined) return 'of unknown size';
  return `${percentSize(effect)} ${effect < 0 ? 'lower' : 'higher'}`;
}

/**
 * An expected effect in words: `between 30 % and 70 % lower`.
 * @param {{low: number|null, high: number|null}} expected
 */
export function expectedWords({ low, high }) {
  if (low === null || high === null) return 'of a size not known beforehand';
  if (low < 0 && high < 0) return `between ${percentSize(high)} and ${percentSize(low)} lower`;
  if (low > 0 && high > 0) return `between ${percentSize(low)} and ${percentSize(high)} higher`;
  return `between ${effectWords(low)} and ${effectWords(high)}`;
}

/** How far Hone may go, in words.
 * @type {Record<string, string>} */
export const MODES = {
  OBSERVE: 'finds only',
  RECOMMEND: 'shows the command for a person to run',
  APPROVE: 'applies what a person approved',
  AUTO_REVERSIBLE: 'applies without asking what can be switched back at once',
  AUTO: 'applies without asking what can be undone',
};

/** A mode as a word. @param {string} mode */
export const modeWord = (mode) => mode.toLowerCase().replaceAll('_', ' ');
