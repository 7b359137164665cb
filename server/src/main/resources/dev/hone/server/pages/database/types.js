// @ts-check
// Shapes of what the server tells of databases. A number that is not known is null.

/** @typedef {{id: string, title: string, value: number|null, unit: string, query: string, note: string}} Figure */
/**
 * @typedef {{queryid: string, text: string, own: boolean, share: number, load: number, calls: number, callsPerSecond: number|null,
 *   secondsPerCall: number, buffersPerCall: number, rowsPerCall: number|null}} Line
 */
/** @typedef {{since: string|null, load: number, count: number, lines: Line[], next: number|null, queries: Record<string, string>, problem: string}} Statements */
/** @typedef {{state: string, waitsFor: string, count: number, blocked: number, oldestTransactionSeconds: number}} Sessions */
/** @typedef {{table: string, index: string, phase: string, share: number|null, waitsFor: number}} Build */
/**
 * @typedef {{version: string, startedAt: string, statisticsSince: string, replica: boolean, statements: boolean, monitor: boolean,
 *   bytes: number, connections: number, mostConnections: number, sessions: Sessions[], builds: Build[]}} Facts
 */
/**
 * @typedef {{name: string, address: string, role: string, at: string, reachable: boolean, problem: string,
 *   health: {level: import('../types.js').Level, sentence: string}, facts: Facts|null, figures: Figure[], statements: Statements,
 *   waits: {kind: string, sessions: number, query: string}[], notices: string[]}} Overview
 */
/** @typedef {{type: string, relation: string, index: string, condition: string, cost: number|null, rows: number|null, children: Plan[]}} Plan */
/** @typedef {{since: string, until: string, cost: number, plan: Plan}} Seen */
/** @typedef {{title: string, by: string, costBefore: number|null, costAfter: number|null, before: Plan, after: Plan|null}} PlanChange */
/** @typedef {import('../types.js').Loop & {planChange?: PlanChange|null}} LoopAbout */
/**
 * @typedef {{database: string, queryid: string, text: string, now: Line|null, history: Figure[], plan: Plan|null, planProblem: string, plans: Seen[],
 *   advised: PlanChange[], loops: LoopAbout[]}} Story
 */
/** @typedef {'REQUIRED'|'USED'|'IDLE'|'UNUSED'|'DUPLICATE'|'REDUNDANT'|'INVALID'} Standing */
/**
 * @typedef {{name: string, ddl: string, method: string, bytes: number, scans: number, lastScan: string|null, unique: boolean,
 *   constraint: boolean, rests: string[], standing: Standing, instead: string, why: string, entries: number, secondsPerEntry: number,
 *   secondsPerSecond: number}} Index
 */
/**
 * @typedef {{schema: string, name: string, rows: number, deadRows: number, bytes: number, indexBytes: number, sequentialScans: number,
 *   indexScans: number, written: number, indexes: Index[]}} Table
 */
/**
 * @typedef {{at?: string, since?: string, days?: number, blindness?: string, tables: Table[], count: number, bytes?: number,
 *   next: number|null, problem: string, loops: Record<string, import('../types.js').Loop>}} IndexMap
 */
/**
 * @typedef {{rank: number, kind: 'create-index'|'drop-index'|'vacuum'|'statistics'|'setting'|'rewrite'|'n-plus-one'|'hint', title: string, table: string, index: string, ddl: string, undo: string, bytes: number,
 *   gainSeconds: number, writeCostSeconds: number, why: string[], statements: {statement: string, queryid: string, costBefore: number,
 *   costAfter: number, planBefore: string, planAfter: string, gainSeconds: number}[]}} Recommended
 */
/**
 * @typedef {{running: boolean, startedAt: string|null, againAt: string|null, progress: string[], problem: string, at: string|null, carriedOut: string[],
 *   advice: {server: string, workload: {source: string, statements: number, analysed: number, measured: boolean, seconds: number, secondsThen: number, periodSeconds: number|null},
 *   recommendations: Recommended[], notices: string[]}|null, loops: Record<string, import('../types.js').Loop>}} Advice
 */

export {};
