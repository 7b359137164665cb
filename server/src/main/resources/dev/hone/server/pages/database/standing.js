// @ts-check
// What becomes of an index: never told by colour alone.

/** @type {Record<import('./types.js').Standing, import('../words.js').Look>} */
export const STANDINGS = {
  REQUIRED: { word: 'Required', icon: 'key', tone: 'unknown', means: 'A constraint, a key or replication rests on it.' },
  USED: { word: 'Used', icon: 'check', tone: 'good', means: 'Queries read it.' },
  IDLE: { word: 'Not used yet', icon: 'clock', tone: 'unknown', means: 'No query has read it, but that is not known for long enough.' },
  UNUSED: { word: 'Unused', icon: 'minus', tone: 'attention', means: 'No query has read it for more than 35 days.' },
  DUPLICATE: { word: 'Duplicate', icon: 'copy', tone: 'attention', means: 'Another index is the same.' },
  REDUNDANT: { word: 'Redundant', icon: 'copy', tone: 'attention', means: 'Another index does all it does.' },
  INVALID: { word: 'Invalid', icon: 'alert', tone: 'bad', means: 'Its build failed; no query can use it.' },
};

/** Those that can be done without. @type {import('./types.js').Standing[]} */
export const SUPERFLUOUS = ['UNUSED', 'DUPLICATE', 'REDUNDANT', 'INVALID'];
