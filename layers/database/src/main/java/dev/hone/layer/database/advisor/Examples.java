package dev.hone.layer.database.advisor;

import dev.hone.layer.database.twin.Plans;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What sessions execute, with values, from repeated looks at pg_stat_activity. pg_stat_statements
 * keeps no values; but which index serves a pattern or a path into JSON, and what a far page costs,
 * depends on them. The shapes that were met last are kept. Several threads may look and ask.
 */
public final class Examples {
  private static final int MOST_SHAPES = 2_000;
  private static final long MOST_CHARACTERS = 16L << 20;
  private static final int MOST_SESSIONS = 10_000;
  private static final Pattern PARAMETER = Pattern.compile("\\$\\d+");
  private static final Pattern WORD = Pattern.compile("[\\p{L}_][\\p{L}\\p{N}_$]*");

  /** Before a bracket these begin a list of values, and no arguments of a function. */
  private static final Set<String> LISTS = Set.of("in", "values", "any", "all");

  private final Map<String, Seen> byShape = new LinkedHashMap<>(64, 0.75f, true);
  private final Map<Integer, String> started = new HashMap<>();
  private long characters;

  /** One shape. */
  private static final class Seen {
    private String text = "";
    private List<String> values = List.of();

    /** For each value whether another was there once. */
    private boolean[] varies = {};

    private int calls;
    private int active;
    private int characters;
  }

  /**
   * A statement as sessions executed it.
   *
   * @param calls executions that were seen
   * @param active looks that met it being executed
   */
  record Observed(String text, int calls, int active) {}

  /** Looks once. */
  public void look(Connection connection) throws SQLException {
    try (Statement sql = connection.createStatement();
        ResultSet rows =
            sql.executeQuery(
                "SELECT /* hone */ pid, coalesce(query_start::text, ''), state = 'active', query"
                    + " FROM pg_stat_activity WHERE datname = current_database()"
                    + " AND pid <> pg_backend_pid() AND query <> ''"
                    + " AND query NOT LIKE '%/* hone */%' AND octet_length(query) <"
                    + " (SELECT setting::int FROM pg_settings"
                    + " WHERE name = 'track_activity_query_size') - 1")) {
      while (rows.next()) {
        note(rows.getInt(1), rows.getString(2), rows.getBoolean(3), rows.getString(4));
      }
    }
  }

  /**
   * Notes what one session executes, or executed last.
   *
   * @param session which one
   * @param start when the execution began; the same text tells the same execution
   * @param active whether it is still under way
   */
  synchronized void note(int session, String start, boolean active, String query) {
    String text = WorkloadReader.withoutEnd(query);
    if (!Plans.explainable(text)) {
      return;
    }
    Seen seen = seen(text);
    if (seen == null) {
      return;
    }
    seen.active += active ? 1 : 0;
    if (started.size() == MOST_SESSIONS && !started.containsKey(session)) {
      started.clear();
    }
    if (!start.equals(started.put(session, start))) {
      add(seen, text);
    }
  }

  private @Nullable Seen seen(String text) {
    String shape = StatementShape.of(text);
    Seen seen = byShape.get(shape);
    if (seen == null) {
      if (text.length() > MOST_CHARACTERS) {
        return null;
      }
      var eldest = byShape.values().iterator();
      while (byShape.size() == MOST_SHAPES || characters + text.length() > MOST_CHARACTERS) {
        characters -= eldest.next().characters;
        eldest.remove();
      }
      characters += text.length();
      seen = new Seen();
      seen.characters = text.length();
      byShape.put(shape, seen);
    }
    return seen;
  }

  private static void add(Seen seen, String text) {
    List<String> values =
        StatementShape.tokens(text).stream().filter(StatementShape::isConstant).toList();
    if (seen.calls == 0 || values.size() != seen.values.size()) {
      seen.varies = new boolean[values.size()];
    } else {
      for (int i = 0; i < seen.varies.length; i++) {
        seen.varies[i] |= !values.get(i).equals(seen.values.get(i));
      }
    }
    seen.text = text;
    seen.values = values;
    seen.calls++;
  }

  /** All that was seen. */
  synchronized List<Observed> all() {
    return byShape.values().stream()
        .map(seen -> new Observed(seen.text, Math.max(1, seen.calls), seen.active))
        .toList();
  }

  /** How many of these would be planned better with values, and none were seen so far. */
  synchronized long lacking(Collection<String> statements) {
    return statements.stream()
        .filter(text -> wantsValues(text) && !byShape.containsKey(StatementShape.of(text)))
        .count();
  }

  /** Whether a parameter is a pattern, a bound, an offset, a path or an argument. */
  static boolean wantsValues(String statement) {
    List<String> tokens = StatementShape.tokens(statement);
    for (int i = 0; i < tokens.size(); i++) {
      if (PARAMETER.matcher(tokens.get(i)).matches()) {
        int before = before(tokens, i);
        String sign = before < 0 ? "" : tokens.get(before);
        boolean listed =
            sign.equals(",") || (sign.equals("(") && !calls(tokens, before(tokens, before)));
        if (!listed && !equality(tokens, before)) {
          return true;
        }
      }
    }
    return false;
  }

  private static boolean calls(List<String> tokens, int at) {
    return at >= 0
        && WORD.matcher(tokens.get(at)).matches()
        && !LISTS.contains(tokens.get(at).toLowerCase(Locale.ROOT));
  }

  /** Whether a column is compared by the sign at a place, and not what a function makes of it. */
  private static boolean equality(List<String> tokens, int at) {
    if (at < 1 || !tokens.get(at).equals("=") || "<>!~".contains(tokens.get(at - 1))) {
      return false;
    }
    int left = before(tokens, at);
    return left < 0
        || !(tokens.get(left).equals(")") || (left > 0 && tokens.get(left - 1).equals(":")));
  }

  /** The token before, comments and white space left out; −1 when there is none. */
  private static int before(List<String> tokens, int from) {
    for (int i = from - 1; i >= 0; i--) {
      String text = tokens.get(i);
      if (!text.isBlank() && !text.startsWith("--") && !text.startsWith("/*")) {
        return i;
      }
    }
    return -1;
  }

  /**
   * A statement of pg_stat_statements with the values that sessions were seen to use. What a column
   * is equal to stays a parameter, unless each of several executions had the same value there.
   */
  synchronized String of(String statement) {
    Seen seen = byShape.get(StatementShape.of(statement));
    if (seen == null || seen.values.isEmpty()) {
      return statement;
    }
    List<String> tokens = StatementShape.tokens(statement);
    if (tokens.stream().filter(StatementShape::isConstant).count() != seen.values.size()) {
      return PARAMETER.matcher(seen.text).find() ? statement : seen.text;
    }
    var text = new StringBuilder();
    Map<String, String> numbers = new HashMap<>();
    int value = -1;
    for (int i = 0; i < tokens.size(); i++) {
      String token = tokens.get(i);
      value += StatementShape.isConstant(token) ? 1 : 0;
      if (!PARAMETER.matcher(token).matches()) {
        text.append(token);
        continue;
      }
      boolean constant = seen.calls > 1 && !seen.varies[value];
      boolean parameter = PARAMETER.matcher(seen.values.get(value)).matches();
      if (parameter || (equality(tokens, before(tokens, i)) && !constant)) {
        text.append(numbers.computeIfAbsent(token, t -> "$" + (numbers.size() + 1)));
      } else {
        text.append(seen.values.get(value));
      }
    }
    return text.toString();
  }
}
