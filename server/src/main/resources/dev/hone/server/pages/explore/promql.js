// @ts-check
// The words of PromQL (Prometheus 2.42), each explained in one line.

/** @type {Record<string, string>} */
export const FUNCTIONS = {
  abs: 'distance from zero',
  absent: '1 when nothing matches, else nothing',
  absent_over_time: '1 when nothing matched during the window',
  acos: 'arc cosine, in radians',
  acosh: 'inverse hyperbolic cosine',
  asin: 'arc sine, in radians',
  asinh: 'inverse hyperbolic sine',
  atan: 'arc tangent, in radians',
  atanh: 'inverse hyperbolic tangent',
  avg_over_time: 'mean of the samples in the window',
  ceil: 'rounded up to a whole number',
  changes: 'how often the value changed in the window',
  clamp: 'kept between a minimum and a maximum',
  clamp_max: 'kept at or below a maximum',
  clamp_min: 'kept at or above a minimum',
  cos: 'cosine of radians',
  cosh: 'hyperbolic cosine',
  count_over_time: 'number of samples in the window',
  day_of_month: 'day of the month, 1 to 31, in UTC',
  day_of_week: 'day of the week, 0 is Sunday, in UTC',
  day_of_year: 'day of the year, 1 to 366, in UTC',
  days_in_month: 'number of days of the month, in UTC',
  deg: 'radians to degrees',
  delta: 'last minus first value of a gauge in the window',
  deriv: 'slope of a gauge per second, by linear regression',
  exp: 'e to the power of the value',
  floor: 'rounded down to a whole number',
  histogram_count: 'number of observations of a native histogram',
  histogram_fraction: 'share of observations between two bounds, of a native histogram',
  histogram_quantile: 'quantile of a histogram: histogram_quantile(0.95, sum by (le) (rate(x_bucket[5m])))',
  histogram_sum: 'sum of observations of a native histogram',
  holt_winters: 'smoothed value of a gauge: smoothing and trend factor between 0 and 1',
  hour: 'hour of the day, 0 to 23, in UTC',
  idelta: 'difference of the last two samples',
  increase: 'how much a counter grew in the window',
  irate: 'growth of a counter per second, by its last two samples',
  label_join: 'joins labels into a new one: (v, new, separator, label, …)',
  label_replace: 'sets a label by a regular expression: (v, new, value, label, pattern)',
  last_over_time: 'newest sample in the window',
  ln: 'natural logarithm',
  log10: 'logarithm to base 10',
  log2: 'logarithm to base 2',
  max_over_time: 'largest sample in the window',
  min_over_time: 'smallest sample in the window',
  minute: 'minute of the hour, 0 to 59, in UTC',
  month: 'month of the year, 1 to 12, in UTC',
  pi: 'the number π',
  predict_linear: 'value so many seconds ahead, by linear regression: (v[1h], 3600)',
  present_over_time: '1 for each series with a sample in the window',
  quantile_over_time: 'quantile of the samples in the window: (0.95, v[5m])',
  rad: 'degrees to radians',
  rate: 'growth of a counter per second, mean over the window',
  resets: 'how often a counter started anew in the window',
  round: 'rounded to the nearest multiple, of 1 unless given',
  scalar: 'the value of the only series as a plain number',
  sgn: 'sign: −1, 0 or 1',
  sin: 'sine of radians',
  sinh: 'hyperbolic sine',
  sort: 'smallest value first, in the table',
  sort_desc: 'largest value first, in the table',
  sqrt: 'square root',
  stddev_over_time: 'standard deviation of the samples in the window',
  stdvar_over_time: 'variance of the samples in the window',
  sum_over_time: 'sum of the samples in the window',
  tan: 'tangent of radians',
  tanh: 'hyperbolic tangent',
  time: 'the moment of evaluation, in seconds since 1970',
  timestamp: 'when the sample was taken, in seconds since 1970',
  vector: 'a number as a series without labels',
  year: 'the year, in UTC',
};

/** @type {Record<string, string>} */
export const AGGREGATIONS = {
  avg: 'mean over the series of each group',
  bottomk: 'the k smallest series: bottomk(5, v)',
  count: 'number of series of each group',
  count_values: 'number of series of each value: count_values("value", v)',
  group: '1 for each group',
  max: 'largest of each group',
  min: 'smallest of each group',
  quantile: 'quantile over the series of each group: quantile(0.9, v)',
  stddev: 'standard deviation over the series of each group',
  stdvar: 'variance over the series of each group',
  sum: 'sum over the series of each group',
  topk: 'the k largest series: topk(5, v)',
};

/** @type {Record<string, string>} */
export const KEYWORDS = {
  and: 'left series that have a partner on the right',
  atan2: 'angle of two values, in radians',
  bool: 'makes a comparison give 0 or 1 in place of filtering',
  by: 'groups by these labels: sum by (mode) (v)',
  group_left: 'many series on the left may match one on the right',
  group_right: 'many series on the right may match one on the left',
  ignoring: 'matches series without regard to these labels',
  offset: 'reads the past: v offset 1h',
  on: 'matches series by these labels alone',
  or: 'all series of the left, and those of the right without a partner',
  unless: 'left series that have no partner on the right',
  without: 'groups by all labels but these: sum without (cpu) (v)',
};

/** Lengths of a window that are often meant.
 * @type {Record<string, string>} */
export const WINDOWS = {
  '1m': 'one minute',
  '5m': 'five minutes',
  '15m': 'a quarter of an hour',
  '1h': 'one hour',
  '6h': 'six hours',
  '1d': 'one day',
  '7d': 'one week',
};

/** Keywords that are followed by labels in parentheses. */
export const TAKE_LABELS = ['by', 'without', 'on', 'ignoring', 'group_left', 'group_right'];

/** Whether a name is a word of the language, not a metric. @param {string} name */
export function isWord(name) {
  return [FUNCTIONS, AGGREGATIONS, KEYWORDS].some((words) => Object.hasOwn(words, name.toLowerCase()));
}
