package dev.hone.metrics.engine;

import dev.hone.metrics.Matcher;
import dev.hone.metrics.Retention;
import dev.hone.metrics.Retention.Tier;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;

/**
 * The retentions that held before the one of now, each with the time until which it held, in the
 * file {@code retention} of a store. What one of them deleted stays deleted when series are kept
 * longer later. An entry goes when nothing is kept that is old enough to feel it.
 */
final class RetentionHistory {
  private static final String FILE = "retention";
  private static final String NOW = "now";

  /**
   * A retention that held.
   *
   * @param until when it ended, ms since the epoch
   * @param oldest the first time of which the store held anything then
   */
  private record Entry(long until, long oldest, Retention retention) {}

  private final List<Entry> entries;

  private RetentionHistory(List<Entry> entries) {
    this.entries = List.copyOf(entries);
  }

  /**
   * Reads the history of a store and adds a retention that is another than the last.
   *
   * @param now ms since the epoch
   * @param oldest the first time of which the store holds anything; {@code Long.MAX_VALUE}: nothing
   * @throws IOException when the file cannot be written
   */
  static RetentionHistory open(Path folder, Retention current, long now, long oldest)
      throws IOException {
    Path file = folder.resolve(FILE);
    Properties stored = stored(folder);
    var entries = new ArrayList<Entry>();
    for (int i = 0; stored.containsKey(i + ".until"); i++) {
      entries.add(
          new Entry(
              number(stored, i + ".until"), number(stored, i + ".oldest"), read(stored, i + ".")));
    }
    if (stored.containsKey(NOW + ".standard")) {
      Retention before = read(stored, NOW + ".");
      if (before.equals(current)) {
        return new RetentionHistory(entries);
      }
      entries.add(new Entry(now, oldest, before));
    }
    entries.removeIf(entry -> entry.until < now - current.longest().toMillis());
    var wanted = new Properties();
    for (int i = 0; i < entries.size(); i++) {
      wanted.setProperty(i + ".until", Long.toString(entries.get(i).until));
      wanted.setProperty(i + ".oldest", Long.toString(entries.get(i).oldest));
      write(entries.get(i).retention, wanted, i + ".");
    }
    write(current, wanted, NOW + ".");
    var text = new StringWriter();
    wanted.store(text, "Which samples were kept how long, and until when that held");
    Files.createDirectories(folder);
    Folders.replace(file, text.toString());
    return new RetentionHistory(entries);
  }

  /** The retention that held last in a store, if it was ever opened. */
  static Optional<Retention> last(Path folder) throws IOException {
    Properties stored = stored(folder);
    return stored.containsKey(NOW + ".standard")
        ? Optional.of(read(stored, NOW + "."))
        : Optional.empty();
  }

  private static Properties stored(Path folder) throws IOException {
    Path file = folder.resolve(FILE);
    var stored = new Properties();
    if (Files.exists(file)) {
      try {
        stored.load(new StringReader(Files.readString(file)));
      } catch (IllegalArgumentException e) {
        throw damaged(e);
      }
    }
    return stored;
  }

  /** Since when series that fulfil matchers may lack nothing of a tier, ms since the epoch. */
  long completeSince(List<Matcher> matchers, Tier tier) {
    long since = Long.MIN_VALUE;
    for (Entry entry : entries) {
      long kept = entry.until - entry.retention.shortest(matchers, tier).toMillis();
      if (entry.oldest < kept) {
        since = Math.max(since, kept);
      }
    }
    return since;
  }

  /** Brings the file to a copy of the store. */
  static void copy(Path from, Path to) throws IOException {
    Folders.replace(to.resolve(FILE), Files.readString(from.resolve(FILE)));
  }

  private static void write(Retention retention, Properties to, String prefix) {
    to.setProperty(prefix + "standard", text(retention.standard()));
    for (int i = 0; i < retention.rules().size(); i++) {
      Retention.Rule rule = retention.rules().get(i);
      String name = prefix + "rule." + i;
      to.setProperty(name, text(rule.keep()));
      for (int j = 0; j < rule.matchers().size(); j++) {
        Matcher matcher = rule.matchers().get(j);
        to.setProperty(name + "." + j + ".label", matcher.label());
        to.setProperty(name + "." + j + ".operator", matcher.operator().name());
        to.setProperty(name + "." + j + ".value", matcher.value());
      }
    }
  }

  private static Retention read(Properties from, String prefix) throws IOException {
    try {
      var rules = new ArrayList<Retention.Rule>();
      for (int i = 0; from.containsKey(prefix + "rule." + i); i++) {
        String name = prefix + "rule." + i;
        var matchers = new ArrayList<Matcher>();
        for (int j = 0; from.containsKey(name + "." + j + ".label"); j++) {
          String one = name + "." + j;
          matchers.add(
              new Matcher(
                  from.getProperty(one + ".label"),
                  Matcher.Operator.valueOf(from.getProperty(one + ".operator")),
                  from.getProperty(one + ".value")));
        }
        rules.add(new Retention.Rule(matchers, keep(from.getProperty(name))));
      }
      return new Retention(keep(from.getProperty(prefix + "standard")), rules);
    } catch (RuntimeException e) {
      throw damaged(e);
    }
  }

  private static long number(Properties from, String key) throws IOException {
    try {
      return Long.parseLong(from.getProperty(key));
    } catch (NumberFormatException e) {
      throw damaged(e);
    }
  }

  private static IOException damaged(RuntimeException e) {
    return new IOException(
        "the file `"
            + FILE
            + "` of the store is damaged ("
            + e.getMessage()
            + "); delete it when the retention was not raised lately",
        e);
  }

  private static String text(Retention.Keep keep) {
    return "%s %s %s %s".formatted(keep.raw(), keep.fiveMinutes(), keep.hourly(), keep.daily());
  }

  private static Retention.Keep keep(String text) {
    List<Duration> lengths = List.of(text.split(" ")).stream().map(Duration::parse).toList();
    return new Retention.Keep(lengths.get(0), lengths.get(1), lengths.get(2), lengths.get(3));
  }
}
