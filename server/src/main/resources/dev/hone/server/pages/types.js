// @ts-check
// Shapes of what the server sends. Instants are ISO-8601 strings, durations ISO-8601 (`PT4S`);
// a double that is not a number is null.

/** @typedef {'LOWER'|'HIGHER'} Better */
/** @typedef {'good'|'attention'|'bad'|'unknown'} Level */
/**
 * @typedef {'PROPOSED'|'APPROVED'|'REJECTED'|'EXPIRED'|'SCHEDULED'|'ARMED'|'APPLYING'
 *   |'EXPERIMENTING'|'KEEPING'|'KEPT'|'REVOKED'|'SUSPENDED'|'ROLLING_BACK'|'ROLLED_BACK'|'STUCK'} State
 */

/** @typedef {{kind: string, name: string}} Target */
/** @typedef {{name: string, unit: string, query: string, better: Better}} SignalRef */
/** @typedef {{kind: string, target: Target, parameters: Record<string, string>}} KnobRef */
/** @typedef {{name: string, value: number|null, unit: string, query: string}} Evidence */
/** @typedef {{signal: SignalRef, limit: number, floor: number}} Guardrail */

/**
 * @typedef {object} Switchback
 * @property {'Switchback'} type
 * @property {string} block
 * @property {string} burnIn
 * @property {number} maxPairs
 */
/**
 * @typedef {object} Difference
 * @property {'DifferenceInDifferences'} type
 * @property {string} window
 * @property {number} windowsBefore
 * @property {number} windowsAfter
 * @property {SignalRef[]} controls
 * @property {SignalRef} proof
 */
/** @typedef {{type: 'ConcurrentSplit', block: string, burnIn: string, maxPairs: number, first: SignalRef, second: SignalRef}} Split */
/** @typedef {{type: 'RepeatedLoadTest', run: string, warmUp: string, maxPairs: number, scenario: string}} LoadTest */
/** @typedef {{type: 'NonInferiority', window: string, windowsBefore: number, windowsAfter: number, controls: SignalRef[], margin: number}} NonInferiority */
/** @typedef {Switchback|Split|LoadTest|Difference|NonInferiority} Design */
/** @typedef {{history: number, noise: number|null, power: number|null, time: string, detectable: number|null, sentence: string}} Forecast */
/** @typedef {{worth: number, benefit: number, chance: number, risk: number, cost: number, lessons: number, sentence: string}} Score */
/** @typedef {{allowed: string, mode: string, approvedRuns: number, harms: number, stuck: number, why: string}} Standing */
/** @typedef {{cause: 'DEPLOYMENT'|'INCIDENT'|'PERSON', by: string, why: string, from: string, until: string}} Freeze */

/** @typedef {{target: number, days: number, query: string, burning: {why: string, since: string}|null, rules: BurnRate[]}} ErrorBudget */
/** @typedef {{rule: {rate: number, longWindow: string, shortWindow: string}, shortRate: number|null, longRate: number|null, tooFast: boolean}} BurnRate */

/**
 * @typedef {object} Finding
 * @property {string} id
 * @property {string} layer
 * @property {string} kind
 * @property {Target} target
 * @property {string} summary
 * @property {string} since
 * @property {string} at
 * @property {Evidence[]} evidence
 * @property {Record<string, string>} details
 * @property {number} completeness
 */
/** @typedef {{key: string, layer: string, summary: string, since: string, loop: string|null, note: string|null, again: string|null}} BriefFinding */
/**
 * @typedef {object} Explanation
 * @property {string[]} facts
 * @property {string} rule
 * @property {{alternative: string, why: string}[]} rejected
 * @property {string} ifWrong
 * @property {string} applyCommand
 * @property {string} undoCommand
 */
/**
 * @typedef {object} Recommendation
 * @property {string} id
 * @property {string} layer
 * @property {string} technique
 * @property {KnobRef} knob
 * @property {string} from
 * @property {string} to
 * @property {string} title
 * @property {{low: number|null, high: number|null}} expected
 * @property {string} cost
 * @property {'R0'|'R1'|'R2'|'R3'|'R4'} risk
 * @property {Explanation} [explanation] absent in lists
 * @property {Design} design
 * @property {SignalRef} primary
 * @property {Guardrail[]} guardrails
 * @property {boolean} appliable
 * @property {string} hindrance
 * @property {string} expiresAt
 */
/**
 * @typedef {object} Plan
 * @property {Design} design
 * @property {SignalRef} primary
 * @property {number} leastGain
 * @property {number} alpha
 * @property {number} alphaHarm
 * @property {Guardrail[]} guardrails
 * @property {number|string} seed
 * @property {string} deadline
 */
/** @typedef {{on: boolean, from: string, to: string, value: number|null, completeness: number}} Block */
/**
 * @typedef {object} Pair
 * @property {number} index
 * @property {Block} first
 * @property {Block} second
 * @property {number|null} difference
 * @property {number|null} wealthBetter
 * @property {number|null} wealthWorse
 */
/**
 * @typedef {object} Window
 * @property {boolean} after
 * @property {string} from
 * @property {string} to
 * @property {number|null} treated
 * @property {number|null} control
 * @property {number|null} proof
 */
/**
 * @typedef {object} Verdict
 * @property {'KEEP'|'ROLL_BACK'|'INCONCLUSIVE'} decision
 * @property {'A'|'B'|'C'|'D'} grade
 * @property {number|null} effect
 * @property {number|null} low
 * @property {number|null} high
 * @property {number} pairs
 * @property {number|null} wealthBetter
 * @property {number|null} wealthWorse
 * @property {number|null} completeness
 * @property {string[]} reasons
 */
/**
 * @typedef {object} Loop
 * @property {string} id
 * @property {State} state
 * @property {string} updatedAt
 * @property {Finding} finding
 * @property {Recommendation} recommendation
 * @property {Plan|null} [plan]
 * @property {string} planHash
 * @property {Forecast|null} [forecast]
 * @property {{planHash: string, by: string, at: string}|null} [endorsement] the first of two
 * @property {{planHash: string, by: string, at: string}|null} [approval]
 * @property {{settling: string, block: string, burnIn: string}|null} [settling]
 * @property {{byLoop: string, verdict: Verdict}|null} [remeasured]
 * @property {Score} [score] absent in lists and in the stream, like the next four
 * @property {string} [effort]
 * @property {number} [needs] how many people must agree
 * @property {string|null} [waitsFor]
 * @property {Standing} [standing]
 * @property {Pair[]} [pairs] absent in lists
 * @property {Window[]} [windows] absent in lists
 * @property {Verdict|null} [verdict]
 * @property {{at: string, state: State, text: string, by: string}[]} [history] absent in lists
 * @property {{value: string, by: string, at: string}|null} [undone]
 */
/**
 * @typedef {object} Card
 * @property {string} id
 * @property {string} title
 * @property {number|null} value
 * @property {string} unit
 * @property {string} query
 * @property {number|null} target
 * @property {Level} status
 * @property {string} note
 * @property {Better|null} better
 */
/**
 * @typedef {object} Status
 * @property {string} version
 * @property {string} now
 * @property {string} startedAt
 * @property {boolean} stopped
 * @property {string} stoppedWhy
 * @property {Record<string, string>} modes
 * @property {{level: Level, sentence: string}} health
 * @property {Card[]} cards
 * @property {Record<string, number>} counts
 * @property {Freeze|null} freeze
 * @property {ErrorBudget|null} errorBudget null where none is configured
 * @property {{at: string, before: number, after: number, unusual: boolean}|null} loadShift the last one
 * @property {string|null} nextDecision
 * @property {BriefFinding[]} findings
 * @property {number} series
 * @property {number|null} metricNames null when no backend answers
 * @property {string[]} notices
 */

export {};
