package dev.hone.server;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;

/** What people should know, each sentence once, the newest last. Safe for several threads. */
final class Notices {
  private static final int MOST = 20;

  private final Deque<String> sentences = new ArrayDeque<>();
  private Consumer<String> reader = sentence -> {};

  /** Adds a sentence, or moves it to the end. */
  synchronized void add(String sentence) {
    if (!sentences.remove(sentence)) {
      reader.accept(sentence);
    }
    if (sentences.size() == MOST) {
      sentences.removeFirst();
    }
    sentences.addLast(sentence);
  }

  /** Has every new sentence shown to somebody, those there are at once; it must not wait. */
  synchronized void show(Consumer<String> to) {
    sentences.forEach(to);
    reader = to;
  }

  /** All of them, oldest first. */
  synchronized List<String> all() {
    return List.copyOf(sentences);
  }
}
