package dev.hone.layer.host;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A map from words in a file to things that were made for them once, looked up by the bytes under
 * the cursor without making a string. Open addressing; holds at most {@link #MOST} words, further
 * ones are answered by null.
 */
final class WordTable<T> {
  /** What a table holds at the most, so that a strange file cannot fill the memory. */
  static final int MOST = 1024;

  /** Makes the thing for a word that is seen for the first time; null leaves the word out. */
  interface Maker<T> {
    @Nullable T make(String word);
  }

  private final Maker<T> maker;
  private byte[] @Nullable [] words = new byte[64][];
  private @Nullable Object[] things = new Object[64];
  private int count;

  WordTable(Maker<T> maker) {
    this.maker = maker;
  }

  /** The thing of the word that {@code scan} took last; null when the word is left out. */
  @SuppressWarnings("unchecked")
  @Nullable T get(Scan scan) {
    int mask = words.length - 1;
    int slot = scan.wordHash() & mask;
    for (byte[] word = words[slot]; word != null; word = words[slot]) {
      if (scan.wordIs(word)) {
        return (T) things[slot];
      }
      slot = (slot + 1) & mask;
    }
    return count < MOST ? add(scan) : null;
  }

  private @Nullable T add(Scan scan) {
    String text = scan.wordText();
    T thing = maker.make(text);
    if (++count * 2 > words.length) {
      grow();
    }
    insert(text.getBytes(java.nio.charset.StandardCharsets.UTF_8), thing);
    return thing;
  }

  private void grow() {
    var oldWords = words;
    var oldThings = things;
    words = Arrays.copyOf(new byte[0][], oldWords.length * 2);
    things = new Object[oldThings.length * 2];
    for (int i = 0; i < oldWords.length; i++) {
      byte[] word = oldWords[i];
      if (word != null) {
        insert(word, oldThings[i]);
      }
    }
  }

  private void insert(byte[] word, @Nullable Object thing) {
    int hash = 0x811c9dc5;
    for (byte b : word) {
      hash = (hash ^ b) * 0x01000193;
    }
    int mask = words.length - 1;
    int slot = hash & mask;
    while (words[slot] != null) {
      slot = (slot + 1) & mask;
    }
    words[slot] = word;
    things[slot] = thing;
  }
}
