package dev.hone.metrics.wire;

import java.nio.charset.StandardCharsets;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/** Reads a whole exposition text (see {@link ExpositionLines}), every sample with its labels. */
public final class Exposition {
  private Exposition() {}

  /** Takes what is read. */
  public interface Target {
    /**
     * A sample.
     *
     * @param labels the metric's name among them
     * @param millis its time in ms since the epoch, or null when the text gives none
     */
    void sample(SortedMap<String, String> labels, double value, @Nullable Long millis);

    /**
     * Something said of a metric.
     *
     * @param what HELP, TYPE or UNIT
     */
    default void metadata(String metric, String what, String value) {}
  }

  /**
   * Reads a text.
   *
   * @throws MalformedException with the line when it is not in the format
   */
  public static void read(String text, boolean openMetrics, Target target) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    read(new ExpositionLines(bytes, bytes.length, openMetrics), target);
  }

  /**
   * Reads a part of a text: whole lines of it.
   *
   * @param linesBefore how many lines came before
   * @return whether the end of the text was reached, {@code # EOF} of OpenMetrics
   * @throws MalformedException with the line when it is not in the format
   */
  public static boolean readPart(String text, boolean openMetrics, int linesBefore, Target target) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    var lines = ExpositionLines.part(bytes, openMetrics, linesBefore);
    read(lines, target);
    return lines.ended();
  }

  private static void read(ExpositionLines lines, Target target) {
    while (lines.next()) {
      if (lines.isComment()) {
        comment(lines.content(), target);
      } else {
        lines.metric();
        SortedMap<String, String> labels = lines.labels();
        lines.sample();
        Long millis = lines.isTimed() ? lines.millis() : null;
        target.sample(labels, Double.longBitsToDouble(lines.bits()), millis);
      }
    }
  }

  /** Tells a target what a comment says, if it is HELP, TYPE or UNIT. */
  public static void comment(String comment, Target target) {
    String[] words = comment.strip().split("[ \t]+", 4);
    if (words.length >= 3
        && (words[1].equals("HELP") || words[1].equals("TYPE") || words[1].equals("UNIT"))) {
      target.metadata(words[2], words[1], words.length > 3 ? words[3] : "");
    }
  }
}
