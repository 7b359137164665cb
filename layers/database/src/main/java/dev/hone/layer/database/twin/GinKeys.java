package dev.hone.layer.database.twin;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * How many keys a GIN index has and how many rows each, estimated from the values and the elements
 * in pg_stats. What the values do not show is estimated from what they show once and twice (Chao,
 * "Nonparametric estimation of the number of classes in a population", 1984); where they tell no
 * more than a least and a greatest number, the geometric mean of these is taken.
 */
final class GinKeys {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Pattern WORD = Pattern.compile("[\\p{L}\\p{N}]+");

  /** ANALYZE keeps no longer values (WIDTH_THRESHOLD), so that those it keeps tell too little. */
  private static final int LONGEST_KEPT = 1024;

  private static final int HASH = 4;

  /** What a text key takes beside its characters. */
  private static final int TEXT = 2;

  /**
   * From so many keys seen twice on it is known how many there are; else that is a least number.
   */
  private static final double ENOUGH = 5;

  /** What a tsvector takes, and each of its lexemes with a position. */
  private static final double LEXEMES = 8;

  private static final double LEXEME = 13;

  private final double rows;
  private final Map<String, Double> shares = new HashMap<>();
  private final Map<String, Integer> seen = new HashMap<>();
  private final Map<String, String> kinds = new HashMap<>();
  private int sampled;
  private double sampledShare;

  /**
   * Keys that are about as frequent as each other.
   *
   * @param keys how many
   * @param rows that have each
   * @param width bytes of a key
   */
  record Alike(double keys, double rows, double width) {}

  /** Takes a value apart; keys of one kind are told from each other, not from those of another. */
  private interface Splitter {
    Map<String, String> kindsByKey(String value);
  }

  private GinKeys(double rows) {
    this.rows = rows;
  }

  /**
   * The keys of an index; nothing where the statistics do not tell.
   *
   * @param rows that are indexed
   */
  static Optional<List<Alike>> of(TableCopy table, IndexSpec index, double rows) {
    IndexSpec.Key key = index.keys().getFirst();
    List<TableCopy.ColumnStatistics> columns =
        table.statistics().values().stream()
            .filter(each -> !each.inherited() || table.kind() == 'p')
            .filter(each -> table.column(each.column()).isPresent())
            .filter(each -> index.mentions(each.column()))
            .distinct()
            .toList();
    if (index.keys().size() != 1 || columns.size() != 1) {
      return Optional.empty();
    }
    TableCopy.ColumnStatistics column = columns.getFirst();
    if (column.type().endsWith("[]") || column.type().equals("tsvector")) {
      return ofElements(column, rows);
    }
    boolean hashed = key.operators().equals("jsonb_path_ops");
    if (key.operators().equals("gin_trgm_ops")) {
      return ofValues(column, rows, GinKeys::trigrams, true);
    }
    if (key.expression().contains("tsvector")) {
      return ofValues(column, rows, GinKeys::words, false);
    }
    if (key.expression().isEmpty() && column.type().equals("jsonb")) {
      return ofValues(column, rows, value -> parts(value, hashed), hashed);
    }
    return Optional.empty();
  }

  private static Optional<List<Alike>> ofValues(
      TableCopy.ColumnStatistics column, double rows, Splitter splitter, boolean hashed) {
    var keys = new GinKeys(rows);
    List<String> common = ArrayText.elements(column.values().get("most_common_vals"));
    List<String> frequencies = ArrayText.elements(column.values().get("most_common_freqs"));
    double left = 1 - column.nulls();
    for (int i = 0; i < Math.min(common.size(), frequencies.size()); i++) {
      double share = Double.parseDouble(frequencies.get(i));
      left -= share;
      for (Map.Entry<String, String> key : splitter.kindsByKey(common.get(i)).entrySet()) {
        keys.shares.merge(key.getKey(), share, Double::sum);
        keys.seen.put(key.getKey(), Integer.MAX_VALUE);
        keys.kinds.put(key.getKey(), key.getValue());
      }
    }
    List<String> bounds = ArrayText.elements(column.values().get("histogram_bounds"));
    if ((common.isEmpty() && bounds.isEmpty()) || column.width() > LONGEST_KEPT) {
      return Optional.empty();
    }
    keys.sampled = bounds.size();
    keys.sampledShare = Math.max(0, left);
    for (String value : bounds) {
      for (Map.Entry<String, String> key : splitter.kindsByKey(value).entrySet()) {
        keys.shares.merge(key.getKey(), keys.sampledShare / bounds.size(), Double::sum);
        keys.seen.merge(key.getKey(), 1, (a, b) -> a == Integer.MAX_VALUE ? a : a + b);
        keys.kinds.put(key.getKey(), key.getValue());
      }
    }
    return Optional.of(keys.alike(hashed));
  }

  private List<Alike> alike(boolean hashed) {
    var found = new ArrayList<Alike>();
    Map<String, List<String>> byKind =
        kinds.entrySet().stream()
            .collect(
                Collectors.groupingBy(
                    Map.Entry::getValue,
                    Collectors.mapping(Map.Entry::getKey, Collectors.toList())));
    for (List<String> kind : byKind.values()) {
      double once = 0;
      double twice = 0;
      double characters = 0;
      for (String key : kind) {
        int times = seen.getOrDefault(key, 0);
        double width = hashed ? HASH : key.length() - key.lastIndexOf('\0') - 1 + TEXT;
        if (times == 1) {
          once++;
          characters += width;
        } else if (times == 2) {
          twice++;
          characters += width;
        } else {
          found.add(new Alike(1, shares.getOrDefault(key, 0.0) * rows, width));
        }
      }
      if (once + twice > 0) {
        double postings = rows * sampledShare * (once + 2 * twice) / sampled;
        double least = once + twice + once * once / Math.max(1, 2 * twice);
        double keys = Math.min(postings, twice >= ENOUGH ? least : Math.sqrt(least * postings));
        found.add(new Alike(keys, postings / keys, characters / (once + twice)));
      }
    }
    return found;
  }

  /** Elements have statistics of their own; of rarer ones only how many there are is known. */
  private static Optional<List<Alike>> ofElements(TableCopy.ColumnStatistics column, double rows) {
    List<String> common = ArrayText.elements(column.values().get("most_common_elems"));
    List<String> frequencies = ArrayText.elements(column.values().get("most_common_elem_freqs"));
    if (common.isEmpty() || frequencies.size() < common.size()) {
      return Optional.empty();
    }
    boolean texts = column.type().startsWith("text") || column.type().equals("tsvector");
    var found = new ArrayList<Alike>();
    double share = 1 - column.nulls();
    double known = 0;
    double least = 1;
    for (int i = 0; i < common.size(); i++) {
      double frequency = Double.parseDouble(frequencies.get(i));
      known += frequency;
      least = Math.min(least, frequency);
      double width = texts ? common.get(i).length() + TEXT : 8;
      found.add(new Alike(1, frequency * share * rows, width));
    }
    List<String> counts = ArrayText.elements(column.values().get("elem_count_histogram"));
    double each =
        counts.isEmpty()
            ? Math.max(known, (column.width() - LEXEMES) / LEXEME)
            : Double.parseDouble(counts.getLast());
    double rest = (each - known) * share * rows;
    if (rest > 1) {
      double perKey = Math.sqrt(Math.max(1, least * share * rows));
      found.add(new Alike(rest / perKey, perKey, 8));
    }
    return Optional.of(found);
  }

  /** As pg_trgm makes them: of each word in lower case, two blanks before it and one behind it. */
  private static Map<String, String> trigrams(String value) {
    var keys = new HashMap<String, String>();
    Matcher word = WORD.matcher(value.toLowerCase(Locale.ROOT));
    while (word.find()) {
      String padded = "  " + word.group() + " ";
      for (int i = 0; i + 3 <= padded.length(); i++) {
        keys.put(padded.substring(i, i + 3), "");
      }
    }
    return keys;
  }

  private static Map<String, String> words(String value) {
    var keys = new HashMap<String, String>();
    Matcher word = WORD.matcher(value.toLowerCase(Locale.ROOT));
    while (word.find()) {
      keys.put(word.group(), "");
    }
    return keys;
  }

  /** The names and values of a document; or its values with the path to each. */
  private static Map<String, String> parts(String value, boolean paths) {
    var keys = new HashMap<String, String>();
    try {
      parts(JSON.readTree(value), "", paths, keys, new HashSet<>());
    } catch (JsonProcessingException e) {
      return Map.of();
    }
    return keys;
  }

  private static void parts(
      @Nullable JsonNode node,
      String path,
      boolean paths,
      Map<String, String> keys,
      Set<String> names) {
    if (node == null) {
      return;
    }
    if (node.isObject()) {
      node.fieldNames()
          .forEachRemaining(
              name -> {
                if (!paths && names.add(name)) {
                  keys.put("\0" + name, "");
                }
                parts(node.get(name), path + "\0" + name, paths, keys, names);
              });
    } else if (node.isArray()) {
      node.forEach(each -> parts(each, path, paths, keys, names));
    } else {
      keys.put((paths ? path : "") + "\0" + node.asText(), path + "\0");
    }
  }
}
