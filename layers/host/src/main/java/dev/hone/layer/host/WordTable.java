package dev.hone.layer.host;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A map from words in a file to things that were made for them once. Words beyond {@link
 * WordIndex#MOST} are answered by null.
 */
final class WordTable<T> {
  /** Makes the thing for a word that is seen for the first time; null leaves the word out. */
  interface Maker<T> {
    @Nullable T make(String word);
  }

  private final Maker<T> maker;
  private final WordIndex index = new WordIndex();
  private @Nullable Object[] things = new Object[32];

  WordTable(Maker<T> maker) {
    this.maker = maker;
  }

  /** The thing of the word that {@code scan} took last; null when the word is left out. */
  @SuppressWarnings("unchecked")
  @Nullable T get(Scan scan) {
    int known = index.size();
    int place = index.place(scan);
    if (place == WordIndex.NONE) {
      return null;
    }
    if (place == known) {
      things = place < things.length ? things : Arrays.copyOf(things, place * 2);
      things[place] = maker.make(scan.wordText());
    }
    return (T) things[place];
  }
}
