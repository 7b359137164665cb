package dev.hone.layer.host;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A map from words in a file to things that were made for them once, looked up by the bytes under
 * the cursor without making a string. The words of a file come in the same order each round, so the
 * word after the one found last is tried first; where that fails, a hash table with open addressing
 * decides. Holds at most {@link #MOST} words, further ones are answered by null.
 */
final class WordTable<T> {
  /** What a table holds at the most, so that a strange file cannot fill the memory. */
  static final int MOST = 1024;

  /** Makes the thing for a word that is seen for the first time; null leaves the word out. */
  interface Maker<T> {
    @Nullable T make(String word);
  }

  private final Maker<T> maker;

  /** Words and things in the order in which they were first seen. */
  private byte[][] words = new byte[32][];

  private @Nullable Object[] things = new Object[32];
  private int count;

  /** For each slot of the hash table one more than the place of its word; 0 when it is free. */
  private int[] places = new int[64];

  private int expected;

  WordTable(Maker<T> maker) {
    this.maker = maker;
  }

  /** The thing of the word that {@code scan} took last; null when the word is left out. */
  @Nullable T get(Scan scan) {
    int place = expected;
    if (place >= count || !scan.wordIs(words[place])) {
      place = find(scan);
    }
    expected = place + 1 < count ? place + 1 : 0;
    return place < 0 ? null : thing(place);
  }

  @SuppressWarnings("unchecked")
  private @Nullable T thing(int place) {
    return (T) things[place];
  }

  private int find(Scan scan) {
    int mask = places.length - 1;
    int slot = scan.wordHash() & mask;
    while (places[slot] != 0) {
      int place = places[slot] - 1;
      if (scan.wordIs(words[place])) {
        return place;
      }
      slot = (slot + 1) & mask;
    }
    return count < MOST ? add(scan) : -1;
  }

  private int add(Scan scan) {
    String text = scan.wordText();
    int hash = scan.wordHash();
    byte[] word = scan.wordBytes();
    T thing = maker.make(text);
    if (count == words.length) {
      words = Arrays.copyOf(words, count * 2);
      things = Arrays.copyOf(things, count * 2);
    }
    words[count] = word;
    things[count] = thing;
    count++;
    if (count * 2 > places.length) {
      places = new int[places.length * 2];
      for (int place = 0; place < count; place++) {
        index(Scan.hash(words[place], 0, words[place].length), place);
      }
    } else {
      index(hash, count - 1);
    }
    return count - 1;
  }

  private void index(int hash, int place) {
    int mask = places.length - 1;
    int slot = hash & mask;
    while (places[slot] != 0) {
      slot = (slot + 1) & mask;
    }
    places[slot] = place + 1;
  }
}
