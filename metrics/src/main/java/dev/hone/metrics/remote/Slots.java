package dev.hone.metrics.remote;

import dev.hone.metrics.Labels;
import dev.hone.metrics.Matcher;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Series are divided into slots by a hash of their labels; a slot's copies lie on the backends that
 * score lowest for it (rendezvous hashing, Thaler and Ravishankar 1998), so that a backend that is
 * added takes its share and moves nothing else. The hashes are part of the format of stored data.
 */
final class Slots {
  static final int COUNT = 64;

  /** The label with the number of the slot that each series carries in a backend. */
  static final String LABEL = "hone_slot";

  /** What a label of that name is called when it comes from outside. */
  static final String FOREIGN = "exported_hone_slot";

  private static final long FNV_OFFSET = 0xcbf29ce484222325L;
  private static final long FNV_PRIME = 0x100000001b3L;

  private Slots() {}

  /** The slot of a series. */
  static int of(Labels labels) {
    long hash = FNV_OFFSET;
    for (int i = 0; i < labels.size(); i++) {
      hash = fnv(fnv(hash, labels.labelName(i)), labels.labelValue(i));
    }
    return (int) (mixed(hash) >>> 58);
  }

  /** FNV-1a over the bytes of a text and one that no UTF-8 text holds. */
  private static long fnv(long start, String text) {
    long hash = start;
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ (b & 0xFF)) * FNV_PRIME;
    }
    return (hash ^ 0xFF) * FNV_PRIME;
  }

  /** The finalizer of SplitMix64 (Steele, Lea and Flood 2014). */
  private static long mixed(long bits) {
    long z = (bits ^ bits >>> 30) * 0xbf58476d1ce4e5b9L;
    z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
    return z ^ z >>> 31;
  }

  /** The backends that keep a slot, the one with the lowest score first. */
  static List<String> owners(int slot, List<String> backends, int copies) {
    return backends.stream()
        .sorted(
            Comparator.comparingLong((String name) -> mixed(fnv(FNV_OFFSET, name) + slot))
                .thenComparing(Comparator.naturalOrder()))
        .limit(copies)
        .toList();
  }

  /** All slots. */
  static BitSet all() {
    var all = new BitSet(COUNT);
    all.set(0, COUNT);
    return all;
  }

  /** The matcher for some slots. */
  static Matcher matcher(BitSet slots) {
    return new Matcher(
        LABEL,
        Matcher.Operator.REGEX,
        slots.stream().mapToObj(Integer::toString).collect(Collectors.joining("|")));
  }

  /** The slots that a matcher of {@link #matcher} stands for; none for another matcher. */
  static BitSet slots(Matcher matcher) {
    var slots = new BitSet(COUNT);
    if (matcher.operator() == Matcher.Operator.REGEX
        && matcher.value().matches("[0-9]{1,2}(\\|[0-9]{1,2})*")) {
      for (String number : matcher.value().split("\\|")) {
        slots.set(Integer.parseInt(number));
      }
      slots.clear(COUNT, 100);
    }
    return slots;
  }
}
