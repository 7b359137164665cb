// @ts-check
// The designs of experiments: what they are called, how long they take, and what their blocks are.
import { seconds } from './clock.js';

/** @typedef {import('./types.js').Loop} Loop */
/** @typedef {import('./types.js').Design} Design */

/** The design that is run: the planned one, or the proposed one while there is no plan.
 * @param {Loop} loop
 * @returns {Design} */
export const designOf = (loop) => loop.plan?.design ?? loop.recommendation.design;

/** @type {Record<string, string>} */
const TITLES = {
  Switchback: 'randomised switchback',
  ConcurrentSplit: 'concurrent random split',
  RepeatedLoadTest: 'repeated load test',
  DifferenceInDifferences: 'difference in differences',
  NonInferiority: 'non-inferiority',
};

/** Name of a design. @param {Design|undefined} design */
export const designTitle = (design) => (design ? TITLES[design.type] ?? design.type : 'no design');

/** Whether blocks are compared in pairs. @param {Design} design */
export const isPaired = (design) => design.type !== 'DifferenceInDifferences' && design.type !== 'NonInferiority';

/** How often a one-way design looks whether its windows suffice. */
const LOOKS = 3;

/** Length of a block, or of a window, in seconds. @param {any} design */
export const blockSeconds = (design) => seconds(design.block ?? design.run ?? design.window);

/** The start of a block that is not measured, in seconds. @param {any} design */
export const burnInSeconds = (design) => seconds(design.burnIn ?? design.warmUp ?? 'PT0S');

/** The longest an experiment takes, in seconds. @param {any} design */
export const longestSeconds = (design) =>
  blockSeconds(design) * (isPaired(design) ? 2 * design.maxPairs : LOOKS * design.windowsAfter);

/** What one pair, or one window, is called. @param {Design} design @param {number} count */
export const steps = (design, count) => {
  const [one, more] = isPaired(design) ? ['pair', 'pairs'] : ['window after the change', 'windows after the change'];
  return `${count} ${count === 1 ? one : more}`;
};

/**
 * What the two kinds of block are called, and what is read of them.
 * @param {Loop} loop
 * @returns {{on: string, off: string, onLong: string, offLong: string, name: string, unit: string, note: string}}
 */
export function blockWords(loop) {
  const design = /** @type {any} */ (designOf(loop));
  const { primary } = loop.recommendation;
  switch (design.type) {
    case 'ConcurrentSplit':
      return {
        on: '1st', off: '2nd', onLong: 'first half has the change', offLong: 'second half has it',
        name: `${design.first.name} ÷ ${design.second.name}`, unit: '×',
        note: 'Both halves run at the same time and take turns; how they differ by themselves cancels.',
      };
    case 'RepeatedLoadTest':
      return {
        on: 'with', off: 'without', onLong: 'load test with the change', offLong: 'load test without it',
        name: primary.name, unit: primary.unit, note: 'The start of each load test is warm-up and is not measured.',
      };
    default:
      return {
        on: 'on', off: 'off', onLong: 'change on', offLong: 'change off',
        name: primary.name, unit: primary.unit, note: 'The start of each block is burn-in and is not measured.',
      };
  }
}
