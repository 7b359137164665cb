package dev.hone.layer.host;

import java.util.Arrays;

/**
 * Numbers words in the order in which they are first seen, looked up by the bytes under the cursor
 * without making a string. The words of a file come in the same order each round, so the word after
 * the one found last is tried first; where that fails, a hash table with open addressing decides.
 * All words lie in one array, so that a round touches little memory. Holds at most {@link #MOST}.
 */
final class WordIndex {
  /** What an index holds at the most, so that a strange file cannot fill the memory. */
  static final int MOST = 1024;

  /** The place of a word that is not held for want of room. */
  static final int NONE = -1;

  private byte[] text = new byte[256];

  /** Where words end in {@link #text}; each begins where the one before ends. */
  private int[] ends = new int[32];

  private int count;

  /** For each slot of the hash table one more than the place of its word; 0 when it is free. */
  private int[] slots = new int[64];

  private int expected;

  /** How many words are held. A new word's place is what this was before. */
  int size() {
    return count;
  }

  /** The place of the word that {@code scan} took last, or {@link #NONE}. */
  int place(Scan scan) {
    int place = expected;
    if (place >= count || !is(scan, place)) {
      place = find(scan);
    }
    expected = place + 1 < count ? place + 1 : 0;
    return place;
  }

  private boolean is(Scan scan, int place) {
    return scan.wordIs(text, start(place), ends[place]);
  }

  private int start(int place) {
    return place == 0 ? 0 : ends[place - 1];
  }

  private int find(Scan scan) {
    int mask = slots.length - 1;
    int slot = scan.wordHash() & mask;
    while (slots[slot] != 0) {
      int place = slots[slot] - 1;
      if (is(scan, place)) {
        return place;
      }
      slot = (slot + 1) & mask;
    }
    return count < MOST ? add(scan.wordBytes()) : NONE;
  }

  private int add(byte[] word) {
    int place = count++;
    int start = start(place);
    if (place == ends.length) {
      ends = Arrays.copyOf(ends, place * 2);
    }
    if (start + word.length > text.length) {
      text = Arrays.copyOf(text, Math.max(text.length * 2, start + word.length));
    }
    System.arraycopy(word, 0, text, start, word.length);
    ends[place] = start + word.length;
    if (count * 2 > slots.length) {
      slots = new int[slots.length * 2];
      for (int i = 0; i < count; i++) {
        insert(i);
      }
    } else {
      insert(place);
    }
    return place;
  }

  private void insert(int place) {
    int mask = slots.length - 1;
    int slot = Scan.hash(text, start(place), ends[place]) & mask;
    while (slots[slot] != 0) {
      slot = (slot + 1) & mask;
    }
    slots[slot] = place + 1;
  }
}
