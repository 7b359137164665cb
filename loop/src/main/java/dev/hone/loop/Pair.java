package dev.hone.loop;

/**
 * Two blocks, one on and one off, and what they did to the wealth of the two bets.
 *
 * @param index counted from 1
 * @param first the earlier block
 * @param second the later block
 * @param difference log of on over off, turned so that negative is better; NaN when data is missing
 * @param wealthBetter evidence for "better" after this pair
 * @param wealthWorse evidence for "worse" after this pair
 */
public record Pair(
    int index,
    Block first,
    Block second,
    double difference,
    double wealthBetter,
    double wealthWorse) {}
